/** `demo`: the main job on real input, from an empty system to an audit. Must never leave its system running. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { reportDemo } from '../demo/demo-report.ts'
import type { DemoResult } from '../demo/demo-result.ts'
import { runDemo } from '../demo/run-demo.ts'
import { homeAt } from '../home/home.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { liveLine } from '../terminal/live-line.ts'
import { printLine } from '../terminal/output.ts'
import { terminalProgress } from '../terminal/progress.ts'
import { startDetached } from '../up/detached.ts'
import { stopHome } from '../up/stop-home.ts'
import { jsonOption, wholeNumber, withExample } from './options.ts'

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
const stopWaitSeconds = 45
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
  const home = homeAt(await mkdtemp(join(tmpdir(), 'tradewire-demo-')))
  const args = ['up', '--report-to-parent', '--home', home.root, '--port', '0']
  const line = liveLine(process.stderr)
  try {
    const { endpoints } = await startDetached(
      home,
      options.processes ? [...args, '--processes'] : args,
      terminalProgress(process.stderr),
      settings,
    )
    const result = await runDemo(endpoints, options, { progress: (text) => line.show(text) })
    line.clear()
    print(result, options.json, performance.now() - startedMs)
    if (result.lost > 0 || result.doubled > 0) throw new LauncherError('orders were lost or doubled: see the findings')
  } finally {
    line.clear()
    await stopHome(home, stopWaitSeconds, terminalProgress(process.stderr))
    await rm(home.root, { recursive: true, force: true })
  }
}

function print(result: DemoResult, json: boolean, elapsedMs: number): void {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else printLine(reportDemo(result, elapsedMs))
}
