/**
 * `sim`: many seeds, one after the other; each failure names the seed that repeats it.
 * Called by `./tradewire sim`. Exit code 1 when an invariant was broken.
 */
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command } from 'commander'
import { billingCommand } from './billing/billing-command.ts'
import { runSeed, type SeedReport } from './routing/run-seed.ts'

const seedsMax = 1_000_000
const seedNumber = wholeNumber(0, seedsMax)

interface Options {
  readonly seeds: number
  readonly first: number
  readonly json?: boolean
}

function summaryOf(reports: readonly SeedReport[], elapsedMs: number) {
  const failed = reports.filter(({ violations }) => violations.length > 0)
  const rests = reports.map(({ restMs }) => restMs).filter((ms) => ms !== null)
  const sum = (of: (report: SeedReport) => number): number => reports.reduce((total, report) => total + of(report), 0)
  return {
    scenarios: [...new Set(reports.map(({ frozen }) => frozen))].toSorted(),
    seeds: reports.length,
    violations: sum(({ violations }) => violations.length),
    failedSeeds: failed.map(({ seed, violations, frozen }) => ({ seed, frozen, violations })),
    signals: sum(({ signals }) => signals),
    brackets: sum(({ brackets }) => brackets),
    venueOrders: sum(({ venueOrders }) => venueOrders),
    pairsFilled: sum(({ pairsFilled }) => pairsFilled),
    watchesFired: sum(({ watchesFired }) => watchesFired),
    lossLimitsReached: sum(({ lossLimitsReached }) => lossLimitsReached),
    reversals: sum(({ reversals }) => reversals),
    left: sum(({ left }) => left),
    refusedByPause: sum(({ refusedByPause }) => refusedByPause),
    lateFills: sum(({ lateFills }) => lateFills),
    restMs: {
      most: Math.max(0, ...rests),
      mean: Math.round(rests.reduce((a, b) => a + b, 0) / Math.max(1, rests.length)),
    },
    elapsedMs: Math.round(elapsedMs),
  }
}

async function main(): Promise<void> {
  await new Command('tradewire sim')
    .description('run the services’ own decisions against simulated faults, many seeds in virtual time')
    .option('--seeds <n>', 'how many seeds', seedNumber, 500)
    .option('--first <n>', 'the first seed; each failure prints the seed that repeats it', seedNumber, 1)
    .option('--json', 'print one JSON object at the end')
    .action(async (options: Options) => {
      process.exitCode = await runSeeds(options)
    })
    .enablePositionalOptions()
    .addCommand(billingCommand())
    .parseAsync()
}

async function runSeeds(options: Options): Promise<number> {
  const startedMs = performance.now()
  const reports: SeedReport[] = []
  for (let seed = options.first; seed < options.first + options.seeds; seed += 1) {
    const report = await runSeed(seed)
    reports.push(report)
    if (options.json !== true && process.stderr.isTTY)
      process.stderr.write(`\r  ${reports.length} of ${options.seeds} seeds`)
    for (const problem of report.violations) {
      process.stderr.write(`seed ${seed} (${report.frozen}): ${problem}\n`)
    }
  }
  const summary = summaryOf(reports, performance.now() - startedMs)
  if (options.json === true) console.log(JSON.stringify(summary))
  else {
    console.log(
      `\n${summary.seeds} seeds: ${summary.signals} signals, ${summary.brackets} brackets, ${summary.venueOrders} venue orders, ` +
        `${summary.reversals} reversals, ${summary.left} left, ${summary.refusedByPause} refused by a pause, ${summary.lateFills} late fills, ` +
        `${summary.pairsFilled} pairs filled, ${summary.watchesFired} watches fired, ` +
        `${summary.lossLimitsReached} loss limits reached; ` +
        `at rest ${summary.restMs.mean} ms after healing (at most ${summary.restMs.most} ms); ${summary.violations} violations`,
    )
  }
  return summary.violations === 0 ? 0 : 1
}

await main()
