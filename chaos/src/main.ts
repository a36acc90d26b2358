/**
 * `chaos`: scenario after scenario, each on a system of its own; each violation names the seed that repeats it.
 * Called by `./tradewire chaos`. Exit code 1 when an invariant was broken.
 */
import { wholeNumber } from '@tradewire/config/whole-number'
import { liveLine } from '@tradewire/launcher/terminal/live-line'
import { printLine, printTable } from '@tradewire/launcher/terminal/output'
import { seconds } from '@tradewire/launcher/terminal/progress'
import { Command, InvalidArgumentError, Option } from 'commander'
import { runScenario, type Outcome } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { scenarioNamed, scenarios } from './scenarios/all.ts'
import { runVenues, venuesSummaryOf } from './venues/run-venues.ts'

const seedMax = 1_000_000
const roundsMax = 1_000

interface Options {
  readonly scenario: readonly Scenario[]
  readonly seed: number
  readonly rounds: number
  readonly json?: boolean
  readonly list?: boolean
  readonly venues?: boolean
  readonly seeds: number
}

function scenariosNamed(text: string): readonly Scenario[] {
  if (text === 'all') return scenarios
  return text.split(',').map((name) => {
    const scenario = scenarioNamed(name)
    if (scenario === undefined) throw new InvalidArgumentError(`${name} is no scenario; --list shows them`)
    return scenario
  })
}

function summaryOf(outcomes: readonly Outcome[], elapsedMs: number) {
  return {
    scenarios: outcomes,
    seeds: [...new Set(outcomes.map(({ seed }) => seed))],
    violations: outcomes.reduce((count, { violations }) => count + violations.length, 0),
    skipped: outcomes.filter(({ skipped }) => skipped !== undefined).length,
    elapsedMs: Math.round(elapsedMs),
  }
}

function verdictOf({ skipped, violations }: Outcome): string {
  if (skipped !== undefined) return 'skipped'
  return violations.length === 0 ? 'held' : `${violations.length} violated`
}

function printOutcomes(outcomes: readonly Outcome[]): void {
  printTable(
    ['scenario', 'rows', 'seed', 'time', 'verdict'],
    outcomes.map((each) => [each.name, each.row, String(each.seed), seconds(each.ms), verdictOf(each)]),
  )
  for (const { name, seed, violations, skipped, logs } of outcomes) {
    if (skipped !== undefined) printLine(`${name}: ${skipped}`)
    if (violations.length === 0) continue
    printLine(`\n${name}, seed ${seed}, repeat with: ./tradewire chaos --scenario ${name} --seed ${seed}`)
    for (const { invariant, text } of violations) printLine(`  ${invariant}: ${text}`)
    printLine(`  logs: ${logs}`)
  }
}

async function playVenues({ seed, seeds, json }: Options): Promise<number> {
  const startedMs = performance.now()
  const line = liveLine(process.stderr)
  const runs = await runVenues({ seed, seeds }, (done, of) => line.show(`${done} of ${of} runs`))
  line.clear()
  const summary = venuesSummaryOf(runs, performance.now() - startedMs)
  if (json === true) printLine(JSON.stringify(summary))
  else {
    printTable(
      ['venue', 'seeds', 'orders', 'violations'],
      summary.venues.map(({ venue, ...counts }) => [venue, ...Object.values(counts).map(String)]),
    )
    for (const { venue, seed: broken, text } of summary.findings) printLine(`${venue}, seed ${broken}: ${text}`)
    printLine(`\n${runs.length} runs, ${summary.orders} orders: ${summary.violations} violations`)
  }
  return summary.violations === 0 ? 0 : 1
}

async function main(): Promise<number> {
  const options = new Command('tradewire chaos')
    .description('hurt a whole system on purpose and compare its books with the venue’s ledger afterwards')
    .addOption(
      new Option('--scenario <names>', 'names separated by commas, or all; --list prints them')
        .argParser(scenariosNamed)
        .default(scenarios, 'all of them'),
    )
    .option('--seed <number>', 'chooses when and whom the faults strike', wholeNumber(0, seedMax), 1)
    .option('--rounds <number>', 'repetitions, each with the next seed', wholeNumber(0, roundsMax), 1)
    .option('--venues', 'instead: play orders and faults by chance at every venue, through its adapter')
    .option(
      '--seeds <number>',
      'with --venues: so many seeds at each venue, from --seed on',
      wholeNumber(0, roundsMax),
      200,
    )
    .option('--list', 'print the scenarios and end')
    .option('--json', 'print one JSON object at the end')
    .parse()
    .opts<Options>()
  if (options.list === true) {
    printTable(
      ['scenario', 'rows', 'what happens'],
      scenarios.map(({ name, rows, about }) => [name, rows.join(', '), about]),
    )
    return 0
  }
  if (options.venues === true) return playVenues(options)
  const startedMs = performance.now()
  const line = liveLine(process.stderr)
  const outcomes: Outcome[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    for (const scenario of options.scenario) {
      const seed = options.seed + round
      const place = `${outcomes.length + 1}/${options.scenario.length * options.rounds} ${scenario.name}, seed ${seed}`
      const outcome = await runScenario(scenario, seed, (text) => line.show(`${place}: ${text}`))
      outcomes.push(outcome)
      line.keep(`${place}: ${verdictOf(outcome)} in ${seconds(outcome.ms)}`)
    }
  }
  line.clear()
  const summary = summaryOf(outcomes, performance.now() - startedMs)
  if (options.json === true) printLine(JSON.stringify(summary))
  else {
    printOutcomes(outcomes)
    printLine(`\n${outcomes.length} runs, seeds ${summary.seeds.join(', ')}: ${summary.violations} violations`)
  }
  return summary.violations === 0 ? 0 : 1
}

process.exitCode = await main()
// Sockets that a venue's client keeps alive would hold the process.
process.exit()
