/**
 * The tidy command: `node scripts/dist/check/tidy/main.js [--json] [--shrink]`.
 * `--shrink` lowers the committed baseline to what the code is now; nothing ever raises it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { byPlace, printFinding } from '../finding.ts'
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
  const sorted = all.toSorted(byPlace)
  if (options.has('--json')) console.log(JSON.stringify({ files: sources.length, findings: sorted }))
  else console.log([...sorted.map(printFinding), `${sources.length} files, ${sorted.length} findings`].join('\n'))
  return sorted.length === 0 ? 0 : 1
}

process.exitCode = run(new Set(process.argv.slice(2)))
