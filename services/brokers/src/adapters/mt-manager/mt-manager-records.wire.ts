/**
 * The envelope and the records of the protocol as schemas; numbers are exact decimal text. Called by the session's parts.
 * Must never take a record for read that misses what a decision needs.
 */
import { decimal, isDecimalText } from '@tradewire/kernel/decimal'
import { z } from 'zod'

export const amount = z.string().refine(isDecimalText)
export const amountOrZero = amount.nullish().transform((text) => text ?? '0')
/** Zero and absent both mean that no level is set. */
export const level = amount
  .nullish()
  .transform((text) => (text === undefined || text === null || !/[1-9]/.test(text) ? null : text))
export const ticket = z.string().regex(/^\d{1,18}$/)
const ticketText = z.string().regex(/^-?\d{1,18}$/)
export const word = z.string().max(100)
export const textOrEmpty = z
  .string()
  .nullish()
  .transform((text) => text ?? '')
/** Read as UTC where no zone is named. */
export const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT/)
  .transform((text) => new Date(/(?:z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`))
  .refine((at) => !Number.isNaN(at.getTime()))

/** Hundredths of a lot, exactly. */
export const lots = z
  .string()
  .regex(/^\d{1,12}(?:\.0+)?$/)
  .transform((text) => decimal(text).div('100').toString())

export const envelope = z.object({
  data: z.unknown(),
  error: z
    .object({
      code: z.string().max(100),
      /** A name; or a number where the gateway has no name for it. */
      managerCode: z.string().max(100).nullish(),
      message: textOrEmpty,
    })
    .nullish(),
  meta: z
    .object({
      paging: z.object({ nextCursor: z.string().max(1_000).nullish(), hasMore: z.boolean() }).nullish(),
    })
    .nullish(),
})
export type Envelope = z.output<typeof envelope>

export const discovery = z.object({ token_endpoint: z.url() })
export const grantedToken = z.object({
  access_token: z.string().min(1).max(16_384),
  expires_in: z.coerce.number().positive(),
})
export const refusedToken = z.object({ error: word })

/** One bare array, or the same within `value`. */
export const platforms = z.union([
  z.array(z.object({ id: word, type: word })),
  z.object({ value: z.array(z.object({ id: word, type: word })) }).transform(({ value }) => value),
])

export const userRecord = z.object({ login: ticket, group: z.string().min(1).max(64) })
export const groupRecord = z.object({ currency: z.string().min(1).max(20) })
/** In hundredths of a lot. */
export const groupSecurity = z.object({ trade: ticketText, lotMin: lots, lotMax: lots, lotStep: lots })
export type GroupSecurity = z.output<typeof groupSecurity>

export const marginLevel = z.object({
  group: z.string().min(1).max(64),
  balance: amount,
  equity: amount,
  margin: amount,
  free: amount,
  level: amountOrZero,
})

export const tradeRecord = z.object({
  order: ticket,
  login: ticket,
  symbol: textOrEmpty,
  tradeCommand: word,
  volume: lots,
  tradeRecordState: word,
  openPrice: amount,
  sl: level,
  tp: level,
  openTime: time,
  closeTime: time,
  closePrice: amountOrZero,
  commission: amountOrZero,
  storage: amountOrZero,
  profit: amountOrZero,
  comment: textOrEmpty,
  activationType: textOrEmpty,
})
export type TradeRecord = z.output<typeof tradeRecord>

export const transactionReply = z.object({ order: ticket })

export const symbolConfig = z.object({
  symbol: z.string().min(1).max(32),
  type: ticketText,
  currency: textOrEmpty,
  tradeMode: textOrEmpty,
  profitCalculationMode: textOrEmpty,
  point: amount,
  tickSize: amountOrZero,
  contractSize: amount,
})
export type SymbolConfig = z.output<typeof symbolConfig>

export const tickInfo = z.object({ symbol: z.string().max(32), bid: amount, ask: amount })
