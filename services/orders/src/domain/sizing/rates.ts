/**
 * What one currency is worth in another, by the instruments of a venue that join them: directly or over one more.
 * Called by the planner, which makes it once per signal. Must never use a price of another environment, nor one older
 * than is allowed, nor round up what an account holds.
 */
import type { AccountEnvironment } from '@tradewire/contracts/common'
import { Decimal, ONE } from '@tradewire/kernel/decimal'

/** A rate of a venue, which holds for accounts of one environment there. */
export interface VenueRate extends KnownRate {
  readonly environment: AccountEnvironment
}

/** One instrument's price: so much quote currency for one of base. */
export interface KnownRate {
  /** BASE/QUOTE. */
  readonly symbol: string
  readonly price: Decimal
  readonly observedAt: Date
}

export interface Rate {
  /** What one of the first currency is worth in the second. */
  readonly rate: Decimal
  /** The instruments that say so, with their prices: "USDC/USDT 0.9998". */
  readonly by: readonly string[]
}

/** Places of a rate: far below any coin, rounded down. */
const ratePlaces = 18

interface RateLimits {
  readonly now: Date
  readonly ageMaxMs: number
}

export type RatesByEnvironment = Readonly<Record<AccountEnvironment, Rates>>

/** An account is counted by the rates of its own environment alone. */
export function ratesByEnvironment(known: readonly VenueRate[], limits: RateLimits): RatesByEnvironment {
  const ratesIn = (environment: AccountEnvironment): Rates =>
    new Rates(
      known.filter((rate) => rate.environment === environment),
      limits,
    )
  return { paper: ratesIn('paper'), live: ratesIn('live') }
}

export class Rates {
  private readonly steps = new Map<string, Map<string, Rate>>()
  private readonly found = new Map<string, Rate | null>()

  constructor(known: readonly KnownRate[], { now, ageMaxMs }: RateLimits) {
    for (const { symbol, price, observedAt } of known) {
      if (now.getTime() - observedAt.getTime() > ageMaxMs) continue
      const [base = '', quote = ''] = symbol.split('/')
      const by = [`${symbol} ${price}`]
      this.step(base, quote, { rate: price, by })
      this.step(quote, base, { rate: down(ONE.div(price)), by })
    }
  }

  /** Null when no fresh price joins the two. */
  between(from: string, to: string): Rate | null {
    if (from === to) return { rate: ONE, by: [] }
    const key = `${from} ${to}`
    let rate = this.found.get(key)
    if (rate === undefined) {
      rate = this.steps.get(from)?.get(to) ?? this.overOneMore(from, to)
      this.found.set(key, rate)
    }
    return rate
  }

  /** Of several ways the one that gives least. */
  private overOneMore(from: string, to: string): Rate | null {
    let least: Rate | null = null
    for (const [middle, first] of this.steps.get(from) ?? []) {
      const second = this.steps.get(middle)?.get(to)
      if (second === undefined) continue
      const rate = down(first.rate.times(second.rate))
      if (least === null || rate.lt(least.rate)) least = { rate, by: [...first.by, ...second.by] }
    }
    return least
  }

  private step(from: string, to: string, rate: Rate): void {
    const steps = this.steps.get(from) ?? new Map<string, Rate>()
    this.steps.set(from, steps.set(to, rate))
  }
}

function down(value: Decimal): Decimal {
  return value.round(ratePlaces, Decimal.roundDown)
}
