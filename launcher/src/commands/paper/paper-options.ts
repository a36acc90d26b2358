/** What every `paper` command has: which venue process, and the form of the answer. Must never hold behaviour of one command. */
import { Command, Option } from 'commander'
import { venue } from '@tradewire/contracts/common'
import { type HomeOption, homeOption, jsonOption } from '../options.ts'

export interface PaperOptions extends HomeOption {
  readonly json: boolean
  readonly url?: string
}

export function paperSubcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(homeOption())
    .option('--url <url>', 'control URL of the venue, instead of that of the home')
    .addOption(jsonOption())
}

export function venueOption(): Option {
  return new Option('--venue <venue>', 'one of the simulated venues').choices(venue.options)
}
