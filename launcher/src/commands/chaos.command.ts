/** `chaos`: handed over to the fault kit as it is. Must never hurt anything itself. */
import type { Command } from 'commander'
import { withExample } from './options.ts'
import { handedOver } from './scripts.command.ts'

const chaosScript = 'chaos/dist/main.js'

export function chaosCommand(): Command {
  const command = handedOver('chaos', chaosScript, 'hurt a whole system of its own on purpose, then audit it, by seeds')
  return withExample(command, './tradewire chaos --list', './tradewire chaos --scenario all --seed 1 --json')
}
