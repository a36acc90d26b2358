/** The leverages that stand at the venues. Implemented in store/. Must never answer one that may stand no more. */
import type { OwnedPartition } from './leases.port.ts'

export interface KnownLeverage {
  readonly accountId: string
  readonly symbol: string
  readonly leverage: number
  /** How the account's partition was held when it was set. */
  readonly owned: OwnedPartition
}

export abstract class Leverages {
  /** By symbol, as they were set last. */
  abstract of(accountId: string): Promise<ReadonlyMap<string, number>>
  /** Remembered soon, with others in one statement; losing it only costs setting it again. */
  abstract remember(known: KnownLeverage): void
  /** Before another one is set: whoever comes next then knows none, whatever becomes of the call. */
  abstract forget(accountId: string, symbol: string): Promise<void>
}
