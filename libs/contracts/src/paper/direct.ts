/**
 * The direct protocol: plain JSON of venue `paper`, a perpetual market with one-way positions and cross margin.
 * Called by the paper service (and the bench's stub), which answer it, and by the `paper` adapter of brokers.
 * Must never grow a rule that only our own client knows: the schemas here are the whole protocol.
 *
 * Paths are under `/direct/v1`. Every request but `GET instruments` carries `X-Api-Key` and `X-Signature`, the hex
 * HMAC-SHA256(secret, text): the text is the body as sent, or, where there is no body, the request target as sent
 * (`/direct/v1/orders?state=open`, from the first slash after the host). Errors answer `directError` with 4xx or 5xx.
 *
 *   POST   /orders                    placeDirectOrder   -> 200 directOrder (accepted; its fills so far are in it)
 *   GET    /orders/{clientOrderId}                       -> 200 directOrder | 404 ORDER_NOT_FOUND
 *   DELETE /orders/{clientOrderId}                       -> 200 directOrder (cancelled) | 404 | 409 ORDER_ALREADY_FINAL
 *   GET    /orders?state=open|all&since=<ms>             -> 200 directOrderList
 *   GET    /fills?since=<ms>                             -> 200 directFillList
 *   GET    /positions   /balances   /instruments         -> 200 directPositionList, directBalanceList, directInstrumentList
 *   PUT    /leverage                  setDirectLeverage  -> 200 setDirectLeverage
 *   GET    /stream                    websocket; text frames of directStreamMessage, a `hello` first
 *
 * A client order id is unique per account for ever: a second order with it is 409 DUPLICATE_CLIENT_ORDER_ID.
 */
import { z } from 'zod'
import { decimalText, positiveDecimalText, side, symbol, timestamp, unsignedDecimalText } from '../common.ts'
import { ledgerFill, paperOrderStatus, paperOrderType } from './control.ts'

export const directListItemsMax = 1_000

export const directClientOrderId = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/)

export const placeDirectOrder = z.strictObject({
  clientOrderId: directClientOrderId,
  symbol,
  side,
  type: paperOrderType,
  /** Left out only with closePosition. */
  quantity: positiveDecimalText.optional(),
  /** For limit, stop-limit and take-profit-limit. */
  price: positiveDecimalText.optional(),
  /** For stop and take-profit types. */
  triggerPrice: positiveDecimalText.optional(),
  /** For trailing-stop-market: where trailing begins; left out: at once. */
  activationPrice: positiveDecimalText.optional(),
  /** For trailing-stop-market, in percent: "1.5". */
  callbackRate: positiveDecimalText.optional(),
  timeInForce: z.enum(['gtc', 'ioc', 'fok', 'post-only']).default('gtc'),
  /** Never increases a position; clipped to it, refused with REDUCE_ONLY_REFUSED when there is none to reduce. */
  reduceOnly: z.boolean().default(false),
  /** Conditional market types only: closes whatever the position is when triggered. */
  closePosition: z.boolean().default(false),
})
export type PlaceDirectOrder = z.input<typeof placeDirectOrder>

export const directOrder = z.strictObject({
  orderId: z.string(),
  clientOrderId: z.string(),
  symbol,
  side,
  type: paperOrderType,
  status: paperOrderStatus,
  quantity: decimalText.nullable(),
  filledQuantity: unsignedDecimalText,
  averagePrice: positiveDecimalText.nullable(),
  price: positiveDecimalText.nullable(),
  triggerPrice: positiveDecimalText.nullable(),
  reduceOnly: z.boolean(),
  closePosition: z.boolean(),
  fee: decimalText,
  feeCurrency: z.string().nullable(),
  /** Why it ended without being filled; null otherwise. */
  reason: z.string().nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
})
export type DirectOrder = z.output<typeof directOrder>
/** Oldest first, at most directListItemsMax. */
export const directOrderList = z.strictObject({ orders: z.array(directOrder) })

/** As the ledger shows it, without whose it is. */
export const directFill = ledgerFill.omit({ venue: true, accountId: true })
export type DirectFill = z.output<typeof directFill>
export const directFillList = z.strictObject({ fills: z.array(directFill) })

export const directPosition = z.strictObject({
  symbol,
  /** Signed: below zero is short. Lists leave flat positions out; the stream shows "0" when one was closed. */
  quantity: decimalText,
  /** "0" when flat. */
  entryPrice: decimalText,
  markPrice: positiveDecimalText,
  unrealizedPnl: decimalText,
  leverage: z.int().positive(),
})
export type DirectPosition = z.output<typeof directPosition>
export const directPositionList = z.strictObject({ positions: z.array(directPosition) })

export const directBalance = z.strictObject({
  currency: z.string(),
  total: decimalText,
  free: decimalText,
  /** Total with the profit and loss of open positions. */
  equity: decimalText,
})
export type DirectBalance = z.output<typeof directBalance>
export const directBalanceList = z.strictObject({ balances: z.array(directBalance) })

export const directInstrument = z.strictObject({
  symbol,
  base: z.string(),
  quote: z.string(),
  priceStep: positiveDecimalText,
  quantityStep: positiveDecimalText,
  minimumQuantity: positiveDecimalText,
  maximumQuantity: positiveDecimalText,
  minimumNotional: decimalText,
  leverageMax: z.int().positive(),
  price: positiveDecimalText,
  bid: positiveDecimalText,
  ask: positiveDecimalText,
})
export type DirectInstrument = z.output<typeof directInstrument>
export const directInstrumentList = z.strictObject({ instruments: z.array(directInstrument) })

export const setDirectLeverage = z.strictObject({ symbol, leverage: z.int().min(1).max(125) })

export const directErrorCode = z.enum([
  'INVALID_REQUEST',
  'AUTHENTICATION_FAILED',
  'RATE_LIMITED',
  'UNKNOWN_SYMBOL',
  'FILTER_FAILED',
  'NO_PRICE',
  'INSUFFICIENT_MARGIN',
  'REDUCE_ONLY_REFUSED',
  'WOULD_TRIGGER_IMMEDIATELY',
  'WOULD_TAKE_IMMEDIATELY',
  'DUPLICATE_CLIENT_ORDER_ID',
  'TOO_MANY_ORDERS',
  'ORDER_NOT_FOUND',
  'ORDER_ALREADY_FINAL',
  'LEVERAGE_REFUSED',
  'REFUSED',
  /** 503: the order may stand; look it up by its client order id. */
  'OUTCOME_UNKNOWN',
])
export type DirectErrorCode = z.output<typeof directErrorCode>

export const directError = z.strictObject({
  code: directErrorCode,
  message: z.string(),
  /** For RATE_LIMITED, also in the Retry-After header (whole seconds). */
  retryAfterMs: z.int().positive().optional(),
})

/** `sequence` counts an account's messages of one connection from 1: a gap means read everything again. */
export const directStreamMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), accountId: z.uuid(), sequence: z.int() }),
  z.strictObject({ type: z.literal('order'), sequence: z.int(), order: directOrder, fill: directFill.nullable() }),
  z.strictObject({ type: z.literal('balance'), sequence: z.int(), balances: z.array(directBalance) }),
  z.strictObject({ type: z.literal('position'), sequence: z.int(), position: directPosition }),
])
export type DirectStreamMessage = z.output<typeof directStreamMessage>
