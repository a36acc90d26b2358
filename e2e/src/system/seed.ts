/**
 * The seed of a run: given as E2E_SEED to repeat one, otherwise new each time. Called by specs that hit at random.
 * Must never be used without being printed.
 */
import { environment } from '@tradewire/config/environment'
import { SystemRandomness } from '@tradewire/kernel/randomness'

const seedLimit = 1_000_000

/** The seed, printed with the command that repeats the run. */
export function seedOf(spec: string): number {
  const given = environment()['E2E_SEED']
  const seed = given === undefined ? Math.floor(new SystemRandomness().fraction() * seedLimit) : Number(given)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`E2E_SEED must be a whole number, not ${given}`)
  note(`${spec}: E2E_SEED=${seed}`)
  return seed
}

/** One line of the run's story, for those who read its output. */
export function note(text: string): void {
  process.stdout.write(`  ${text}\n`)
}
