/**
 * The body of a trade as schemas, and the codes of what became of it. Called by the trade endpoint.
 * Must never let a field through that the action does not have.
 */
import { z } from 'zod'
import type { DealRefusal } from '#domain/cfd/deal'

/** Comment and id travel to the broker in one field. */
const noteCharactersMax = 30
const volume = z.number().positive()
const priceNumber = z.number().min(0)
const symbol = z.string().min(1).max(64)
const number = z.string().regex(/^\d{1,18}$/)
const units = z
  .enum([
    'ABSOLUTE_PRICE',
    'RELATIVE_PRICE',
    'RELATIVE_POINTS',
    'RELATIVE_PIPS',
    'RELATIVE_CURRENCY',
    'RELATIVE_BALANCE_PERCENTAGE',
  ])
  .default('ABSOLUTE_PRICE')

const common = {
  comment: z.string().max(noteCharactersMax).optional(),
  clientId: z.string().max(noteCharactersMax).optional(),
  magic: z.int().min(0).optional(),
  slippage: z.number().min(0).optional(),
  fillingModes: z.array(z.enum(['ORDER_FILLING_FOK', 'ORDER_FILLING_IOC'])).optional(),
}
const trailing = z.strictObject({
  distance: z.strictObject({ distance: z.number().positive(), units }).optional(),
  threshold: z.strictObject({ stopLoss: priceNumber, thresholds: z.array(z.unknown()) }).optional(),
})
const levels = {
  stopLoss: priceNumber.optional(),
  takeProfit: priceNumber.optional(),
  stopLossUnits: units,
  takeProfitUnits: units,
  trailingStopLoss: trailing.optional(),
}
const expiration = z.strictObject({
  type: z.enum(['ORDER_TIME_GTC', 'ORDER_TIME_DAY', 'ORDER_TIME_SPECIFIED', 'ORDER_TIME_SPECIFIED_DAY']),
  time: z.iso.datetime({ offset: true }).optional(),
})

const marketAction = z.strictObject({
  actionType: z.enum(['ORDER_TYPE_BUY', 'ORDER_TYPE_SELL']),
  symbol,
  volume,
  ...levels,
  ...common,
})
const pendingAction = z.strictObject({
  actionType: z.enum(['ORDER_TYPE_BUY_LIMIT', 'ORDER_TYPE_SELL_LIMIT', 'ORDER_TYPE_BUY_STOP', 'ORDER_TYPE_SELL_STOP']),
  symbol,
  volume,
  openPrice: priceNumber,
  expiration: expiration.optional(),
  ...levels,
  ...common,
})
const stopLimitAction = z.strictObject({
  actionType: z.enum(['ORDER_TYPE_BUY_STOP_LIMIT', 'ORDER_TYPE_SELL_STOP_LIMIT']),
  symbol,
  volume,
  openPrice: priceNumber,
  stopLimitPrice: priceNumber,
  expiration: expiration.optional(),
  ...levels,
  ...common,
})

export const tradeBody = z.discriminatedUnion('actionType', [
  marketAction,
  pendingAction,
  stopLimitAction,
  z.strictObject({ actionType: z.literal('POSITION_MODIFY'), positionId: number, ...levels }),
  z.strictObject({ actionType: z.literal('POSITION_PARTIAL'), positionId: number, volume, ...common }),
  z.strictObject({ actionType: z.literal('POSITION_CLOSE_ID'), positionId: number, ...common }),
  z.strictObject({
    actionType: z.literal('POSITION_CLOSE_BY'),
    positionId: number,
    closeByPositionId: number,
    ...common,
  }),
  z.strictObject({ actionType: z.literal('POSITIONS_CLOSE_SYMBOL'), symbol, ...common }),
  z.strictObject({
    actionType: z.literal('ORDER_MODIFY'),
    orderId: number,
    openPrice: priceNumber,
    expiration: expiration.optional(),
    ...levels,
  }),
  z.strictObject({ actionType: z.literal('ORDER_CANCEL'), orderId: number }),
])
export type TradeBody = z.output<typeof tradeBody>
export type MarketAction = z.output<typeof marketAction>
export type PendingAction = z.output<typeof pendingAction>
export type Levels = Pick<
  MarketAction,
  'stopLoss' | 'takeProfit' | 'stopLossUnits' | 'takeProfitUnits' | 'trailingStopLoss'
>
export type Note = Pick<MarketAction, 'comment' | 'clientId' | 'magic'>

export const tradeCodes = {
  DONE: ['10009', 'TRADE_RETCODE_DONE', 'Request completed'],
  REJECT: ['10006', 'TRADE_RETCODE_REJECT', 'Request rejected'],
  INVALID: ['10013', 'TRADE_RETCODE_INVALID', 'Invalid request'],
  ORDER_TYPE: ['-4', 'TRADE_RETCODE_ORDER_TYPE_NOT_SUPPORTED', 'Order type is not supported'],
  UNKNOWN_SYMBOL: ['4301', 'ERR_MARKET_UNKNOWN_SYMBOL', 'Unknown symbol'],
  UNKNOWN_ORDER: ['4754', 'ERR_TRADE_ORDER_NOT_FOUND', 'Order not found'],
  NO_CHANGES: ['10025', 'TRADE_RETCODE_NO_CHANGES', 'No changes in request'],
  VOLUME: ['10014', 'TRADE_RETCODE_INVALID_VOLUME', 'Invalid volume in the request'],
  PRICE: ['10015', 'TRADE_RETCODE_INVALID_PRICE', 'Invalid price in the request'],
  STOPS: ['10016', 'TRADE_RETCODE_INVALID_STOPS', 'Invalid stops in the request'],
  NO_MONEY: ['10019', 'TRADE_RETCODE_NO_MONEY', 'There is not enough money to complete the request'],
  UNKNOWN_POSITION: ['4753', 'ERR_TRADE_POSITION_NOT_FOUND', 'Position not found'],
  ALREADY_CLOSED: ['4753', 'ERR_TRADE_POSITION_NOT_FOUND', 'Position not found'],
  EXPIRATION: ['10022', 'TRADE_RETCODE_INVALID_EXPIRATION', 'Invalid order expiration date in the request'],
  TOO_MANY_ORDERS: ['10033', 'TRADE_RETCODE_LIMIT_ORDERS', 'The number of pending orders has reached the limit'],
} as const satisfies Readonly<Record<DealRefusal, readonly [string, string, string]>> &
  Readonly<Record<string, readonly string[]>>
export type TradeCode = keyof typeof tradeCodes

/** HTTP says 200 whatever became of the trade: the codes tell. */
export function tradeResponse(code: TradeCode, ids: { readonly orderId?: string; readonly positionId?: string } = {}) {
  const [numericCode, stringCode, message] = tradeCodes[code]
  return { numericCode: Number(numericCode), stringCode, message, ...ids }
}
