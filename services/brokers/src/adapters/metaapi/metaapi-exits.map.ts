/**
 * Which of our exits a deal of the venue was. Called by the book.
 * Must never take a deal that opens for one.
 */
import type { Level, LevelExits } from '#domain/positions/level-exits'
import type { DealRecord } from './metaapi-records.wire.ts'

/** Which level of a position the venue closed it at; null for any other deal. */
export function levelOfDeal({ reason, brokerComment, comment }: DealRecord): Level | null {
  const words = `${brokerComment} ${comment}`.toLowerCase()
  if (reason === 'DEAL_REASON_SL' || words.includes('[sl')) return 'stop'
  return reason === 'DEAL_REASON_TP' || words.includes('[tp') ? 'target' : null
}

/** Which exit of ours made the venue close; null when none did. */
export function ownerOf(exits: LevelExits, deal: DealRecord): string | null {
  const kind = levelOfDeal(deal)
  return kind === null || deal.entryType === 'DEAL_ENTRY_IN' ? null : exits.ownerOf(kind, deal.positionId)
}
