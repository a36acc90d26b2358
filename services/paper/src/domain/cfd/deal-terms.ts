/**
 * What accounts, orders and positions of contracts are told besides the usual. Called by the whole contract engine.
 * Must never know an order: orders carry these.
 */
import type { Amount } from '../amount.ts'

/** `netting`: one position per symbol. `hedging`: each opening deal makes one. `one-way`: no contract account. */
export type AccountMode = 'one-way' | 'netting' | 'hedging'

export type CloseCause = 'client' | 'stop-loss' | 'take-profit' | 'stop-out'

/** Levels at which the venue closes by itself; null where none is set. */
export interface Levels {
  readonly stopLoss: Amount | null
  readonly takeProfit: Amount | null
  /** The stop follows the price at this distance. */
  readonly trailingDistance: Amount | null
}

export const noLevels: Levels = { stopLoss: null, takeProfit: null, trailingDistance: null }

/** What a fill did to which position of a contract account. */
export interface FilledDeal {
  readonly ticketId: number
  readonly closes: boolean
  readonly cause: CloseCause
}

/** What a client writes on its order besides an id; kept and shown, and nothing else. */
export interface Note {
  readonly comment?: string | undefined
  readonly magic?: number | undefined
}

/** What an order of a contract account says besides the usual. */
export interface DealTerms extends Levels {
  readonly note?: Note
  /** The position that it closes; null when it opens. */
  readonly ticketId: number | null
  readonly cause: CloseCause
  /** Pending orders end at this moment (ms). */
  readonly expiresAt: number | null
}
