/** What the use cases need of stored signals. Called by use cases. Must never leak a row. */
import type { Transaction } from '@tradewire/database/transaction'
import type { SignalId, UserId } from '@tradewire/kernel/ids'
import type { DedupeKey } from '../domain/dedupe.ts'
import type { Signal } from '../domain/model.ts'

/** A checked signal on its way in, with the request it came from. */
export interface IncomingSignal {
  readonly signal: Signal
  readonly dedupe: DedupeKey
  /** The strategy as it was when the secret was checked; a newer one in the table means: check again. */
  readonly strategyRevision: number
  readonly request: RawRequest
}

export interface RawRequest {
  readonly contentType: string
  /** As received, its secret blanked. */
  readonly body: string
  readonly sourceIp: string
}

export type StoredOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'duplicate'; readonly of: SignalId }
  /** The strategy changed since its secret was checked. */
  | { readonly kind: 'strategy-changed' }

/** What is kept of a refused request: who and why, not its body. */
export interface Refusal {
  readonly status: number
  readonly problems: readonly string[]
  readonly sourceIp: string
  readonly bodyBytes: number
  readonly bodyDigest: string
}

export interface SignalFilter {
  readonly ownerId?: UserId | undefined
  readonly strategyId?: string | undefined
  readonly afterId?: string | undefined
  readonly limit: number
}

export abstract class Signals {
  /** Stores a batch in one statement; answers one outcome per signal, in order. */
  abstract accept(tx: Transaction, incoming: readonly IncomingSignal[]): Promise<StoredOutcome[]>
  abstract recordRefusals(tx: Transaction, refusals: readonly Refusal[]): Promise<void>
  abstract find(id: SignalId): Promise<{ readonly signal: Signal; readonly request: RawRequest } | undefined>
  abstract list(filter: SignalFilter): Promise<Signal[]>
}
