/**
 * A stop and a target of which one ends the other, as the one order that they are for us, where the venue knows two of them.
 * Called by the exchanges that have order lists. Must never tell the end of one half as the end of both.
 */
import type { VenueOrder, VenueOrderStatus } from '@tradewire/broker-kit/broker-session'
import { decimal, sum } from '@tradewire/kernel/decimal'

/** The list bears our id; its halves bear it with a word behind. */
const halfId = /^(.+)-(?:stop|target)$/

/** The id of the pair that a half belongs to; null for an order that stands alone. */
export function pairIdOf(clientOrderId: string): string | null {
  return halfId.exec(clientOrderId)?.[1] ?? null
}

export function halfIdsOf(clientOrderId: string): { readonly stop: string; readonly target: string } {
  return { stop: `${clientOrderId}-stop`, target: `${clientOrderId}-target` }
}

/** At most one of the halves was executed; the other one ends when that begins. */
export function joinedOrder(
  halves: readonly VenueOrder[],
  { clientOrderId, venueOrderId }: Pick<VenueOrder, 'clientOrderId' | 'venueOrderId'>,
): VenueOrder {
  const executed = halves.find(({ filledQuantity }) => filledQuantity !== '0') ?? halves[0]!
  return {
    ...executed,
    clientOrderId,
    venueOrderId,
    status: statusOf(halves.map(({ status }) => status)),
    filledQuantity: sum(halves.map(({ filledQuantity }) => decimal(filledQuantity))).toString(),
  }
}

function statusOf(halves: readonly VenueOrderStatus[]): VenueOrderStatus {
  const order: readonly VenueOrderStatus[] = ['filled', 'working', 'cancelled', 'rejected', 'expired']
  return order.find((status) => halves.includes(status)) ?? 'working'
}
