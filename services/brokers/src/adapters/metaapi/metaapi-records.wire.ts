/**
 * The records of the protocol as schemas; numbers are exact decimal text. Called by the session's parts.
 * Must never take a record for read that misses what a decision needs.
 */
import { isDecimalText } from '@tradewire/kernel/decimal'
import { z } from 'zod'

const amount = z.string().refine(isDecimalText)
/** Of what is held or was executed. */
const volume = amount.refine((text) => !text.startsWith('-'))
const volumeOrZero = volume.nullish().transform((text) => text ?? '0')
const amountOrZero = amount.nullish().transform((text) => text ?? '0')
/** Zero and absent both mean that no level is set. */
const level = amount
  .nullish()
  .transform((text) => (text === undefined || text === null || !/[1-9]/.test(text) ? null : text))
const id = z.string().regex(/^-?\d{1,20}$/)
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const word = z.string().max(100)
const textOrEmpty = z
  .string()
  .nullish()
  .transform((text) => text ?? '')

export const createdAccount = z.object({ id: word, state: word })
export const cloudAccount = z.object({
  _id: word,
  login: z.coerce.string(),
  server: z.string().max(256),
  state: word,
  connectionStatus: word.optional(),
  region: word.optional(),
  metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
})
export type CloudAccount = z.output<typeof cloudAccount>
export const cloudAccounts = z.array(z.unknown())

export const accountInformation = z.object({
  currency: z.string().min(1).max(20),
  balance: amount,
  equity: amount,
  margin: amount,
  freeMargin: amount,
  marginLevel: amount.nullish().transform((text) => text ?? null),
  marginMode: word.nullish(),
})

export const positionRecord = z.object({
  id,
  type: z.enum(['POSITION_TYPE_BUY', 'POSITION_TYPE_SELL']),
  symbol: word,
  time,
  openPrice: volume,
  stopLoss: level,
  takeProfit: level,
  volume,
  swap: amountOrZero,
  profit: amountOrZero,
  commission: amountOrZero,
  clientId: textOrEmpty,
})
export type PositionRecord = z.output<typeof positionRecord>

export const orderRecord = z.object({
  id,
  type: word,
  state: word,
  symbol: word,
  volume,
  currentVolume: volumeOrZero,
  clientId: textOrEmpty,
})
export type OrderRecord = z.output<typeof orderRecord>

export const dealRecord = z.object({
  id,
  type: word,
  time,
  entryType: word.nullish(),
  symbol: word.nullish(),
  volume: volumeOrZero,
  price: volumeOrZero,
  commission: amountOrZero,
  swap: amountOrZero,
  positionId: id.nullish().transform((text) => text ?? ''),
  orderId: id.nullish().transform((text) => text ?? ''),
  reason: textOrEmpty,
  comment: textOrEmpty,
  brokerComment: textOrEmpty,
  clientId: textOrEmpty,
})
export type DealRecord = z.output<typeof dealRecord>

export const symbolSpecification = z.object({
  symbol: word,
  tickSize: amount,
  minVolume: amount,
  maxVolume: amount,
  volumeStep: amount,
  contractSize: amount,
  tradeMode: word.nullish(),
  baseCurrency: word.nullish().transform((text) => text ?? ''),
  profitCurrency: word.nullish().transform((text) => text ?? ''),
})
export type SymbolSpecification = z.output<typeof symbolSpecification>

export const tradeReply = z.object({
  stringCode: word,
  message: textOrEmpty,
  orderId: id.nullish().transform((text) => text ?? ''),
  positionId: id.nullish().transform((text) => text ?? ''),
})
export type TradeReply = z.output<typeof tradeReply>

export const failure = z.object({
  error: word,
  message: textOrEmpty,
  details: z.unknown().optional(),
  metadata: z
    .object({ recommendedRetryTime: z.iso.datetime({ offset: true }).optional() })
    .optional()
    .catch(undefined),
})
