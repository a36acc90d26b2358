/** `sim billing`: one run, and what came of it. Called by the simulator's command. Exit code 1 when the books disagree. */
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command, InvalidArgumentError } from 'commander'
import { simulatedProviders, type SimulatedProvider } from './crowd/payers.ts'
import { simulateBilling } from './simulate-billing.ts'

const wholeMax = 1_000_000
const shownMax = 20

function providersOf(text: string): readonly SimulatedProvider[] {
  if (text === 'mixed') return simulatedProviders
  const one = simulatedProviders.find((name) => name === text)
  if (one === undefined) throw new InvalidArgumentError(`mixed, or one of ${simulatedProviders.join(', ')}`)
  return [one]
}

interface Options {
  readonly subscribers: number
  readonly months: number
  readonly seed: number
  readonly provider: readonly SimulatedProvider[]
  readonly kills: number
  readonly json?: boolean
}

export function billingCommand(): Command {
  return new Command('billing')
    .description('subscribers for months in virtual time; the books must say what the providers say')
    .option('--subscribers <n>', 'how many', wholeNumber(1, wholeMax), 200)
    .option('--months <n>', 'of thirty days', wholeNumber(1, wholeMax), 6)
    .option('--seed <n>', 'the same seed makes the same subscribers', wholeNumber(1, wholeMax), 1)
    .option(
      '--provider <name>',
      `who takes the money: mixed, ${simulatedProviders.join(', ')}`,
      providersOf,
      simulatedProviders,
    )
    .option('--kills <n>', 'how often the billing process is killed', wholeNumber(0, wholeMax), 0)
    .option('--json', 'print one JSON object at the end')
    .action(run)
}

async function run(options: Options): Promise<void> {
  const startedMs = performance.now()
  const onDay = (day: number, of: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r  day ${day} of ${of}`)
  }
  const { mismatches, ...report } = await simulateBilling({ ...options, providers: options.provider, onDay })
  for (const problem of mismatches.slice(0, shownMax)) process.stderr.write(`${problem}\n`)
  const { subscribers, months, seed } = options
  const elapsedMs = Math.round(performance.now() - startedMs)
  const summary = { ...report, mismatches: mismatches.length, subscribers, months, seed, elapsedMs }
  if (options.json === true) console.log(JSON.stringify(summary))
  else {
    console.log(
      `\n${report.payments} payments, ${report.refunds} refunds, ${report.disputes} disputes; ` +
        `the ledger is out of balance by ${report.ledgerImbalance}; ${mismatches.length} mismatches`,
    )
  }
  process.exitCode = mismatches.length === 0 && report.ledgerImbalance === '0' ? 0 : 1
}
