/** `keys`: a further master key for a home, and all that is sealed brought under the newest. Must never print a key. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { rotateCredentialsKeys } from '@tradewire/contracts/rpc/credentials'
import { Command } from 'commander'
import { GatewayClient } from '../gateway/gateway-client.ts'
import { addMasterKey } from '../home/secrets.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface RotateOptions extends HomeOption {
  readonly json: boolean
}

export function keysCommand(): Command {
  const command = new Command('keys').description('the master keys that seal credentials of broker accounts')
  command
    .command('add')
    .description('add a newer key to the file of the home; brokers seal with it once they have started again')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json }: RotateOptions) => {
      const version = await addMasterKey(home)
      if (json) printJson({ version })
      else printLine(`v${version} was added. Restart brokers one process after another, then: ./tradewire keys rotate`)
    })
  command
    .command('rotate')
    .description('seal everything by the newest key that brokers know, while accounts trade on')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(rotate)
  return withExample(command, './tradewire keys add', './tradewire keys rotate --json')
}

async function rotate({ home, json }: RotateOptions): Promise<void> {
  const gateway = await GatewayClient.of(home)
  const reply = await gateway.postAgain<ReplyOf<typeof rotateCredentialsKeys>>('/v1/credentials/rotate')
  if (json) return printJson(reply)
  const { newestVersion, rewrapped, inUse } = reply
  const old = inUse.filter(({ version }) => version < newestVersion)
  printLine(`${rewrapped} keys were sealed anew by v${newestVersion}.`)
  if (old.length === 0) printLine('Older versions seal nothing any more and may be taken out of the file.')
  else printLine(`Still in use: ${old.map(({ version, sealed }) => `v${version} (${sealed})`).join(', ')}`)
}
