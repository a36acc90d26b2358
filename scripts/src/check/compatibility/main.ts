/**
 * What the API document takes away from callers of the last commit's: `node scripts/dist/check/compatibility/main.js`.
 * A break that is meant stands in allowed-breaks.json with its reason, until the next commit.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@tradewire/contracts/openapi/schemas'
import type { Finding } from '../finding.ts'
import { reportFindings } from '../report-findings.ts'
import { repositoryRoot } from '../repository.ts'
import { type Break, breaksBetween } from './breaks.ts'

interface Allowed extends Break {
  readonly why: string
}

const document = 'docs/openapi.json'
const allowances = 'scripts/src/check/compatibility/allowed-breaks.json'
const bytesMax = 64 * 1024 * 1024
const root = repositoryRoot()

/** The text of a commit's file; undefined where there is no such commit, as in a shallow clone, or file. */
function committed(commit: string): string | undefined {
  try {
    const show = ['show', `${commit}:${document}`]
    return execFileSync('git', show, { cwd: root, maxBuffer: bytesMax, stdio: ['ignore', 'pipe', 'ignore'] }).toString()
  } catch {
    return undefined
  }
}

function findingOf({ operation, what }: Break): Finding {
  return {
    path: document,
    line: 0,
    rule: 'compatibility',
    message: `${operation}: ${what}`,
    mend: `Keep what callers rely on, or allow it in ${allowances} with the reason.`,
  }
}

const now = readFileSync(join(root, document), 'utf8')
const head = committed('HEAD')
const before = head === now ? committed('HEAD^') : head
const breaks =
  before === undefined || before === now
    ? []
    : breaksBetween(JSON.parse(before) as JsonObject, JSON.parse(now) as JsonObject)
const allowed = JSON.parse(readFileSync(join(root, allowances), 'utf8')) as readonly Allowed[]
const isAllowed = (one: Break) =>
  allowed.some(({ operation, what }) => operation === one.operation && what === one.what)

process.exitCode = reportFindings(
  breaks.filter((one) => !isAllowed(one)).map(findingOf),
  before === undefined ? 'no earlier document' : `${allowed.length} allowed`,
)
