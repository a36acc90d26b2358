/** `operator`: creates the first user when there is none, for installations that `up` does not run. Never changes one. */
import { Command } from 'commander'
import { environment } from '@tradewire/config/environment'
import { loadConfig } from '@tradewire/config/define-config'
import { sharedConfig } from '@tradewire/config/shared'
import { createLogger } from '@tradewire/observability/logger'
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { jsonOption, withExample } from './options.ts'

const operatorName = 'operator'
const operatorExample = 'NATS_URL=nats://user:password@nats:4222 OPERATOR_PASSWORD=... ./tradewire operator'

interface OperatorOptions {
  readonly username: string
  readonly json: boolean
}

export function operatorCommand(): Command {
  const command = new Command('operator')
    .description('create the operator when there is none; `up` does this by itself')
    .option('--username <name>', 'name to log in with', operatorName)
    .addOption(jsonOption())
    .addHelpText('after', '\nThe password is read from OPERATOR_PASSWORD; identity is reached through NATS_URL.')
    .action(createOperator)
  return withExample(command, operatorExample)
}

async function createOperator({ username, json }: OperatorOptions): Promise<void> {
  const inherited = environment()
  const password = inherited['OPERATOR_PASSWORD']
  if (!password) throw new LauncherError('OPERATOR_PASSWORD is not set', operatorExample, exitCodes.usage)
  const { natsUrl } = loadConfig(sharedConfig, inherited)
  const logger = createLogger({ service: 'launcher', level: 'silent' })
  const { askForOperator } = await import('../up/operator.ts')
  const { created } = await askForOperator({ username, password }, natsUrl, logger)
  if (json) printJson({ username, created })
  else printLine(created ? `The operator ${username} was created.` : 'An operator exists already; nothing was changed.')
}
