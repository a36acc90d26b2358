/**
 * What differs between our books and a venue's. Pure: called by the reconciler and the drift report.
 * Must never change a kind's meaning: reports and metrics are kept by it; docs/reconciliation.md lists them.
 */
import type { DriftKind } from '@tradewire/contracts/rpc/venue-books'

export interface DriftFinding {
  readonly kind: DriftKind
  /** What it is about: an id of the venue, an intent or a symbol. */
  readonly subject: string
  readonly symbol: string | null
  readonly details: Readonly<Record<string, string | null>>
}

export function keyOf({ kind, subject }: Pick<DriftFinding, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`
}
