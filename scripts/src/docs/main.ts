/**
 * `pnpm docs:write` writes the generated pages; with --check it compares them to the committed ones and writes nothing.
 * Called by developers and by `pnpm check`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Finding } from '../check/finding.ts'
import { reportFindings } from '../check/report-findings.ts'
import { repositoryRoot } from '../check/repository.ts'
import { documentsOf } from './documents.ts'

function compare(root: string, documents: ReadonlyMap<string, string>): Finding[] {
  return [...documents].flatMap(([path, text]) => {
    const file = join(root, path)
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    if (committed === text) return []
    const message = committed === undefined ? 'is not there' : 'is not what the code says'
    const line = committed === undefined ? 0 : firstDifference(committed, text)
    return [{ path, line, rule: 'generated', message, mend: 'pnpm docs:write, and commit what it wrote' }]
  })
}

function firstDifference(left: string, right: string): number {
  const other = right.split('\n')
  return left.split('\n').findIndex((line, index) => line !== other[index]) + 1
}

function write(root: string, documents: ReadonlyMap<string, string>): void {
  for (const [path, text] of documents) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    const isNews = !existsSync(file) || readFileSync(file, 'utf8') !== text
    if (isNews) writeFileSync(file, text)
    console.log(`${isNews ? 'wrote  ' : 'same   '} ${path}`)
  }
}

const root = repositoryRoot()
const documents = documentsOf(root)
if (process.argv.includes('--check')) {
  process.exitCode = reportFindings(compare(root, documents), `${documents.size} pages`)
} else {
  write(root, documents)
}
