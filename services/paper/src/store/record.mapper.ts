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
  'stopLoss',
  'takeProfit',
  'trailingDistance',
  'swap',
  'moved',
])

/** A copy with amounts as text; JSON's own replacer function costs several times as much. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return formatAmount(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toPlain)
  const plain: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value)) plain[key] = toPlain(part)
  return plain
}

/** Turns amount texts back into amounts, in place. */
function revive(value: object): void {
  const parts = value as Record<string, unknown>
  for (const key of Object.keys(parts)) {
    const part = parts[key]
    if (typeof part === 'string') {
      if (AMOUNT_KEYS.has(key)) parts[key] = amount(part)
    } else if (typeof part === 'object' && part !== null) {
      revive(part)
    }
  }
}

/** One line, without its end. */
export function encodeRecords(records: readonly VenueRecord[]): string {
  return JSON.stringify(toPlain(records))
}

/** Throws SyntaxError or RangeError on a line that this mapper did not write. */
export function decodeRecords(line: string): VenueRecord[] {
  const records = JSON.parse(line) as VenueRecord[]
  revive(records)
  return records
}
