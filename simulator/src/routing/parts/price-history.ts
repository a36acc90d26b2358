/**
 * What each symbol was paid with, from the beginning, and how well the venue tells it. Kept by the world, which moves it.
 * Called by the venues, the simulated price reads and the audit. Must never forget a price.
 */
import { type Decimal, decimal, HUNDRED, ONE } from '@tradewire/kernel/decimal'
import type { Leg } from '@tradewire/orders/domain/bracket/leg'
import type { VirtualTime } from '../virtual-time.ts'

interface Paid {
  readonly at: string
  readonly price: Decimal
}

const startPrice = '40000'

export class PriceHistory {
  /** Share of reads that answer nothing. */
  readonly mood = { untold: 0 }
  private readonly bySymbol: ReadonlyMap<string, Paid[]>
  private readonly time: VirtualTime

  constructor(time: VirtualTime, symbols: readonly string[]) {
    this.time = time
    const at = time.now().toISOString()
    this.bySymbol = new Map(symbols.map((symbol) => [symbol, [{ at, price: decimal(startPrice) }]]))
  }

  now(symbol: string): Decimal {
    return this.bySymbol.get(symbol)!.at(-1)!.price
  }

  /** By so many points away from where it began. */
  move(symbol: string, points: number): void {
    const price = decimal(startPrice).plus(String(points))
    this.bySymbol.get(symbol)!.push({ at: this.time.now().toISOString(), price })
  }

  /** Whether the price has really come that this leg was watched for, before it was sent; read once a second or not. */
  hasCome(symbol: string, { side, triggerPrice, callbackRatePercent, watch }: Leg): boolean {
    const { since = '', firedAt } = watch ?? {}
    const seen = this.bySymbol.get(symbol)!.filter((_, index, all) => {
      const until = all[index + 1]?.at ?? '~'
      return until >= since && all[index]!.at <= (firedAt ?? '~')
    })
    const beyond = (price: Decimal, other: Decimal): boolean => (side === 'sell' ? price.gte(other) : price.lte(other))
    const from = seen.findIndex(({ price }) => triggerPrice === null || beyond(price, triggerPrice))
    if (from < 0 || callbackRatePercent === null) return from >= 0
    const share = callbackRatePercent.div(HUNDRED)
    const after = seen.slice(from).map(({ price }) => price)
    return after.some((price, index) => {
      const best = after.slice(0, index + 1).reduce((most, one) => (beyond(one, most) ? one : most))
      return beyond(best.times(side === 'sell' ? ONE.minus(share) : ONE.plus(share)), price)
    })
  }
}
