/** Options that several commands share, and how their texts are read. Must never hold behaviour of one command. */
import { wholeNumber } from '@tradewire/config/whole-number'
import { type Command, Option } from 'commander'
import { type Home, defaultHome, homeAt } from '../home/home.ts'

const portMax = 65_535

export interface HomeOption {
  readonly home: Home
}

export function homeOption(): Option {
  return new Option('--home <dir>', 'folder of the installation')
    .default(homeAt(defaultHome), '.tradewire in the project folder')
    .argParser((text: string) => homeAt(text))
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document').default(false)
}

export const portNumber = wholeNumber(0, portMax)

/** Adds an example to the command's help. */
export function withExample(command: Command, ...examples: readonly string[]): Command {
  const title = examples.length === 1 ? 'Example:' : 'Examples:'
  return command.addHelpText('after', `\n${title}\n${examples.map((example) => `  ${example}`).join('\n')}`)
}
