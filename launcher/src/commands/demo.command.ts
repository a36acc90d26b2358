/** `demo`: the main job on real input, from an empty system to an audit. Must never leave its system running. */
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command } from 'commander'
import { reportDemo } from '../demo/demo-report.ts'
import { runDemo } from '../demo/run-demo.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printLine } from '../terminal/output.ts'
import { withOwnSystem } from '../up/own-system.ts'
import { jsonOption, withExample } from './options.ts'

interface DemoCommandOptions {
  readonly followers: number
  readonly signals: number
  readonly seed: number
  readonly processes: boolean
  readonly json: boolean
}

const followersDefault = 100
const followersMax = 10_000
const signalsDefault = 5
const signalsMax = 20
const seedMax = 2_147_483_647
/** The demo pages through everything: the limits of a public API are not what it measures. */
const settings = { GATEWAY_RATE_LIMIT: 'false', ORDERS_ALERTS_PER_MINUTE_MIN: '0' }

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('trade recorded prices with many followers, then compare the books with the venue’s ledger')
    .option('--followers <number>', 'accounts that follow the strategy', wholeNumber(1, followersMax), followersDefault)
    .option('--signals <number>', 'alerts to send', wholeNumber(1, signalsMax), signalsDefault)
    .option('--seed <number>', 'chooses balances, profiles and the days traded', wholeNumber(0, seedMax), 1)
    .option('--processes', 'one process per service', false)
    .addOption(jsonOption())
    .action(demo)
  return withExample(command, './tradewire demo', './tradewire demo --followers 1000 --seed 7 --json')
}

async function demo(options: DemoCommandOptions): Promise<void> {
  const startedMs = performance.now()
  const { processes, json } = options
  const result = await withOwnSystem({ name: 'demo', processes, settings }, (endpoints, progress) =>
    runDemo(endpoints, options, { progress }),
  )
  if (json) printLine(JSON.stringify(result))
  else printLine(reportDemo(result, performance.now() - startedMs))
  if (result.lost > 0 || result.doubled > 0) throw new LauncherError('orders were lost or doubled: see the findings')
}
