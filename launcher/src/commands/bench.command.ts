/** `bench`: handed over to the project's own bench as it is. Must never measure anything itself. */
import type { Command } from 'commander'
import { withExample } from './options.ts'
import { handedOver } from './scripts.command.ts'

const benchScript = 'scripts/dist/bench/main.js'

export function benchCommand(): Command {
  const command = handedOver(
    'bench',
    benchScript,
    'measure beside a frameworkless straw man and beside queues, in one run, as ratios',
  )
  return withExample(
    command,
    './tradewire bench fanout',
    './tradewire bench fanout --followers 1000 --only P3,P7 --json',
  )
}
