/**
 * The tidy command: `node scripts/dist/check/tidy/main.js [--json] [--shrink]`.
 * `--shrink` lowers the committed baseline to what the code is now; nothing ever raises it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportFindings } from '../report-findings.ts'
import { repositoryFiles, repositoryRoot } from '../repository.ts'
import type { Baseline } from './ratchet.ts'
import { sourceOf } from './source.ts'
import { tidy } from './tidy.ts'
import { vocabularyOf } from './vocabulary.ts'

const baselinePath = 'scripts/tidy-baseline.json'

function readBaseline(root: string): Baseline {
  const path = join(root, baselinePath)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Baseline) : {}
}

function run(options: ReadonlySet<string>): number {
  const root = repositoryRoot()
  const sources = repositoryFiles(root)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.includes('/fixtures/'))
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')))
  const baseline = readBaseline(root)
  const { findings, shrunk } = tidy(sources, vocabularyOf(sources), baseline)
  const before = JSON.stringify(baseline)
  if (options.has('--shrink')) writeFileSync(join(root, baselinePath), `${JSON.stringify(shrunk, undefined, 2)}\n`)
  const all = [...findings]
  if (!options.has('--shrink') && before !== JSON.stringify(shrunk)) {
    all.push({
      path: baselinePath,
      line: 0,
      rule: 'ratchet-baseline',
      message: 'the code is better than the baseline says',
      mend: 'pnpm tidy:shrink, and commit the smaller baseline',
    })
  }
  return reportFindings(all, `${sources.length} files`)
}

process.exitCode = run(new Set(process.argv.slice(2)))
