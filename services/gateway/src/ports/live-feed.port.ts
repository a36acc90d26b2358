/** Events as they happen, from a known place on. Implemented by clients/. Must never hold events in memory for a reader. */
import type { Event, EventContract } from '@tradewire/contracts/define-event'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface FeedMessage {
  readonly sequence: number
  readonly events: readonly Event[]
}

export interface OpenFeed {
  readonly life: string
  /** False when events between the place asked for and now are gone. */
  readonly gapless: boolean
  /** Resolves when stopped or when the feed breaks. */
  forEach(read: (message: FeedMessage) => Promise<void> | void): Promise<void>
  stop(): Promise<void>
}

export abstract class LiveFeed {
  /** Fails with STREAM_UNAVAILABLE. */
  abstract open(
    contracts: readonly EventContract[],
    after: { readonly sequence: number; readonly life?: string } | undefined,
  ): Promise<Result<OpenFeed, CodedError>>
}
