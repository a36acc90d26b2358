/** What the use cases need of stored signals. Called by use cases. Must never leak a row. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { signalAccepted } from '@tradewire/contracts/events/signals'
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
  /** What is told of it once it is stored. */
  readonly news: DataOf<typeof signalAccepted>
  /** Each signal stays in its sender's trace, although they share a commit. */
  readonly trace: string | null
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
  /** Stores what is new, each with its event, in one statement and commit; answers for each whether it was new. */
  abstract accept(incoming: readonly IncomingSignal[]): Promise<boolean[]>
  /** The same for what was not new just now: finds out why, and stores it after all if its original's time is over. */
  abstract acceptAgain(incoming: readonly IncomingSignal[]): Promise<StoredOutcome[]>
  abstract recordRefusals(refusals: readonly Refusal[]): Promise<void>
  abstract find(id: SignalId): Promise<{ readonly signal: Signal; readonly request: RawRequest } | undefined>
  abstract list(filter: SignalFilter): Promise<Signal[]>
}
