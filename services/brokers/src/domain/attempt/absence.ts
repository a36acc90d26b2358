/**
 * When an order counts as absent at its venue and what follows (reliability rule R14). Pure: called by the resolver.
 * Must never call an order absent on one source alone, nor sooner than the venue's read lag.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'

export interface AbsenceInput {
  readonly uniqueness: ClientIdRule['uniqueness']
  readonly readLagMs: number
  /** For how long every complete look (order, open list, trades) has said absent. */
  readonly absentMs: number
  /** The venue has said that the id is in use: the order stands, however invisible. */
  readonly provedAtVenue: boolean
  /** An entry whose own expiry has passed, or an order whose cancel was asked for: it is not to be sent again. */
  readonly unwanted: boolean
}

export type AbsenceVerdict = 'wait' | 'submit-again' | 'never-arrived'

export function absenceVerdict(input: AbsenceInput): AbsenceVerdict {
  if (input.provedAtVenue) return 'wait'
  const proven = input.absentMs >= input.readLagMs
  if (input.unwanted) return proven ? 'never-arrived' : 'wait'
  // The venue itself refuses a second order with this id, for ever: sending again can only find the first one.
  if (input.uniqueness === 'forever') return 'submit-again'
  if (!proven) return 'wait'
  return input.uniqueness === 'none' ? 'never-arrived' : 'submit-again'
}
