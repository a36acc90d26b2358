/**
 * An order's fee from its trades, where the venue tells it there only. Called by the exchanges of such venues.
 * Must never give a sum that misses a trade.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { plain } from './amounts.wire.ts'

interface PaidTrade {
  readonly qty: string
  readonly commission: string
  readonly commissionAsset: string
}

/** The same order while the trades do not add up to what was filled. */
export function withFeeOf(order: VenueOrder, trades: readonly PaidTrade[]): VenueOrder {
  const traded = sum(trades.map(({ qty }) => decimal(plain(qty))))
  if (traded.eq(ZERO) || !traded.eq(decimal(order.filledQuantity))) return order
  const fee = sum(trades.map(({ commission }) => decimal(plain(commission)))).toString()
  return { ...order, fee, feeCurrency: trades[0]?.commissionAsset ?? null }
}
