/** `fuzz`: handed over to the fault kit as it is. Must never be pointed at an installation. */
import type { Command } from 'commander'
import { withExample } from './options.ts'
import { handedOver } from './scripts.command.ts'

const fuzzScript = 'chaos/dist/fuzz-main.js'

export function fuzzCommand(): Command {
  const command = handedOver('fuzz', fuzzScript, 'ask a system of its own for nonsense, and judge every answer')
  return withExample(command, './tradewire fuzz --cases 10000 --seed 1', './tradewire fuzz --json')
}
