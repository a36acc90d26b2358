/**
 * Why a follower gets no order: a closed list of codes, each with a message and a fix in orders.errors.ts.
 * Made by the gate, sizing and price rules; stored with the bracket. Must never change a code's meaning.
 */
import type { ErrorContext } from '@tradewire/kernel/errors'

export const denialCodes = [
  'STRATEGY_INACTIVE',
  'KILL_SWITCH',
  'STALE_SIGNAL',
  'INSTRUMENT_UNKNOWN',
  'SYMBOL_NOT_ACTIVE',
  'VENUE_CANNOT_PROTECT',
  'PRICE_OUT_OF_RANGE',
  'STOP_ON_WRONG_SIDE',
  'NO_VALID_TARGET',
  'FOLLOW_INACTIVE',
  'ACCOUNT_NOT_CONNECTED',
  'ACCOUNT_VENUE_DIFFERS',
  'ACCOUNT_ALREADY_IN_SIGNAL',
  'POSITION_ALREADY_OPEN',
  'OPPOSITE_POSITION_OPEN',
  'SYMBOL_NOT_ALLOWED',
  'SIDE_NOT_ALLOWED',
  'OUTSIDE_TRADING_WINDOW',
  'MAX_LEVERAGE_EXCEEDED',
  'MAX_POSITIONS_REACHED',
  'BALANCE_UNKNOWN',
  'BALANCE_IN_OTHER_CURRENCY',
  'STALE_BALANCE',
  'INSUFFICIENT_BALANCE',
  'BELOW_MINIMUM',
  'MAX_RISK_EXCEEDED',
] as const
export type DenialCode = (typeof denialCodes)[number]

export interface Denial {
  readonly code: DenialCode
  /** The figures that led to it, for the explain trace; never a secret. */
  readonly context: ErrorContext
}

export function denial(code: DenialCode, context: ErrorContext = {}): Denial {
  return { code, context }
}
