/**
 * The leverages that were set at the venues, for whoever is shown them and for the session after this one. Implemented in
 * store/. Must never be traded by but through what a session believes.
 */
import type { OwnedPartition } from './leases.port.ts'

export interface LeveragePlace {
  readonly accountId: string
  readonly symbol: string
  /** How the account's partition is held. */
  readonly owned: OwnedPartition
}

export interface NotedLeverage extends LeveragePlace {
  /** Null when it is not known any more. */
  readonly leverage: number | null
}

export abstract class Leverages {
  /** By symbol, as they were set last and as far as nobody else is known to have changed them. */
  abstract of(accountId: string): Promise<ReadonlyMap<string, number>>
  /** Stored soon, with others in one statement. */
  abstract note(noted: NotedLeverage): void
  /** Resolves once it is stored that none is known, and nothing that was noted before can come after. */
  abstract withdraw(place: LeveragePlace): Promise<void>
}
