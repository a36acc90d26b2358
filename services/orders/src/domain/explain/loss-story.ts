/**
 * What of a position was closed without an order of its trade, as a sentence: how much, by whom, at which price.
 * Called by the explanation. Must never leave out that a price is not known: the result counts with another one.
 */
import { ZERO } from '@tradewire/kernel/decimal'
import type { Loss, LossReason } from '../bracket/loss.ts'

const how: Readonly<Record<Exclude<LossReason, 'unsellable'>, string>> = {
  manual: 'closed at the venue by hand',
  liquidation: 'closed by liquidation',
  'stop-out': 'closed by the venue itself',
  venue: 'gone without an order of this trade',
}

export function lossStory({ quantity, reason, price, fee, feeCurrency }: Loss): string {
  if (reason === 'unsellable') return `${quantity} cannot be sold: paid as a fee, or less than the venue takes`
  const at = price === null ? ', the price is not known: it counts at that of the entry' : ` at ${price}`
  const paid = fee.eq(ZERO) ? '' : `, fee ${fee} ${feeCurrency ?? ''}`.trimEnd()
  return `${quantity} ${how[reason]}${at}${paid}`
}
