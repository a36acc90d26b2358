/** Where what became of attempts is written, with the events that tell of it. Implemented in store/. Must never lose a result. */
import type { Attempt } from '#domain/attempt/attempt'
import type { OwnedPartition } from './leases.port.ts'

export interface AttemptResult {
  readonly attempt: Attempt
  readonly generation: string
  readonly trace: string | null
  /** When the evidence reached us. */
  readonly observedAt: Date
}

export abstract class Results {
  /** Written with the next commit; a newer result of the same attempt replaces one that still waits. */
  abstract write(result: AttemptResult): void
  /** News that nothing follows from may wait while this holds, for a bounded time. */
  abstract deferWhile(isBurst: () => boolean): void
  /** Called when a write finds that another process holds partitions now, with how this one held them. */
  abstract onLost(listener: (lost: readonly OwnedPartition[]) => void): void
  /** Resolves when everything written so far is committed, or after the limit. */
  abstract settled(withinMs: number): Promise<void>
}
