/**
 * One scenario of the fault kit as the body of a spec. Called by the specs that hurt a system.
 * Must never forgive a violation, nor a scenario that could not be run.
 */
import { RealSystem } from '@tradewire/chaos/kit/real-system'
import { runScenario } from '@tradewire/chaos/run-scenario'
import { scenarioNamed } from '@tradewire/chaos/scenarios/all'
import { expect } from 'vitest'
import { note, seedOf } from './seed.ts'

export async function expectHolds(name: string): Promise<void> {
  const scenario = scenarioNamed(name)
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`)
  await new RealSystem({}).build()
  const { violations, skipped, logs } = await runScenario(scenario, seedOf(name), note)
  expect({ violations, skipped, logs }).toEqual({ violations: [], skipped: undefined, logs: undefined })
}
