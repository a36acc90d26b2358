/**
 * Request and order budgets in fixed windows, as the Binance venues count them.
 * Called by the Binance surfaces for every request. Must never remember more than the current window of each key.
 */
export interface Budget {
  readonly limit: number
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

const generous = 10_000_000
export const spotBudgets: Readonly<Record<LimitsProfile, VenueBudgets>> = {
  generous: {
    weight: { limit: generous, windowMs: minuteMs },
    ordersShort: { limit: generous, windowMs: 10 * secondMs },
    ordersLong: { limit: generous, windowMs: dayMs },
  },
  real: {
    weight: { limit: 6_000, windowMs: minuteMs },
    ordersShort: { limit: 50, windowMs: 10 * secondMs },
    ordersLong: { limit: 160_000, windowMs: dayMs },
  },
}
export const perpetualBudgets: Readonly<Record<LimitsProfile, VenueBudgets>> = {
  generous: {
    weight: { limit: generous, windowMs: minuteMs },
    ordersShort: { limit: generous, windowMs: 10 * secondMs },
    ordersLong: { limit: generous, windowMs: minuteMs },
  },
  real: {
    weight: { limit: 2_400, windowMs: minuteMs },
    ordersShort: { limit: 300, windowMs: 10 * secondMs },
    ordersLong: { limit: 1_200, windowMs: minuteMs },
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
    const { windowMs, limit } = this.budget
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
    return { used: window.used, retryAfterMs: window.used > limit ? start + windowMs - now : undefined }
  }
}
