/** `audit`: verify the chain of the audit log, or write it out. Must never trust anything but the hashes it computes itself. */
import { type AuditEntry, ChainCheck } from '@tradewire/contracts/audit-chain'
import { Command, InvalidArgumentError, Option } from 'commander'
import { GatewayClient } from '../gateway/gateway-client.ts'
import type { Home } from '../home/home.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface VerifyOptions extends HomeOption {
  readonly head?: string
  readonly json: boolean
}

export function auditCommand(): Command {
  const command = new Command('audit').description('the log of who asked for what')
  command
    .command('verify')
    .description('check that no entry was changed, left out or put in')
    .addOption(new Option('--head <hash>', 'a head noted earlier, which must still be in the log').argParser(headHash))
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(verify)
  command
    .command('export')
    .description('write all entries, oldest first, one JSON object a line')
    .addOption(homeOption())
    .action(exportLog)
  return withExample(command, './tradewire audit verify', './tradewire audit export > audit.jsonl')
}

/** Text that is no hash cannot be in any log: that would be told as entries that were cut off. */
export function headHash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('must be the 64 hexadecimal digits that `audit verify` printed')
}

async function verify({ home, head, json }: VerifyOptions): Promise<void> {
  const check = new ChainCheck()
  let headSeen = head === undefined
  await eachPage(home, (entries) => {
    check.take(entries)
    headSeen ||= entries.some(({ hash }) => hash === head)
  })
  const { result } = check
  const whole = result.brokenAt === null && headSeen
  if (json) printJson({ ...result, headSeen, whole })
  else if (whole) printLine(`${result.entries} entries, the chain is whole. Head: ${result.head}`)
  if (whole) return
  throw new LauncherError(
    result.brokenAt === null
      ? 'the chain is whole, but the head that you noted is not in it: entries were cut off or replaced'
      : `the chain breaks at entry ${result.brokenAt}: it or one before it is not what was written`,
  )
}

async function exportLog({ home }: HomeOption): Promise<void> {
  await eachPage(home, (entries) => {
    for (const entry of entries) printLine(JSON.stringify(entry))
  })
}

async function eachPage(home: Home, take: (entries: readonly AuditEntry[]) => void): Promise<void> {
  const gateway = await GatewayClient.of(home)
  await gateway.eachPage<AuditEntry>('/v1/audit', take)
}
