/** The leverages that were set at the venues, for whoever is shown them. Implemented in store/. Must never be traded by. */
import type { OwnedPartition } from './leases.port.ts'

export interface NotedLeverage {
  readonly accountId: string
  readonly symbol: string
  /** Null when it is not known any more. */
  readonly leverage: number | null
  /** How the account's partition is held. */
  readonly owned: OwnedPartition
}

export abstract class Leverages {
  /** By symbol, as they were set last and as far as nobody else is known to have changed them. */
  abstract of(accountId: string): Promise<ReadonlyMap<string, number>>
  /** Stored soon, with others in one statement. */
  abstract note(noted: NotedLeverage): void
}
