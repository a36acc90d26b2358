/**
 * An order's fee and when it was executed from its trades, where the venue tells the fee there only.
 * Called by the exchanges of such venues. Must never give a sum that misses a trade.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { latestOf } from '@tradewire/kernel/clock'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { plain } from './amounts.wire.ts'

interface Paid {
  readonly commission: string
  /** Null where it is not told. */
  readonly commissionAsset: string | null
}

interface PaidTrade extends Paid {
  readonly qty: string
  /** Milliseconds. */
  readonly time: number
}

type Fee = Pick<VenueOrder, 'fee' | 'feeCurrency'>

/** Untold where it was paid in several currencies, as when the first one ran out in between: nothing adds those up. */
export function feeOf(trades: readonly Paid[]): Fee {
  const fees = trades.map(({ commission }) => decimal(plain(commission)))
  const paid = trades.filter((_, index) => !fees[index]!.eq(ZERO))
  const [currency, ...others] = currenciesOf(paid)
  if (others.length > 0) return { fee: null, feeCurrency: null }
  return { fee: sum(fees).toString(), feeCurrency: currency ?? currenciesOf(trades)[0] ?? null }
}

function currenciesOf(trades: readonly Paid[]): string[] {
  return [...new Set(trades.flatMap(({ commissionAsset }) => commissionAsset ?? []))]
}

/** The same order while the trades do not add up to what was filled. */
export function withFeeOf(order: VenueOrder, trades: readonly PaidTrade[]): VenueOrder {
  const traded = sum(trades.map(({ qty }) => decimal(plain(qty))))
  if (traded.eq(ZERO) || !traded.eq(decimal(order.filledQuantity))) return order
  return { ...order, ...feeOf(trades), executedAt: latestOf(trades.map(({ time }) => new Date(time))) }
}
