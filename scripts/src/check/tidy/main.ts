/**
 * The tidy command: `node scripts/dist/check/tidy/main.js [--json] [--shrink]`.
 * `--shrink` lowers the committed baseline to what the code is now; where there is none it writes the first one.
 * Must never raise a figure.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../finding.ts'
import { reportFindings } from '../report-findings.ts'
import { repositoryFiles, repositoryRoot } from '../repository.ts'
import type { Baseline } from './ratchet.ts'
import { sourceOf } from './source.ts'
import { tidy } from './tidy.ts'
import { vocabularyOf } from './vocabulary.ts'

const baselinePath = 'scripts/tidy-baseline.json'

const largerBaseline: Finding = {
  path: baselinePath,
  line: 0,
  rule: 'ratchet-baseline',
  message: 'the code is better than the baseline says',
  mend: 'pnpm tidy:shrink, and commit the smaller baseline',
}

function readBaseline(root: string): Baseline | undefined {
  const path = join(root, baselinePath)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Baseline) : undefined
}

function run(options: ReadonlySet<string>): number {
  const root = repositoryRoot()
  const sources = repositoryFiles(root)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.includes('/fixtures/'))
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')))
  const baseline = readBaseline(root)
  const report = tidy(sources, vocabularyOf(sources), baseline ?? {})
  if (options.has('--shrink')) {
    const next = baseline === undefined ? report.first : report.shrunk
    writeFileSync(join(root, baselinePath), `${JSON.stringify(next, undefined, 2)}\n`)
    console.log(`${baselinePath}: ${Object.keys(next).length} figures above their limits`)
    return 0
  }
  const isLarger = JSON.stringify(baseline ?? {}) !== JSON.stringify(report.shrunk)
  const all = isLarger ? [...report.findings, largerBaseline] : report.findings
  return reportFindings(all, `${sources.length} files`)
}

process.exitCode = run(new Set(process.argv.slice(2)))
