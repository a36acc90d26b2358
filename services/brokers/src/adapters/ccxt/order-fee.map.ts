/**
 * An order's fee and when it was executed from its trades, where the venue tells the fee there only.
 * Called by the exchanges of such venues. Must never give a sum that misses a trade.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { latestOf } from '@tradewire/kernel/clock'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { plain } from './amounts.wire.ts'

interface PaidTrade {
  readonly qty: string
  readonly commission: string
  readonly commissionAsset: string
  /** Milliseconds. */
  readonly time: number
}

/** The same order while the trades do not add up to what was filled. */
export function withFeeOf(order: VenueOrder, trades: readonly PaidTrade[]): VenueOrder {
  const traded = sum(trades.map(({ qty }) => decimal(plain(qty))))
  if (traded.eq(ZERO) || !traded.eq(decimal(order.filledQuantity))) return order
  const fee = sum(trades.map(({ commission }) => decimal(plain(commission)))).toString()
  const executedAt = latestOf(trades.map(({ time }) => new Date(time)))
  return { ...order, fee, feeCurrency: trades[0]?.commissionAsset ?? null, executedAt }
}
