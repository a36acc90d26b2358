/** `keys`: a further master key for a home, and all that is sealed brought under the newest. Must never print a key. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { rotateCredentialsKeys } from '@tradewire/contracts/rpc/credentials'
import { Command } from 'commander'
import { GatewayClient } from '../gateway/gateway-client.ts'
import { commandIn } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
import { addMasterKey, newestMasterKey } from '../home/secrets.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

type Rotated = ReplyOf<typeof rotateCredentialsKeys>

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
      else
        printLine(
          `v${version} was added. Restart brokers one process after another, then: ${commandIn(home, 'keys rotate')}`,
        )
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
  const reply = await gateway.postAgain<Rotated>('/v1/credentials/rotate')
  const lines = rotationLines(home, reply, await newestMasterKey(home))
  if (json) printJson(reply)
  else for (const line of lines) printLine(line)
}

/** What has been done, and what may be done now. Throws where brokers that answered do not know the newest key yet. */
export function rotationLines(home: Pick<Home, 'root'>, rotated: Rotated, newestInFile: number | undefined): string[] {
  const { newestVersion, rewrapped, inUse } = rotated
  const newest = Math.max(newestInFile ?? 0, ...inUse.map(({ version }) => version))
  if (newest > newestVersion)
    throw new LauncherError(
      `brokers that answered do not know v${newest} yet, v${newestVersion} is their newest: nothing was sealed by v${newest}, and every key is still needed`,
      `restart brokers one process after another, then: ${commandIn(home, 'keys rotate')}`,
    )
  const done = `${rewrapped} keys were sealed anew by v${newestVersion}.`
  const old = inUse.filter(({ version }) => version < newestVersion)
  if (old.length > 0)
    return [done, `Still in use: ${old.map(({ version, sealed }) => `v${version} (${sealed})`).join(', ')}`]
  if (newestVersion === 1)
    return [done, `There is no older version; a newer one is added by ${commandIn(home, 'keys add')}`]
  return [
    done,
    `Older versions seal nothing any more. Once every process of brokers has started with v${newestVersion}, they may be taken out of the file.`,
  ]
}
