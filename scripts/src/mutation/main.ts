/**
 * `pnpm mutation`: plants one mistake after the other, each in memory, and demands that the tests turn red.
 * Called by people and by CI. Exit code 1 when the tests forgive one.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { repositoryRoot } from '../check/repository.ts'
import { plant, type PlantedMistake } from './planted-mistake.ts'
import { plantedMistakes } from './planted-mistakes.ts'
import { runMutant, type Verdict } from './run-mutant.ts'

interface Options {
  readonly only: readonly PlantedMistake[]
  readonly json?: boolean
}

interface Outcome extends Verdict {
  readonly name: string
  readonly ms: number
}

function named(text: string): readonly PlantedMistake[] {
  return text.split(',').map((name) => {
    const found = plantedMistakes.find((mistake) => mistake.name === name)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`choose from: ${plantedMistakes.map((mistake) => mistake.name).join(', ')}`)
  })
}

async function outcomeOf(root: string, mistake: PlantedMistake): Promise<Outcome> {
  const startedMs = performance.now()
  const { name, file, spec, test } = mistake
  const source = plant(readFileSync(join(root, file), 'utf8'), mistake)
  const verdict = await runMutant({ root, file, source, spec, test })
  return { name, ...verdict, ms: Math.round(performance.now() - startedMs) }
}

async function main(): Promise<number> {
  const { only, json } = new Command('mutation')
    .description('plant mistakes in the sources, in memory, and see whether the tests notice')
    .option('--only <names>', 'these mistakes, separated by commas', named, plantedMistakes)
    .option('--json', 'print one JSON object at the end')
    .parse()
    .opts<Options>()
  const root = repositoryRoot()
  const outcomes: Outcome[] = []
  for (const mistake of only) {
    const outcome = await outcomeOf(root, mistake)
    outcomes.push(outcome)
    console.error(`${outcome.kind.padEnd(8)} ${outcome.name} in ${outcome.ms} ms: ${outcome.detail}`)
  }
  const forgiven = outcomes.filter(({ kind }) => kind !== 'caught')
  if (json === true) console.log(JSON.stringify({ mistakes: outcomes, forgiven: forgiven.length }))
  else console.log(`${outcomes.length} mistakes planted, ${forgiven.length} forgiven`)
  return forgiven.length === 0 ? 0 : 1
}

process.exitCode = await main()
