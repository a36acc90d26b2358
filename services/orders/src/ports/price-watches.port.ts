/**
 * What is watched for at venues that have no order for it, and the trails that it hangs on.
 * Called by the use case that watches prices and by the store of brackets. Must never lose a best price.
 */
import type { Transaction } from '@tradewire/database/transaction'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { Trail } from '../domain/trail.ts'
import type { BracketChange } from './brackets.port.ts'

/** Where a price comes from: a feed of accounts that see the same ones, and a symbol. */
export interface PriceSource {
  readonly priceFeed: string
  readonly symbol: string
}

export interface KnownTrail extends Trail, PriceSource {
  readonly trailId: string
  readonly fired: FiredAt | null
  /** A bracket hangs on it. */
  readonly wanted: boolean
}

export interface FiredAt {
  readonly at: string
  readonly price: Decimal
}

export interface WatchedLeg {
  readonly bracketId: string
  readonly leg: string
}

export abstract class PriceWatches {
  /** Begins and ends watching as the legs of these brackets say; costs nothing where none is watched for. */
  abstract keep(tx: Transaction, changes: readonly Pick<BracketChange, 'before' | 'after'>[]): Promise<void>
  abstract trails(): Promise<KnownTrail[]>
  /** In one statement; a better price that another process has seen stays. */
  abstract move(trails: readonly KnownTrail[]): Promise<void>
  /** From after this bracket, in order. */
  abstract legsOf(trailId: string, after: string | null, limit: number): Promise<WatchedLeg[]>
  /** Brackets that have been told otherwise, or nothing yet, of whether prices of this source come. */
  abstract toldOtherwise(source: PriceSource, blind: boolean, limit: number): Promise<string[]>
  /** Those that nothing hangs on. */
  abstract drop(trailIds: readonly string[]): Promise<void>
}
