/**
 * How often a subscription is paid, and when its periods end. Called when one is begun and when a provider leaves
 * renewals to us. Must never drift: each period is counted from the first, so that the 31st stays the 31st.
 */
export const billingCycles = ['monthly', 'quarterly', 'yearly'] as const
export type BillingCycle = (typeof billingCycles)[number]

const months: Readonly<Record<BillingCycle, number>> = { monthly: 1, quarterly: 3, yearly: 12 }

export function monthsOf(cycle: BillingCycle): number {
  return months[cycle]
}

/** When the period with this number ends; the first has number 1. Months without the day end on their last. */
export function periodEnd(start: Date, cycle: BillingCycle, period: number): Date {
  const month = start.getUTCMonth() + months[cycle] * period
  const end = new Date(start)
  end.setUTCMonth(month, 1)
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay))
  return end
}

/** The number of the period that follows the one that ends then. */
export function periodAfter(start: Date, cycle: BillingCycle, paidThrough: Date): number {
  let period = 1
  while (periodEnd(start, cycle, period) <= paidThrough) period += 1
  return period
}
