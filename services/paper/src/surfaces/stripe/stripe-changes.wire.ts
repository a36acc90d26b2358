/** How Stripe's subscriptions change: what both rests are worth, and what a subscription becomes. Called by its books. Must never round but to the nearest. */
import { periodEnd } from '#surfaces/payments/periods.wire'
import type { InvoiceLine, Price, Subscription, SubscriptionItem } from './stripe-objects.wire.ts'

export function wholePeriod(item: SubscriptionItem): readonly InvoiceLine[] {
  const { current_period_start: start, current_period_end: end, price } = item
  return [{ amount: price.unit_amount, period: { start, end } }]
}

/** The rest of the old is given back. Of another interval the new begins anew, and is charged whole. */
export function changedLines(subscription: Subscription, price: Price, at: number): readonly InvoiceLine[] {
  const [{ price: old, current_period_start: start, current_period_end: end }] = subscription.items.data
  const rest = (amount: number) => Math.round((amount * (end - at)) / (end - start))
  const credit = { amount: -rest(old.unit_amount), period: { start: at, end } }
  const months = price.recurring.interval_count
  if (months === old.recurring.interval_count) {
    return [credit, { amount: rest(price.unit_amount), period: { start: at, end } }]
  }
  return [credit, { amount: price.unit_amount, period: { start: at, end: periodEnd(at, months) } }]
}

/** From then on it is counted anew, if its interval is another one. */
export function become(subscription: Subscription, price: Price, at: number): boolean {
  const [item] = subscription.items.data
  const isOther = item.price.recurring.interval_count !== price.recurring.interval_count
  item.price = price
  if (isOther) subscription.billing_cycle_anchor = at
  return isOther
}

export function becomeAsPaid(subscription: Subscription): void {
  const update = subscription.pending_update
  if (update === null) return
  const [item] = subscription.items.data
  subscription.pending_update = null
  if (!become(subscription, update.price, update.at)) return
  item.current_period_start = update.at
  item.current_period_end = periodEnd(update.at, update.price.recurring.interval_count)
}
