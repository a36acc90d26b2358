/** When periods of performance fees close: with the months, quarters and years of UTC. Called when one is agreed to and when one closes. Must never drift. */
import { monthsOf, type BillingCycle } from '../subscriptions/billing-cycle.ts'

/** The first end of a month, quarter or year after `from`. */
export function closeAfter(from: Date, cycle: BillingCycle): Date {
  const months = monthsOf(cycle)
  const firstMonth = Math.floor(from.getUTCMonth() / months) * months
  return new Date(Date.UTC(from.getUTCFullYear(), firstMonth + months, 1))
}
