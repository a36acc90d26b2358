/** Events as they happen, from a known place on. Implemented by clients/. Must never hold events in memory for a reader. */
import type { EventContract } from '@tradewire/contracts/define-event'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { OpenFeed } from '#domain/followed-events'

export abstract class LiveFeed {
  /** Fails with STREAM_UNAVAILABLE. */
  abstract open(
    contracts: readonly EventContract[],
    after: { readonly sequence: number; readonly life?: string } | undefined,
  ): Promise<Result<OpenFeed, CodedError>>
}
