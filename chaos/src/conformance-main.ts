/**
 * `conformance`: every case of the test card on every venue, each through its adapter against a paper venue of our own.
 * Called by `./tradewire conformance`. Exit code 1 when a case failed.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { liveLine } from '@tradewire/launcher/terminal/live-line'
import { printLine, printTable } from '@tradewire/launcher/terminal/output'
import { seconds } from '@tradewire/launcher/terminal/progress'
import { leashedFolder } from '@tradewire/testkit/leash'
import { Argument, Command, InvalidArgumentError } from 'commander'
import { startPaperWorld } from './conformance/paper-world.ts'
import { CardTable } from './conformance/run-card.ts'
import { playVenue, recordOf, summaryOf, type VenueOutcome, verdictsByCase } from './conformance/outcome.ts'

const record = resolve(import.meta.dirname, '../../docs/conformance.json')

interface Options {
  readonly json?: boolean
  readonly record?: boolean
}

function venueNamed(text: string): BrokerDefinition[] {
  const found = allBrokers.filter(({ id }) => id === text)
  if (found.length > 0) return found
  throw new InvalidArgumentError(`one of ${allBrokers.map(({ id }) => id).join(', ')}`)
}

function printOutcomes(outcomes: readonly VenueOutcome[]): void {
  printTable(
    ['case', ...outcomes.map(({ venue }) => venue)],
    verdictsByCase(outcomes).map(({ id, verdicts }) => [id, ...verdicts]),
  )
  for (const { venue, failures } of outcomes) {
    for (const { id, title, message } of failures) printLine(`${venue} ${id}, ${title}: ${message}`)
  }
}

/** Answers what each venue did; the paper venue and its folder are gone afterwards. */
async function playAll(definitions: readonly BrokerDefinition[]): Promise<VenueOutcome[]> {
  await using ending = new AsyncDisposableStack()
  const { path: directory } = ending.use(await leashedFolder('tradewire-conformance-'))
  const line = liveLine(process.stderr)
  ending.defer(() => line.clear())
  const table = new CardTable(await startPaperWorld({ directory, onStop: (work) => ending.defer(work) }))
  const outcomes: VenueOutcome[] = []
  for (const definition of definitions) {
    const outcome = await playVenue(table, definition, (text) => line.show(`${definition.id} ${text}`))
    outcomes.push(outcome)
    const { passed, failures, skipped, ms } = outcome
    const said = `${passed} passed, ${failures.length} failed, ${skipped.length} skipped`
    line.keep(`${definition.id}: ${said}, ${seconds(ms)}`)
  }
  return outcomes
}

async function main(): Promise<number> {
  const command = new Command('tradewire conformance')
    .description('play the numbered test card on each venue, through its adapter, against a paper venue of its own')
    .addArgument(
      new Argument('[venue]', `one venue only: ${allBrokers.map(({ id }) => id).join(', ')}`)
        .argParser(venueNamed)
        .default(allBrokers, 'all of them'),
    )
    .option('--record', 'write docs/conformance.json, of which `pnpm docs:write` makes the table in docs/brokers.md')
    .option('--json', 'print one JSON object a venue, and one with all of them at the end')
    .parse()
  const { json, record: recorded } = command.opts<Options>()
  const outcomes = await playAll(command.processedArgs[0] as readonly BrokerDefinition[])
  const summary = summaryOf(outcomes)
  if (recorded === true) await writeFile(record, recordOf(outcomes, await readFile(record, 'utf8')))
  if (json === true) for (const each of [...summary.venues, summary]) printLine(JSON.stringify(each))
  else printOutcomes(outcomes)
  return summary.failed === 0 ? 0 : 1
}

process.exitCode = await main()
// Sockets that a venue's client keeps alive would hold the process.
process.exit()
