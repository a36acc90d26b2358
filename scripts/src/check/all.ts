/**
 * `pnpm check`: every rule that a command can hold, side by side, in under two minutes.
 * Called by developers, by `./tradewire check` and by CI. Exit code 0 means that nothing was found.
 */
import { Command, Option } from 'commander'
import { printFinding } from './finding.ts'
import { repositoryRoot } from './repository.ts'
import { runSteps } from './runner/run-steps.ts'
import type { StepReport } from './runner/step.ts'
import { steps } from './runner/steps.ts'

const nodeMajorMin = 24
const msPerSecond = 1000

interface Options {
  readonly json?: boolean
  readonly only?: readonly string[]
}

function program(): Command {
  const names = steps.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`)
  return new Command('check')
    .description('Run every check on the repository.')
    .option('--json', 'print one JSON object at the end instead of text')
    .addOption(new Option('--only <steps...>', 'run these steps only').choices(steps.map(({ name }) => name)))
    .addHelpText('after', `\nSteps:\n${names.join('\n')}`)
}

function row({ name, verdict, tookMs, seen, findings }: StepReport): string {
  const words = verdict === 'failed' ? `${findings.length} finding${findings.length === 1 ? '' : 's'}` : verdict
  return `${name.padEnd(14)} ${`${(tookMs / msPerSecond).toFixed(1)} s`.padStart(8)}   ${words.padEnd(14)} ${seen}`.trimEnd()
}

async function main(): Promise<number> {
  const options = program().parse().opts<Options>()
  if (Number(process.versions.node.split('.')[0]) < nodeMajorMin) {
    throw new Error(`needs Node ${nodeMajorMin}: run node_modules/.bin/node scripts/dist/check/all.js`)
  }
  const chosen = steps.filter((step) => options.only?.includes(step.name) ?? true)
  const quiet = options.json === true
  const startedMs = performance.now()
  if (!quiet) console.log(`${'step'.padEnd(14)} ${'time'.padStart(8)}   verdict`)
  const reports = await runSteps(repositoryRoot(), chosen, (report) => {
    if (!quiet) console.log(row(report))
  })
  const ok = reports.every((report) => report.verdict === 'ok')
  const tookMs = Math.round(performance.now() - startedMs)
  if (quiet) console.log(JSON.stringify({ ok, tookMs, steps: reports }))
  else printFindings(reports, tookMs)
  return ok ? 0 : 1
}

function printFindings(reports: readonly StepReport[], tookMs: number): void {
  for (const { name, findings } of reports) {
    if (findings.length > 0) console.log(`\n== ${name}\n${findings.map(printFinding).join('\n')}`)
  }
  const failed = reports.filter((report) => report.verdict !== 'ok').map((report) => report.name)
  const took = `${(tookMs / msPerSecond).toFixed(1)} s`
  console.log(
    failed.length === 0 ? `\nall ${reports.length} steps ok in ${took}` : `\nnot ok: ${failed.join(', ')} (${took})`,
  )
}

process.exitCode = await main()
