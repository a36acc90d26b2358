/**
 * Records to journal text and back: one JSON array per command and line, amounts as decimal text.
 * Called by the file journal. Must never change the text of a record kind that old journals hold.
 */
import { amount, formatAmount } from '#domain/amount'
import type { VenueRecord } from '#domain/records'

/** Every key of a record that holds an amount. */
const AMOUNT_KEYS: ReadonlySet<string> = new Set([
  'total',
  'spreadPoints',
  'slippagePoints',
  'liquidity',
  'makerFeeRate',
  'takerFeeRate',
  'open',
  'high',
  'low',
  'close',
  'bid',
  'ask',
  'quantity',
  'quoteQuantity',
  'price',
  'triggerPrice',
  'activationPrice',
  'callbackRate',
  'lock',
  'fee',
  'realizedPnl',
  'paid',
])

function toText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? formatAmount(value) : value
}

function fromText(key: string, value: unknown): unknown {
  return typeof value === 'string' && AMOUNT_KEYS.has(key) ? amount(value) : value
}

/** One line, without its end. */
export function encodeRecords(records: readonly VenueRecord[]): string {
  return JSON.stringify(records, toText)
}

/** Throws SyntaxError or RangeError on a line that this mapper did not write. */
export function decodeRecords(line: string): VenueRecord[] {
  return JSON.parse(line, fromText) as VenueRecord[]
}
