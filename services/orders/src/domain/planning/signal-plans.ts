/**
 * What a signal means in each environment of its venue, by the terms that hold there: what costs an account of one
 * nothing may be below the other's minimum. Called by the planner once per signal.
 * Must never plan an account by the terms of another environment.
 */
import { type AccountEnvironment, accountEnvironment } from '@tradewire/contracts/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Instruments } from './instrument.ts'
import { type PlanningFacts, type PlanningPolicy, planSignal, type Signal, type SignalPlan } from './signal-plan.ts'

/** Without those in which the signal is refused. */
export type SignalPlans = Readonly<Partial<Record<AccountEnvironment, SignalPlan>>>

export interface PlannedSignal {
  readonly plans: SignalPlans
  /** Why, wherever there is no plan. */
  readonly denials: Readonly<Partial<Record<AccountEnvironment, Denial>>>
}

export function planInEach(
  signal: Signal,
  { instruments, ...known }: Omit<PlanningFacts, 'instrument'> & { readonly instruments: Instruments },
  policy: PlanningPolicy,
  now: Date,
): PlannedSignal {
  const plans: { -readonly [Environment in keyof SignalPlans]: SignalPlan } = {}
  const denials: Partial<Record<AccountEnvironment, Denial>> = {}
  for (const environment of accountEnvironment.options) {
    const planned = planSignal(signal, { ...known, instrument: instruments[environment] }, policy, now)
    if (planned.ok) plans[environment] = planned.value
    else denials[environment] = planned.error
  }
  return { plans, denials }
}

export function refusedInEach(denial: Denial): PlannedSignal {
  return { plans: {}, denials: { paper: denial, live: denial } }
}

/** The same for each plan that there is. */
export function eachPlan<Made>(
  { paper, live }: SignalPlans,
  make: (environment: AccountEnvironment, plan: SignalPlan) => Made,
): Partial<Record<AccountEnvironment, Made>> {
  return { ...(paper && { paper: make('paper', paper) }), ...(live && { live: make('live', live) }) }
}

/**
 * The one that speaks for the signal as a whole, and for accounts of which nothing is known: where it has a plan, else
 * where its symbol is known.
 */
export function leadingEnvironment({ plans, denials }: PlannedSignal): AccountEnvironment {
  const all = accountEnvironment.options
  return (
    all.find((environment) => plans[environment] !== undefined) ??
    all.find((environment) => denials[environment]?.code !== 'INSTRUMENT_UNKNOWN') ??
    'live'
  )
}
