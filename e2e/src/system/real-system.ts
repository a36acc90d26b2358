/**
 * A whole installation for the specs of one file. Called once at the top of an e2e spec: `const system = realSystem()`.
 * Must never outlive the file's tests.
 */
import { RealSystem, type RealSystemOptions } from '@tradewire/chaos/kit/real-system'
import { afterAll, beforeAll } from 'vitest'

const startLimitMs = 120_000
const stopLimitMs = 60_000

/** Registers the start before and the stop after all tests of the file. */
export function realSystem(options: RealSystemOptions = {}): RealSystem {
  const system = new RealSystem(options)
  beforeAll(async () => {
    await system.build()
    await system.start()
  }, startLimitMs)
  afterAll(() => system.stop(), stopLimitMs)
  return system
}
