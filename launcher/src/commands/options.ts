/** Options that several commands share, and how their texts are read. Must never hold behaviour of one command. */
import { type Command, InvalidArgumentError, Option } from 'commander'
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

/** A whole number within limits; commander prints the reason and the usage otherwise. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}`)
    }
    return value
  }
}

export const portNumber = wholeNumber(0, portMax)

/** Adds an example to the command's help. */
export function withExample(command: Command, ...examples: readonly string[]): Command {
  const title = examples.length === 1 ? 'Example:' : 'Examples:'
  return command.addHelpText('after', `\n${title}\n${examples.map((example) => `  ${example}`).join('\n')}`)
}
