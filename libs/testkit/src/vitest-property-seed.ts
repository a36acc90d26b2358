/**
 * Draws the examples of all properties from one seed, so that a run on one machine finds what it finds on another.
 * Loaded by vitest (vitest.config.ts) with each file that draws. `PROPERTY_SEED=random` looks for what nobody has drawn yet; a failure prints its seed.
 */
import { environment } from '@tradewire/config/environment'
import fc from 'fast-check'

const usualSeed = 1
const wanted = environment()['PROPERTY_SEED']

if (wanted !== 'random') {
  const seed = Number(wanted ?? usualSeed)
  if (!Number.isSafeInteger(seed)) throw new Error(`PROPERTY_SEED must be an integer or "random", not "${wanted}"`)
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
}
