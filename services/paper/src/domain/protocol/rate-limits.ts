/**
 * Request and order budgets in fixed windows, as the Binance venues count them.
 * Called by the Binance surfaces for every request. Must never remember more than the current window of each key.
 */
export interface Budget {
  /** Request weight, or orders, in one window. */
  readonly unitsMax: number
  readonly windowMs: number
}

/** `real`: close to what the venue itself allows; `generous`: for demos and load tests. */
export type LimitsProfile = 'generous' | 'real'

export interface VenueBudgets {
  readonly weight: Budget
  readonly ordersShort: Budget
  readonly ordersLong: Budget
}

const secondMs = 1_000
const minuteMs = 60_000
const dayMs = 86_400_000

const generousUnits = 10_000_000
export const spotBudgets: Readonly<Record<LimitsProfile, VenueBudgets>> = {
  generous: {
    weight: { unitsMax: generousUnits, windowMs: minuteMs },
    ordersShort: { unitsMax: generousUnits, windowMs: 10 * secondMs },
    ordersLong: { unitsMax: generousUnits, windowMs: dayMs },
  },
  real: {
    weight: { unitsMax: 6_000, windowMs: minuteMs },
    ordersShort: { unitsMax: 50, windowMs: 10 * secondMs },
    ordersLong: { unitsMax: 160_000, windowMs: dayMs },
  },
}
export const perpetualBudgets: Readonly<Record<LimitsProfile, VenueBudgets>> = {
  generous: {
    weight: { unitsMax: generousUnits, windowMs: minuteMs },
    ordersShort: { unitsMax: generousUnits, windowMs: 10 * secondMs },
    ordersLong: { unitsMax: generousUnits, windowMs: minuteMs },
  },
  real: {
    weight: { unitsMax: 2_400, windowMs: minuteMs },
    ordersShort: { unitsMax: 300, windowMs: 10 * secondMs },
    ordersLong: { unitsMax: 1_200, windowMs: minuteMs },
  },
}

export interface Spent {
  readonly used: number
  /** Set when the budget is gone: how long until the window ends. */
  readonly retryAfterMs: number | undefined
}

interface Window {
  start: number
  used: number
}

export class BudgetCounter {
  private readonly windows = new Map<string, Window>()

  constructor(private readonly budget: Budget) {}

  /** Spends `weight` at `now` (ms). A request over the budget is counted too: hammering does not help. */
  spend(key: string, weight: number, now: number): Spent {
    const { windowMs, unitsMax } = this.budget
    const start = now - (now % windowMs)
    let window = this.windows.get(key)
    if (window === undefined) {
      window = { start, used: 0 }
      this.windows.set(key, window)
    } else if (window.start !== start) {
      window.start = start
      window.used = 0
    }
    window.used += weight
    return { used: window.used, retryAfterMs: window.used > unitsMax ? start + windowMs - now : undefined }
  }
}
