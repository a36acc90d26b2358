/** What providers told, as it came. Called by use cases. Must never store an event twice, nor forget one that waits. */
import type { Transaction } from '@tradewire/database/transaction'
import type { ProviderCode } from '../domain/payments/provider-code.ts'
import type { HeardEvent } from './payment-provider.port.ts'

export interface StoredEvent extends HeardEvent {
  readonly id: string
  readonly provider: ProviderCode
  readonly attempts: number
  /** Fences out a process that was paused. */
  readonly generation: number
}

export interface Finished {
  readonly event: StoredEvent
  readonly state: 'done' | 'ignored'
}

export abstract class ProviderEvents {
  /** One that was delivered; resolves when it is stored. Those that come at once are stored together. */
  abstract deliver(provider: ProviderCode, event: HeardEvent, now: Date): Promise<void>
  /** Those that a look has found; answers how many are new. */
  abstract storePulled(provider: ProviderCode, events: readonly HeardEvent[], now: Date): Promise<number>
  /** One that an answer told of: claimed by who stores it. Empty when it was stored before. */
  abstract storeClaimed(provider: ProviderCode, event: HeardEvent, now: Date): Promise<StoredEvent[]>
  abstract claim(now: Date, limit: number): Promise<StoredEvent[]>
  /** Throws when another process has claimed one meanwhile: then nothing of the transaction stands. */
  abstract finish(tx: Transaction, finished: readonly Finished[], now: Date): Promise<void>
  abstract putOff(
    event: StoredEvent,
    why: { readonly error: string; readonly until: Date; readonly dead: boolean },
  ): Promise<void>
  abstract pulledThrough(provider: ProviderCode): Promise<Date | undefined>
  abstract rememberPull(provider: ProviderCode, through: Date): Promise<void>
}
