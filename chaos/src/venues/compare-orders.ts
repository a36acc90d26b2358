/**
 * What is believed of an account's orders beside the venue's own ledger. Called at the end of a run over venues.
 * Pure; must never forgive a difference: a doubled, lost or denied order is money.
 */
import type { LedgerFill, LedgerOrder } from '@tradewire/contracts/paper/control'
import type { AttemptState } from '@tradewire/brokers/domain/attempt/attempt'
import { decimal } from '@tradewire/kernel/decimal'

export interface BelievedOrder {
  readonly clientOrderId: string
  readonly state: AttemptState
  readonly filledQuantity: string
  /** Null where the venue has not told. */
  readonly executedAt: Date | null
  /** Such orders stand in the ledger; where exits are levels of a position they do not. */
  readonly isListed: boolean
}

const stateOf: Readonly<Record<LedgerOrder['status'], AttemptState>> = {
  waiting: 'accepted',
  open: 'accepted',
  'partially-filled': 'accepted',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'cancelled',
  rejected: 'rejected',
}

export interface Ledger {
  readonly orders: readonly LedgerOrder[]
  /** In the order in which they were executed. */
  readonly fills: readonly LedgerFill[]
}

export function differencesOf(believed: readonly BelievedOrder[], { orders, fills }: Ledger): string[] {
  const found: string[] = []
  for (const { clientOrderId, state, filledQuantity, executedAt, isListed } of believed) {
    const theirs = orders.filter((order) => order.clientOrderId === clientOrderId && order.status !== 'rejected')
    const [one] = theirs
    if (state === 'unknown' || state === 'submitting') found.push(`${clientOrderId} was never resolved`)
    else if (theirs.length > 1) found.push(`${clientOrderId} stands ${theirs.length} times at the venue`)
    else if (state === 'rejected' && one !== undefined) {
      found.push(`${clientOrderId} is believed rejected, and the venue has it as ${one.status}`)
    } else if (state !== 'rejected' && isListed && one === undefined) {
      found.push(`${clientOrderId} is believed ${state}, and the venue has no such order`)
    } else if (one !== undefined && state !== 'rejected') {
      if (stateOf[one.status] !== state) found.push(`${clientOrderId} is believed ${state}, and is ${one.status}`)
      if (!decimal(one.filledQuantity).eq(decimal(filledQuantity))) {
        found.push(`${clientOrderId}: a fill of ${filledQuantity} is believed, ${one.filledQuantity} was filled`)
      }
      const at = fills.findLast((fill) => fill.clientOrderId === clientOrderId)?.at
      if (executedAt !== null && executedAt.toISOString() !== at) {
        found.push(`${clientOrderId} is believed filled at ${executedAt.toISOString()}, and was at ${at}`)
      }
    }
  }
  return found
}
