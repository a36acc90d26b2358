/** `paper key`: what a simulated venue says of the key of an account, and the end of the key. Must never show a secret. */
import { InvalidArgumentError, type Command } from 'commander'
import { type ChangePaperKey, paperAccount, paperKey } from '@tradewire/contracts/paper/control'
import { SystemClock } from '@tradewire/kernel/clock'
import { ControlClient } from '../../paper/control-client.ts'
import { printJson, printLine } from '../../terminal/output.ts'
import { withExample } from '../options.ts'
import { type PaperOptions, paperSubcommand } from './paper-options.ts'

interface KeyOptions extends PaperOptions {
  readonly withdraw?: boolean
  readonly bound?: boolean
  readonly ends?: string | null
  readonly revoke: boolean
}

const unitsMs = { h: 3_600_000, d: 86_400_000 } as const

function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('must be yes or no')
  return text === 'yes'
}

/** `6d`, `12h`, a moment such as 2027-01-31T08:00:00Z; null for never. */
export function endOf(text: string, now: Date): string | null {
  if (text === 'never') return null
  const [, count, unit] = /^(\d{1,4})([hd])$/.exec(text) ?? []
  const moment = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : Number.NaN
  const ms = count === undefined ? moment : now.getTime() + Number(count) * unitsMs[unit as keyof typeof unitsMs]
  if (Number.isNaN(ms)) throw new InvalidArgumentError('must be like 6d, 12h, never, or a moment')
  return new Date(ms).toISOString()
}

export function keyCommand(): Command {
  const command = paperSubcommand(
    'key',
    'show or change what a venue says of the key of an account, as far as it tells',
  )
    .argument('<account>', 'id of the account')
    .option('--withdraw <yes|no>', 'whether it may withdraw; such a key is refused when it is connected', yesOrNo)
    .option('--bound <yes|no>', 'whether it works from named addresses only', yesOrNo)
    .option('--ends <when>', '6d, 12h, never, or a moment; its owner is told a week and a day before', (text) =>
      endOf(text, new SystemClock().now()),
    )
    .option('--revoke', 'the key lets nobody in any more', false)
    .action((accountId: string, options: KeyOptions) => changeKey(accountId, options))
  return withExample(
    command,
    './tradewire paper key <account> --ends 6d',
    './tradewire paper key <account> --withdraw yes',
  )
}

async function changeKey(accountId: string, { withdraw, bound, ends, revoke, ...options }: KeyOptions): Promise<void> {
  const client = await ControlClient.of(options.home, options.url)
  const path = `/accounts/${encodeURIComponent(accountId)}`
  const body: ChangePaperKey = {
    ...(withdraw === undefined ? {} : { mayWithdraw: withdraw }),
    ...(bound === undefined ? {} : { ipBound: bound }),
    ...(ends === undefined ? {} : { expiresAt: ends }),
  }
  const key = await client.ask({ method: 'POST', path: `${path}/key`, body }, paperKey)
  if (revoke) await client.ask({ method: 'POST', path: `${path}/revoke-key` }, paperAccount)
  if (options.json) return printJson({ ...key, revoked: revoke })
  const said = [
    key.mayWithdraw ? 'may withdraw' : 'may not withdraw',
    key.ipBound ? 'bound to addresses' : 'not bound to addresses',
    key.expiresAt === null ? 'does not end' : `ends ${key.expiresAt}`,
    ...(revoke ? ['revoked'] : []),
  ]
  printLine(`${key.venue}  ${accountId}  ${said.join(', ')}`)
}
