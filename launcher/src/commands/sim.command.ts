/** `sim`: handed over to the simulator as it is. Must never simulate anything itself. */
import type { Command } from 'commander'
import { withExample } from './options.ts'
import { handedOver } from './scripts.command.ts'

const simulatorScript = 'simulator/dist/main.js'

export function simCommand(): Command {
  const command = handedOver('sim', simulatorScript, 'run the decisions of routing against simulated faults, by seeds')
  return withExample(command, './tradewire sim', './tradewire sim --seeds 5000 --first 1 --json')
}
