/** `drill`: rehearsals on paper accounts, in a system of their own. Must never touch a running installation. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { drillKillSwitch, type DrillResult } from '../drill/kill-switch-drill.ts'
import { homeAt } from '../home/home.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { liveLine } from '../terminal/live-line.ts'
import { printLine } from '../terminal/output.ts'
import { terminalProgress } from '../terminal/progress.ts'
import { startDetached } from '../up/detached.ts'
import { stopHome } from '../up/stop-home.ts'
import { jsonOption, wholeNumber, withExample } from './options.ts'

interface DrillCommandOptions {
  readonly followers: number
  readonly seed: number
  readonly json: boolean
}

const followersDefault = 50
const followersMax = 1_000
const seedMax = 2_147_483_647
const stopWaitSeconds = 45
const settings = { GATEWAY_RATE_LIMIT: 'false' }

export function drillCommand(): Command {
  const killSwitch = new Command('kill-switch')
    .description('open positions, engage a kill switch that flattens, and let the venue’s ledger judge')
    .option('--followers <number>', 'accounts with a position', wholeNumber(1, followersMax), followersDefault)
    .option('--seed <number>', 'chooses the balances', wholeNumber(0, seedMax), 1)
    .addOption(jsonOption())
    .action(drill)
  const command = new Command('drill')
    .description('rehearse an emergency on paper accounts, in a system of its own')
    .addCommand(withExample(killSwitch, './tradewire drill kill-switch', './tradewire drill kill-switch --json'))
  return command
}

async function drill(options: DrillCommandOptions): Promise<void> {
  const home = homeAt(await mkdtemp(join(tmpdir(), 'tradewire-drill-')))
  const line = liveLine(process.stderr)
  try {
    const args = ['up', '--report-to-parent', '--home', home.root, '--port', '0']
    const { endpoints } = await startDetached(home, args, terminalProgress(process.stderr), settings)
    const result = await drillKillSwitch(endpoints, options, { progress: (text) => line.show(text) })
    line.clear()
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    else printLine(textOf(result))
    if (result.violations.length > 0) throw new LauncherError('the drill failed: see what was violated')
  } finally {
    line.clear()
    await stopHome(home, stopWaitSeconds, terminalProgress(process.stderr))
    await rm(home.root, { recursive: true, force: true })
  }
}

function textOf({
  followers,
  opened,
  flatMs,
  refusedWhileEngaged,
  openedAfterRelease,
  violations,
}: DrillResult): string {
  return [
    `  ${opened} of ${followers} accounts held a protected position when the platform's switch was engaged (flatten)`,
    `  flat after ${flatMs.p50} ms (half of the accounts), ${flatMs.max} ms (the last one), by the venue's own ledger`,
    `  ${refusedWhileEngaged} entries refused while it was engaged; ${openedAfterRelease} positions opened after the release in two steps`,
    ...violations.map((problem) => `  VIOLATED: ${problem}`),
    violations.length === 0 ? '  nothing was violated' : '',
  ].join('\n')
}
