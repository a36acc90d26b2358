/**
 * Commands that scripts of other packages carry out: `sim`, `chaos`, `conformance`, `fuzz`, `bench`, `check` and `gen`.
 * Called by the command line. Must never read an argument itself: all of them, --help included, belong to the script.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { projectRoot } from '../home/home.ts'
import { runScript } from '../system/run-script.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { withExample } from './options.ts'

interface HandedOver {
  readonly script: string
  readonly description: string
  readonly examples: readonly string[]
}

export const checkScript = 'scripts/dist/check/all.js'

const commands = {
  sim: {
    script: 'simulator/dist/main.js',
    description: 'run the decisions of routing against simulated faults, by seeds',
    examples: ['./tradewire sim', './tradewire sim --seeds 5000 --first 1 --json'],
  },
  chaos: {
    script: 'chaos/dist/main.js',
    description: 'hurt a whole system of its own on purpose, then audit it, by seeds',
    examples: ['./tradewire chaos --list', './tradewire chaos --scenario all --seed 1 --json'],
  },
  conformance: {
    script: 'chaos/dist/conformance-main.js',
    description: 'play the numbered test card on every venue, or one, through its adapter',
    examples: ['./tradewire conformance', './tradewire conformance binance-usdm --json'],
  },
  fuzz: {
    script: 'chaos/dist/fuzz-main.js',
    description: 'ask a system of its own for nonsense, and judge every answer',
    examples: ['./tradewire fuzz --cases 10000 --seed 1', './tradewire fuzz --json'],
  },
  bench: {
    script: 'scripts/dist/bench/main.js',
    description: 'measure beside a frameworkless straw man and beside queues, in one run, as ratios',
    examples: ['./tradewire bench fanout', './tradewire bench fanout --followers 1000 --only P3,P7 --json'],
  },
  check: {
    script: checkScript,
    description: 'run every check on the source: types, lint, imports, docs, licences',
    examples: ['./tradewire check', './tradewire check --only lint tidy'],
  },
  gen: {
    script: 'scripts/dist/gen/main.js',
    description: 'write a new service, use case, event or broker from a template',
    examples: ['./tradewire gen use-case orders cancel-leg'],
  },
} as const satisfies Readonly<Record<string, HandedOver>>

export function handedOver(name: keyof typeof commands): Command {
  const { script, description, examples } = commands[name]
  const command = new Command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, self: Command) => {
      if (!existsSync(join(projectRoot, script)))
        throw new LauncherError(`${script} is not built`, './tradewire doctor')
      process.exitCode = await runScript([script, ...self.args])
    })
  return withExample(command, ...examples)
}
