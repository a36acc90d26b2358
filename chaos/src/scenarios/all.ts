/** The list of scenarios. Called by the command, and by e2e specs through their names. Must never hold a scenario's behaviour. */
import type { Scenario } from '../scenario.ts'
import { followerScenarios } from './followers.ts'
import { intakeScenarios } from './intake.ts'
import { ownerScenarios } from './owner.ts'
import { processScenarios } from './processes.ts'
import { serverScenarios } from './servers.ts'
import { venueScenarios } from './venue.ts'

export const scenarios: readonly Scenario[] = [
  ...serverScenarios,
  ...processScenarios,
  ...venueScenarios,
  ...followerScenarios,
  ...ownerScenarios,
  ...intakeScenarios,
]

export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name)
}
