/**
 * A part of a position that was closed without an order of ours. Called by the bracket, which keeps them.
 * Must never hold more than the venue has proved.
 */
import type { Decimal } from '@tradewire/kernel/decimal'

/**
 * `venue`: it is gone, and nothing tells why. `unsellable`: coins that the entry's fee was paid in, and what is less than the
 * venue's minimum; they are nobody's act, and end no trade.
 */
export type LossReason = 'manual' | 'liquidation' | 'stop-out' | 'venue' | 'unsellable'

export interface Loss {
  readonly quantity: Decimal
  readonly reason: LossReason
  /** Null when the venue does not tell. */
  readonly price: Decimal | null
  readonly fee: Decimal
  readonly feeCurrency: string | null
  /** When it was closed, as far as that is told; else when it was found. */
  readonly at: string
}

/** What a loss takes from each holder, the first ones first; what none of them holds is nobody's. */
export function sharesOf(loss: Loss, held: readonly Decimal[]): Loss[] {
  let left = loss.quantity
  return held.map((remaining) => {
    const quantity = remaining.lt(left) ? remaining : left
    left = left.minus(quantity)
    return { ...loss, quantity, fee: loss.fee.times(quantity).div(loss.quantity) }
  })
}
