/** `check` and `gen`: handed over to the project's own scripts as they are. Must never hold a check or a template. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { projectRoot } from '../home/home.ts'
import { runScript } from '../system/run-script.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { withExample } from './options.ts'

export const checkScript = 'scripts/dist/check/all.js'
const generatorScript = 'scripts/dist/gen/main.js'

/** A command whose arguments, --help included, belong to the script. */
export function handedOver(name: string, script: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      if (!existsSync(join(projectRoot, script)))
        throw new LauncherError(`${script} is not built`, './tradewire doctor')
      process.exitCode = await runScript([script, ...command.args])
    })
}

export function checkCommand(): Command {
  const command = handedOver(
    'check',
    checkScript,
    'run every check on the source: types, lint, imports, docs, licences',
  )
  return withExample(command, './tradewire check', './tradewire check --only lint tidy')
}

export function genCommand(): Command {
  const command = handedOver('gen', generatorScript, 'write a new service, use case, event or broker from a template')
  return withExample(command, './tradewire gen use-case orders cancel-leg')
}
