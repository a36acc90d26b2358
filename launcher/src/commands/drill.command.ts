/** `drill`: rehearsals on paper accounts, in a system of their own. Must never touch a running installation. */
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command } from 'commander'
import { drillKillSwitch, type DrillResult } from '../drill/kill-switch-drill.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printLine } from '../terminal/output.ts'
import { withOwnSystem } from '../up/own-system.ts'
import { jsonOption, withExample } from './options.ts'

interface DrillCommandOptions {
  readonly followers: number
  readonly seed: number
  readonly json: boolean
}

const followersDefault = 50
const followersMax = 1_000
const seedMax = 2_147_483_647
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
  const result = await withOwnSystem({ name: 'drill', settings }, (endpoints, progress) =>
    drillKillSwitch(endpoints, options, { progress }),
  )
  if (options.json) printLine(JSON.stringify(result))
  else printLine(textOf(result))
  if (result.violations.length > 0) throw new LauncherError('the drill failed: see what was violated')
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
