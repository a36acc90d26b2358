/**
 * The records of the protocol as schemas, and what they mean to us. Called by the session and its trade book.
 * Must never take a record for read that misses what a decision needs.
 */
import { isDecimalText } from '@tradewire/kernel/decimal'
import { z } from 'zod'

const decimalText = z.string().refine(isDecimalText)
const whole = z
  .string()
  .regex(/^-?\d{1,18}$/)
  .transform(Number)
/** Of positions, in words: as a number it could lose digits, and nothing is counted with it. */
const positionNumber = z.string().regex(/^\d{1,18}$/)
const textOrEmpty = z
  .string()
  .nullish()
  .transform((text) => text ?? '')

export const loginReply = z.object({ status: z.literal(true), streamSessionId: z.string().min(1).max(200) })
/** Every reply but that of a login. */
export const plainReply = z.union([
  z.object({ status: z.literal(true), returnData: z.unknown().optional() }),
  z.object({ status: z.literal(false), errorCode: z.string().max(20), errorDescr: textOrEmpty }),
])
export const event = z.object({ command: z.string().max(40), data: z.unknown().optional() })
export const failure = z.object({ status: z.literal(false), errorCode: z.string().max(20), errorDescr: textOrEmpty })

export const transactionReply = z.object({ order: whole })

export const tradeRecord = z.object({
  close_price: decimalText,
  close_time: whole.nullable(),
  closed: z.boolean(),
  cmd: whole,
  comment: textOrEmpty,
  commission: decimalText.nullish().transform((text) => text ?? '0'),
  customComment: textOrEmpty,
  open_price: decimalText,
  open_time: whole,
  order: whole,
  order2: whole,
  position: positionNumber,
  profit: decimalText.nullish().transform((text) => text ?? '0'),
  sl: decimalText,
  storage: decimalText.nullish().transform((text) => text ?? '0'),
  /** Null for deposits. */
  symbol: z.string().nullable(),
  tp: decimalText,
  volume: decimalText.refine((text) => !text.startsWith('-')),
  /** Only in the stream. */
  state: z.string().optional(),
  type: whole.optional(),
})
export type TradeRecord = z.output<typeof tradeRecord>

export const statusRecord = z.object({
  customComment: textOrEmpty,
  message: z.string().nullish(),
  order: whole,
  requestStatus: whole,
})
export type StatusRecord = z.output<typeof statusRecord>
export const requestStatus = { error: 0, pending: 1, accepted: 3, rejected: 4 } as const

export const marginLevel = z.object({
  balance: decimalText,
  equity: decimalText,
  margin_free: decimalText,
  currency: z.string().max(20),
})
export const streamBalance = z.object({ balance: decimalText, equity: decimalText, marginFree: decimalText })

export const symbolRecord = z.object({
  symbol: z.string().min(1).max(64),
  bid: decimalText,
  currency: z.string().max(20),
  currencyPair: z.boolean(),
  currencyProfit: z.string().max(20),
  contractSize: decimalText,
  lotMin: decimalText,
  lotMax: decimalText,
  lotStep: decimalText,
  precision: whole,
})
export type SymbolRecord = z.output<typeof symbolRecord>

export const tickPrices = z.object({ quotations: z.array(z.object({ symbol: z.string(), bid: decimalText })) })

const dayHours = z.object({ day: whole, fromT: whole, toT: whole })
export const tradingHours = z.object({ symbol: z.string(), trading: z.array(dayHours).max(100) })
export type TradingHours = z.output<typeof tradingHours>

export const operation = { buy: 0, sell: 1, buyLimit: 2, sellLimit: 3, buyStop: 4, sellStop: 5 } as const
export const transactionType = { open: 0, close: 2, modify: 3, remove: 4 } as const

/** Position or pending order; deposits and credits are neither. */
export function isPosition({ cmd }: Pick<TradeRecord, 'cmd'>): boolean {
  return cmd === operation.buy || cmd === operation.sell
}

export function isPending({ cmd }: Pick<TradeRecord, 'cmd'>): boolean {
  return cmd >= operation.buyLimit && cmd <= operation.sellStop
}
