/** `dead-letters`: what services gave up on, and why; handed to them once more. Must never delete one. */
import { environment } from '@tradewire/config/environment'
import { Command } from 'commander'
import { z } from 'zod'
import { commandIn } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
import { parseServices } from '../services/catalogue.ts'
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { printJson, printLine, printTable } from '../terminal/output.ts'
import { readEndpoints } from '../up/endpoints.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface DeadLettersOptions extends HomeOption {
  readonly services: string
  readonly json: boolean
}

export function deadLettersCommand(): Command {
  const command = new Command('dead-letters').description('events that a service gave up on, to be handed to it again')
  command
    .addCommand(part('list', 'show those that wait, and why').action(list))
    .addCommand(
      part('replay', 'hand them to their consumers once more, when the cause is mended')
        .argument('[ids...]', 'only these; all that wait when left out')
        .action(replay),
    )
    .addHelpText('after', '\nWith DATABASE_URL (an administrator) that server is asked, else that of the running home.')
  return withExample(command, './tradewire dead-letters list', './tradewire dead-letters replay --services orders')
}

function part(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(homeOption())
    .option('--services <list>', 'services to look at, separated by commas', 'all')
    .addOption(jsonOption())
}

async function list({ home, services, json }: DeadLettersOptions): Promise<void> {
  const { waitingLetters } = await import('../dead-letters/dead-letters.ts')
  const names = parseServices(services)
  const letters = await waitingLetters(await adminUrl(home), names)
  if (json) return printJson(letters)
  if (letters.length === 0) return printLine('No dead letter waits.')
  printTable(
    ['id', 'consumer', 'event', 'deliveries', 'why'],
    letters.map((one) => [
      one.id,
      one.consumer,
      one.subject,
      String(one.deliveries),
      one.errorMessage.slice(0, whyChars),
    ]),
  )
}

const whyChars = 80

async function replay(ids: readonly string[], { home, services, json }: DeadLettersOptions): Promise<void> {
  const { replayLetters } = await import('../dead-letters/dead-letters.ts')
  const names = parseServices(services)
  const wrong = ids.find((id) => !z.uuid().safeParse(id).success)
  if (wrong !== undefined) {
    throw new LauncherError(`${wrong} is no id of a dead letter`, commandIn(home, 'dead-letters list'), exitCodes.usage)
  }
  const replayed = await replayLetters(await adminUrl(home), names, ids)
  if (json) return printJson(replayed)
  for (const { service, letters } of replayed) printLine(`${service.padEnd(10)} ${letters} handed on`)
}

async function adminUrl(home: Home): Promise<string> {
  return environment()['DATABASE_URL'] || (await readEndpoints(home)).database
}
