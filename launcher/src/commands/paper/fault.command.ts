/** `paper fault`: the fault switches of the simulated venues. Must never know what a fault does. */
import { wholeNumber } from '@tradewire/config/whole-number'
import { type Command, Option } from 'commander'
import type { Venue } from '@tradewire/contracts/common'
import { faultKind, paperFault, paperFaultList, type SetFault } from '@tradewire/contracts/paper/control'
import { z } from 'zod'
import { ControlClient } from '../../paper/control-client.ts'
import { LauncherError, exitCodes } from '../../terminal/launcher-error.ts'
import { printJson, printLine, printTable } from '../../terminal/output.ts'
import { withExample } from '../options.ts'
import { type PaperOptions, paperSubcommand, venueOption } from './paper-options.ts'

interface FaultOptions extends PaperOptions {
  readonly clear?: string | true
  readonly venue?: Venue
  readonly account?: string
  readonly operation?: SetFault['operation']
  readonly rate?: number
  readonly next?: number
  readonly milliseconds?: number
  readonly fraction?: string
}

const hitsMax = 1_000_000
const millisecondsMax = 120_000

export function faultCommand(): Command {
  const command = paperSubcommand('fault', 'set a fault switch, list those that are set, or clear them')
    .argument('[kind]', `what goes wrong: ${faultKind.options.join(', ')}; left out: list`)
    .option('--clear [id]', 'clear one fault, or all')
    .addOption(venueOption())
    .option('--account <id>', 'only for one account')
    .addOption(new Option('--operation <kind>', 'which calls').choices(['place', 'cancel', 'read', 'any']))
    .option('--rate <share>', 'share of the calls, from 0 to 1', Number)
    .option('--next <count>', 'ends after so many hits', wholeNumber(1, hitsMax))
    .option('--milliseconds <number>', 'for delay-visibility, latency and rate-limit', wholeNumber(1, millisecondsMax))
    .option('--fraction <share>', 'for partial-fill, such as 0.5')
    .action((kind: string | undefined, options: FaultOptions) => switchFault(kind, options))
  return withExample(
    command,
    './tradewire paper fault drop-reply-after-accept --venue binance-usdm --next 3',
    './tradewire paper fault --clear',
  )
}

async function switchFault(kind: string | undefined, options: FaultOptions): Promise<void> {
  const client = await ControlClient.of(options.home, options.url)
  if (options.clear !== undefined) {
    const path = options.clear === true ? '/faults' : `/faults/${encodeURIComponent(options.clear)}`
    await client.ask({ method: 'DELETE', path }, z.unknown())
  } else if (kind !== undefined) {
    const fault = await client.ask({ method: 'POST', path: '/faults', body: faultOf(kind, options) }, paperFault)
    if (options.json) printJson(fault)
    else printLine(`fault ${fault.id} is set: ${fault.kind}`)
    return
  }
  const { faults } = await client.ask({ method: 'GET', path: '/faults' }, paperFaultList)
  if (options.json) printJson({ faults })
  else if (faults.length === 0) printLine('no fault is set')
  else
    printTable(
      ['id', 'kind', 'venue', 'calls', 'hits'],
      faults.map((one) => [one.id, one.kind, one.venue ?? 'any', one.operation, String(one.hits)]),
    )
}

function faultOf(kind: string, options: FaultOptions): SetFault {
  const known = faultKind.safeParse(kind)
  if (!known.success) {
    throw new LauncherError(
      `no fault is called ${kind}`,
      `choose from: ${faultKind.options.join(', ')}`,
      exitCodes.usage,
    )
  }
  const { venue: at, account, operation, rate, next, milliseconds, fraction } = options
  return {
    kind: known.data,
    ...(at === undefined ? {} : { venue: at }),
    ...(account === undefined ? {} : { accountId: account }),
    ...(operation === undefined ? {} : { operation }),
    ...(rate === undefined ? {} : { rate }),
    ...(next === undefined ? {} : { next }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
    ...(fraction === undefined ? {} : { fraction }),
  }
}
