/**
 * Runs tests with one source file replaced in memory. Called by the mutation gate.
 * Must never call a mistake caught because something else broke: a named test has to fail, with the mistake loaded.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment } from '@tradewire/config/environment'

export interface MutantRun {
  readonly root: string
  /** From the root. */
  readonly file: string
  readonly source: string
  readonly spec: string
  readonly test?: string | undefined
}

export interface Verdict {
  /** `broken`: the tests could not run; `unseen`: they never loaded the file. */
  readonly kind: 'caught' | 'survived' | 'broken' | 'unseen'
  /** The name of the test that failed first, or what the run said. */
  readonly detail: string
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const runLimitMs = 240_000
const outputBytesMax = 16 * 1024 * 1024
const detailCharactersMax = 2_000

export async function runMutant({ root, file, source, spec, test }: MutantRun): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewire-mutant-'))
  const [mutant, seen, report] = ['mutant.json', 'seen', 'report.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  try {
    await writeFile(mutant, JSON.stringify({ file: join(root, file), source, seen }))
    const args = ['run', '--config', 'vitest.mutant.config.ts', spec, '--bail=1', '--reporter=json']
    if (test !== undefined) args.push('--testNamePattern', test)
    const output = await vitest(root, mutant, [...args, '--outputFile', report])
    const told = existsSync(report) ? (JSON.parse(await readFile(report, 'utf8')) as Report) : undefined
    return verdictOf(told, output, existsSync(seen))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function verdictOf(report: Report | undefined, output: string, seen: boolean): Verdict {
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? []
  const failed = tests.find(({ status }) => status === 'failed')
  if (failed !== undefined && seen) return { kind: 'caught', detail: failed.fullName }
  if (report === undefined || (report.numPassedTests === 0 && failed === undefined)) {
    const messages = report?.testResults.map(({ message }) => message).join('\n') ?? ''
    return { kind: 'broken', detail: `${messages}\n${output}`.trim().slice(0, detailCharactersMax) }
  }
  if (!seen) return { kind: 'unseen', detail: 'no test loaded the file' }
  return { kind: 'survived', detail: `${report.numPassedTests} tests passed` }
}

function vitest(root: string, mutant: string, args: readonly string[]): Promise<string> {
  const env = { ...environment(), TRADEWIRE_MUTANT: mutant }
  const script = join(root, 'node_modules/vitest/vitest.mjs')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { cwd: root, env, timeout: runLimitMs, maxBuffer: outputBytesMax },
      (_error, stdout, stderr) => resolve(`${stdout}${stderr}`),
    )
  })
}
