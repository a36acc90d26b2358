/**
 * What is watched for at venues that have no order for it, and the trails that it hangs on.
 * Called by the use case that watches prices and by the store of brackets. Must never lose a best price.
 */
import type { AccountEnvironment, Venue } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { Trail } from '../domain/exits/trail.ts'
import type { BracketChange } from './brackets.port.ts'

export interface KnownTrail extends Trail {
  readonly trailId: string
  /** With the venue: of the accounts that see the same prices. */
  readonly environment: AccountEnvironment
  readonly venue: Venue
  readonly symbol: string
  readonly fired: FiredAt | null
  /** When a price came last, as far as it was noted. */
  readonly seenAt: string
  /** A bracket hangs on it that knows of no lack of prices. */
  readonly sighted: boolean
  /** A bracket hangs on it that has been told that no price comes. */
  readonly blind: boolean
}

export interface FiredAt {
  readonly at: string
  readonly price: Decimal
}

export interface WatchedLeg {
  readonly bracketId: string
  readonly leg: string
}

export interface WatchedLegsQuery {
  readonly trailId: string
  readonly blind: boolean | null
  readonly after: string | null
  readonly limit: number
}

export abstract class PriceWatches {
  /** Begins and ends watching as the legs of these brackets say; costs nothing where none is watched for. */
  abstract keep(tx: Transaction, changes: readonly Pick<BracketChange, 'before' | 'after'>[]): Promise<void>
  abstract trails(): Promise<KnownTrail[]>
  /** In one statement; a better price that another process has seen stays. */
  abstract move(trails: readonly KnownTrail[]): Promise<void>
  /** Those that have been told so, or all; from after this bracket, in order. */
  abstract legsOf(of: WatchedLegsQuery): Promise<WatchedLeg[]>
  /** Those that nothing hangs on. */
  abstract drop(trailIds: readonly string[]): Promise<void>
}
