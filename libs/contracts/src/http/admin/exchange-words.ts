/**
 * Positions, orders and trades as the admin surface shows them. Called by its route contracts. Pure.
 * Must never make up a figure that no service knows: what is not known is null.
 */
import { type Decimal, decimal, HUNDRED, ONE } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import { timestamp } from '../../common.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import type { OrderType } from '../../events/orders.ts'
import type * as brokers from '../../rpc/venue-books.ts'
import type * as orders from '../../rpc/orders.ts'
import { numberOf, numberOrNull, shownNumber } from './words.ts'

type Position = ReplyOf<typeof brokers.listVenuePositions>['items'][number]
type VenueOrder = ReplyOf<typeof brokers.listVenueOrders>['items'][number]
type Fill = ReplyOf<typeof brokers.listVenueFills>['items'][number]
type Ended = ReplyOf<typeof orders.listEndedOrders>['items'][number]

const moment = {
  timestamp: z.int().nullable().meta({ description: 'Milliseconds since 1970' }),
  datetime: timestamp.nullable(),
}
function momentOf(text: string | null) {
  return { timestamp: text === null ? null : Date.parse(text), datetime: text }
}

const unknownFigure = z.null().meta({ description: 'Not known' })

export const shownPosition = z
  .strictObject({
    symbol: z.string(),
    contracts: shownNumber.meta({ description: 'What is held, in units of the base; always positive' }),
    contractSize: shownNumber.meta({
      description: 'Quantities are in units of the base, whatever the venue counts in',
    }),
    unrealizedPnl: shownNumber.meta({ description: 'What it would bring now, in quote currency' }),
    leverage: shownNumber.nullable(),
    collateral: shownNumber.nullable(),
    notional: shownNumber
      .nullable()
      .meta({ description: 'What is held at the price of now, in quote currency; null where that is not known' }),
    markPrice: shownNumber.nullable(),
    entryPrice: shownNumber.nullable(),
    initialMargin: shownNumber.nullable(),
    initialMarginPercentage: shownNumber
      .nullable()
      .meta({ description: 'As a share: 0.5 for a leverage of two; null where no leverage was set' }),
    maintenanceMargin: unknownFigure,
    maintenanceMarginPercentage: unknownFigure,
    marginRatio: unknownFigure,
    ...moment,
    marginMode: unknownFigure,
    marginType: unknownFigure,
    side: z.enum(['long', 'short']),
    hedged: z.boolean(),
    percentage: shownNumber.nullable().meta({ description: 'Profit and loss in per cent of the initial margin' }),
  })
  .meta({ id: 'AdminPosition' })

const digits = 8
const percentDigits = 2
const towardsZero = 0

/** All figures follow from the venue's quantity, entry price and profit and loss, and from the leverage that was set. */
export function toPosition(position: Position, observedAt: string): z.output<typeof shownPosition> {
  const { symbol, side, quantity, entryPrice, unrealizedPnl, leverage } = position
  const margin = entryPrice === null ? null : marginOf(position, decimal(entryPrice))
  return {
    symbol,
    contracts: numberOf(quantity),
    contractSize: 1,
    unrealizedPnl: numberOf(unrealizedPnl),
    leverage,
    collateral: shown(margin?.collateral),
    notional: shown(margin?.notional),
    markPrice: shown(margin?.markPrice),
    entryPrice: numberOrNull(entryPrice),
    initialMargin: shown(margin?.initialMargin),
    initialMarginPercentage: shown(leverage === null ? null : ONE.div(decimal(String(leverage)))),
    maintenanceMargin: null,
    maintenanceMarginPercentage: null,
    marginRatio: null,
    ...momentOf(observedAt),
    marginMode: null,
    marginType: null,
    side: side === 'buy' ? 'long' : 'short',
    hedged: false,
    percentage: shown(margin?.percentage?.round(percentDigits, towardsZero)),
  }
}

function marginOf({ side, quantity, unrealizedPnl, leverage }: Position, entryPrice: Decimal) {
  const held = decimal(quantity)
  const pnl = decimal(unrealizedPnl)
  const moved = pnl.div(held)
  const markPrice = side === 'buy' ? entryPrice.plus(moved) : entryPrice.minus(moved)
  const notional = markPrice.times(held)
  const initialMargin = leverage === null ? null : notional.div(decimal(String(leverage)))
  const percentage = initialMargin === null || initialMargin.eq('0') ? null : pnl.times(HUNDRED).div(initialMargin)
  return { markPrice, notional, collateral: entryPrice.times(held), initialMargin, percentage }
}

function shown(figure: Decimal | null | undefined): number | null {
  return figure === null || figure === undefined ? null : numberOf(figure.round(digits).toString())
}

export const shownOrder = z
  .strictObject({
    id: z.string().nullable(),
    clientOrderId: z.string().nullable(),
    ...moment,
    symbol: z.string(),
    type: z
      .string()
      .nullable()
      .meta({ examples: ['stop_market'] }),
    timeInForce: z.string().nullable(),
    postOnly: z.boolean().nullable(),
    reduceOnly: z.boolean().nullable(),
    side: z.enum(['buy', 'sell']).nullable(),
    price: shownNumber.optional(),
    stopPrice: shownNumber.optional(),
    amount: shownNumber.optional(),
    cost: shownNumber,
    average: shownNumber.optional(),
    filled: shownNumber,
    remaining: shownNumber.optional(),
    status: z.string(),
    trades: z.array(z.never()),
    fees: z.array(z.never()),
  })
  .meta({ id: 'AdminOrder' })
type ShownOrder = z.output<typeof shownOrder>

const typeWords: Readonly<Record<OrderType, string>> = {
  market: 'market',
  limit: 'limit',
  'stop-market': 'stop_market',
  'stop-limit': 'stop',
  'take-profit-market': 'take_profit_market',
  'take-profit-limit': 'take_profit',
  'trailing-stop': 'trailing_stop_market',
  'stop-or-target': 'oco',
}

/** Orders that are not ours are shown as far as the venue's list tells of them. */
export function toOpenOrder(order: VenueOrder): ShownOrder {
  const { placed, venueOrderId: id, clientOrderId, symbol, filledQuantity, averagePrice } = order
  return {
    id,
    clientOrderId,
    ...momentOf(placed?.at ?? null),
    symbol,
    type: placed === null ? null : typeWords[placed.type],
    timeInForce: placed === null ? null : 'GTC',
    postOnly: placed === null ? null : false,
    reduceOnly: placed?.reduceOnly ?? null,
    side: placed?.side ?? null,
    ...(placed === null ? {} : amountsOf(placed, filledQuantity)),
    cost: costOf(filledQuantity, averagePrice),
    filled: numberOf(filledQuantity),
    status: 'open',
    trades: [],
    fees: [],
  }
}

const endedWords = { filled: 'closed', cancelled: 'canceled', rejected: 'rejected' } as const

export function toEndedOrder(order: Ended, symbol: string): ShownOrder {
  const { venueOrderId: id, clientOrderId, type, side, purpose, state, filledQuantity, averagePrice } = order
  const price = averagePrice ?? order.price
  return {
    id,
    clientOrderId,
    ...momentOf(order.sentAt ?? order.submittedAt),
    symbol,
    type: typeWords[type],
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: purpose !== 'entry',
    side,
    ...amountsOf({ ...order, price }, filledQuantity),
    ...(averagePrice === null ? {} : { average: numberOf(averagePrice) }),
    cost: costOf(filledQuantity, averagePrice),
    filled: numberOf(filledQuantity),
    status: state === 'filled' || state === 'cancelled' ? endedWords[state] : endedWords.rejected,
    trades: [],
    fees: [],
  }
}

/** What an order does not have is left out, as in the document's examples. */
function amountsOf(
  order: { readonly quantity: string; readonly price: string | null; readonly triggerPrice: string | null },
  filledQuantity: string,
) {
  const remaining = decimal(order.quantity).minus(decimal(filledQuantity))
  return {
    ...(order.price === null ? {} : { price: numberOf(order.price) }),
    ...(order.triggerPrice === null ? {} : { stopPrice: numberOf(order.triggerPrice) }),
    amount: numberOf(order.quantity),
    remaining: numberOf(remaining.toString()),
  }
}

function costOf(filledQuantity: string, averagePrice: string | null): number {
  return averagePrice === null ? 0 : numberOf(decimal(filledQuantity).times(decimal(averagePrice)).toString())
}

const shownFee = z.strictObject({ cost: shownNumber, currency: z.string().nullable() })

export const shownTrade = z
  .strictObject({
    ...moment,
    symbol: z.string(),
    id: z.string(),
    order: z.string(),
    side: z.enum(['buy', 'sell']),
    takerOrMaker: z.null().meta({ description: 'Not known: venues are asked for what was traded, not for how' }),
    price: shownNumber,
    amount: shownNumber,
    cost: shownNumber,
    fee: shownFee,
    fees: z.array(shownFee),
  })
  .meta({ id: 'AdminTrade' })

export function toTrade(fill: Fill): z.output<typeof shownTrade> {
  const { tradeId: id, venueOrderId: order, symbol, side, quantity, price, at } = fill
  const fee = { cost: numberOf(fill.fee), currency: fill.feeCurrency }
  const amounts = { price: numberOf(price), amount: numberOf(quantity), cost: costOf(quantity, price) }
  return { ...momentOf(at), symbol, id, order, side, takerOrMaker: null, ...amounts, fee, fees: [fee] }
}
