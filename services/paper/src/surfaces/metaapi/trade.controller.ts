/**
 * The trade endpoint: every action on positions and orders of an account. Called by the server.
 * Must never answer that something is done which the engine refused.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Amount } from '#domain/amount'
import { least, times } from '#domain/amount'
import {
  changePending,
  changeTicket,
  closeDeal,
  closeTicket,
  openDeal,
  type DealRefusal,
  type DealRequest,
} from '#domain/cfd/deal'
import { contractOf } from '#domain/cfd/contract-margin'
import type { Levels } from '#domain/cfd/deal-terms'
import type { Ticket } from '#domain/cfd/ticket'
import type { Operation } from '#domain/protocol/faults'
import type { Order } from '#domain/order'
import { cancelOrder } from '#domain/engine/place-order'
import { findMarket, heldMarketOf, type Market } from '#domain/state'
import { underFaults } from '../binance/placement.map.ts'
import { terminalBase } from './account.controller.ts'
import { amountOf, answered, parse, type Endpoint, type TerminalCall } from './endpoint.wire.ts'
import { positionIdOf } from './record.map.ts'
import { venueName } from './token.wire.ts'
import * as wire from './trade.wire.ts'

type Ids = { readonly orderId?: string; readonly positionId?: string }
type Outcome = Result<Ids, wire.TradeCode>
type Of<Action extends wire.TradeBody['actionType']> = Extract<wire.TradeBody, { readonly actionType: Action }>

const tradeCost = 10
const dayMs = 86_400_000

export const tradeEndpoint: Endpoint = {
  method: 'POST',
  path: `${terminalBase}/trade`,
  cost: tradeCost,
  access: 'terminal',
  operation: operationOf,
  answer: (call) => {
    const parsed = parse(wire.tradeBody, call.body)
    if (!parsed.ok) return parsed
    const done = outcomeOf(call, parsed.value)
    return answered(done.ok ? wire.tradeResponse('DONE', done.value) : wire.tradeResponse(done.error))
  },
}

function operationOf(body: unknown): Operation {
  return (body as { readonly actionType?: unknown } | undefined)?.actionType === 'ORDER_CANCEL' ? 'cancel' : 'place'
}

function outcomeOf(call: TerminalCall, body: wire.TradeBody): Outcome {
  switch (body.actionType) {
    case 'ORDER_TYPE_BUY':
    case 'ORDER_TYPE_SELL':
    case 'ORDER_TYPE_BUY_LIMIT':
    case 'ORDER_TYPE_SELL_LIMIT':
    case 'ORDER_TYPE_BUY_STOP':
    case 'ORDER_TYPE_SELL_STOP':
      return open(call, body)
    case 'ORDER_TYPE_BUY_STOP_LIMIT':
    case 'ORDER_TYPE_SELL_STOP_LIMIT':
      return err('ORDER_TYPE')
    case 'POSITION_MODIFY':
      return modifyPosition(call, body)
    case 'POSITION_PARTIAL':
      return close(call, body, amountOf(body.volume))
    case 'POSITION_CLOSE_ID':
      return close(call, body, undefined)
    case 'POSITION_CLOSE_BY':
      return closeBy(call, body)
    case 'POSITIONS_CLOSE_SYMBOL':
      return closeSymbol(call, body)
    case 'ORDER_MODIFY':
      return modifyOrder(call, body)
    case 'ORDER_CANCEL':
      return cancel(call, body)
  }
}

const noRequest = { clientOrderId: '', side: 'buy', type: 'market', timeInForce: 'ioc' } as const

function visibleFrom({ faults, account, now }: TerminalCall): number | undefined {
  return underFaults(faults, account, noRequest, now).visibleFrom
}

function noted({ comment, magic }: wire.Note, call: TerminalCall) {
  return { comment, magic: magic ?? call.cloud.magic }
}

function open(call: TerminalCall, body: wire.MarketAction | wire.PendingAction): Outcome {
  const { venue, account } = call
  const market = findMarket(venue.state, venueName, body.symbol)
  if (market?.instrument.venueSymbol !== body.symbol) return err('UNKNOWN_SYMBOL')
  const side = body.actionType.startsWith('ORDER_TYPE_BUY') ? 'buy' : 'sell'
  const price = 'openPrice' in body ? amountOf(body.openPrice) : undefined
  const from = price ?? (side === 'buy' ? market.ask : market.bid)
  const levels = levelsOf(body, market, { side, from })
  const volume = amountOf(body.volume)
  if (levels === undefined || volume === undefined) return err('INVALID')
  const expiresAt = 'expiration' in body ? expiryOf(body.expiration, call.now) : null
  if (expiresAt === undefined) return err('EXPIRATION')
  const type = body.actionType.endsWith('_LIMIT') ? 'limit' : 'openPrice' in body ? 'stop-market' : 'market'
  const request: DealRequest = {
    ...levels,
    clientOrderId: body.clientId ?? '',
    note: noted(body, call),
    side,
    type,
    volume,
    price,
    expiresAt,
    visibleFrom: visibleFrom(call),
  }
  const done = venue.execute((session) => openDeal({ session, account, market }, request))
  if (!done.ok) return done
  const orderId = String(done.value.id)
  const ticketId = account.fills.findLast(({ order }) => order === done.value)?.deal?.ticketId
  const ticket = ticketId === undefined ? undefined : account.tickets.get(ticketId)
  return ok(ticket === undefined ? { orderId } : { orderId, positionId: positionIdOf(ticket) })
}

/** Null: never. Undefined: the time that was to be said is missing. */
function expiryOf(expiration: wire.PendingAction['expiration'], now: number): number | null | undefined {
  const endOfDay = (at: number) => at - (at % dayMs) + dayMs
  const time = expiration?.time === undefined ? undefined : Date.parse(expiration.time)
  switch (expiration?.type) {
    case undefined:
    case 'ORDER_TIME_GTC':
      return null
    case 'ORDER_TIME_DAY':
      return endOfDay(now)
    case 'ORDER_TIME_SPECIFIED':
      return time
    case 'ORDER_TIME_SPECIFIED_DAY':
      return time === undefined ? undefined : endOfDay(time)
  }
}

interface From {
  readonly side: 'buy' | 'sell'
  readonly from: Amount
}

/** Undefined for units that this venue does not work out. Zero takes a level off. */
function levelsOf(body: wire.Levels, market: Market, { side, from }: From): Levels | undefined {
  const away = side === 'buy' ? 1n : -1n
  const stopLoss = levelOf(body.stopLoss, body.stopLossUnits, market, { from, away: -away })
  const takeProfit = levelOf(body.takeProfit, body.takeProfitUnits, market, { from, away })
  const trailing = body.trailingStopLoss?.distance
  const trailingDistance = trailing === undefined ? null : distanceOf(trailing.distance, trailing.units, market)
  if (stopLoss === undefined || takeProfit === undefined || trailingDistance === undefined) return undefined
  return { stopLoss, takeProfit, trailingDistance }
}

function levelOf(
  value: number | undefined,
  units: wire.Levels['stopLossUnits'],
  market: Market,
  { from, away }: { readonly from: Amount; readonly away: bigint },
): Amount | null | undefined {
  if (value === undefined || value === 0) return null
  if (units === 'ABSOLUTE_PRICE') return amountOf(value)
  const distance = distanceOf(value, units, market)
  return distance === undefined ? undefined : from + away * distance
}

function distanceOf(value: number, units: wire.Levels['stopLossUnits'], market: Market): Amount | undefined {
  const amount = amountOf(value)
  if (amount === undefined) return undefined
  switch (units) {
    case 'RELATIVE_PRICE':
      return amount
    case 'RELATIVE_POINTS':
      return times(amount, market.instrument.priceStep)
    case 'RELATIVE_PIPS':
      return times(amount, contractOf(market).pip)
    default:
      return undefined
  }
}

function ticketOf({ account }: TerminalCall, positionId: string): Ticket | undefined {
  return [...account.tickets.values()].find((ticket) => positionIdOf(ticket) === positionId)
}

function modifyPosition(call: TerminalCall, body: Of<'POSITION_MODIFY'>): Outcome {
  const { venue, account } = call
  const ticket = ticketOf(call, body.positionId)
  if (ticket === undefined) return err('UNKNOWN_POSITION')
  const market = heldMarketOf(venue.state, venueName, ticket.symbol)
  const levels = levelsOf(body, market, { side: ticket.side, from: ticket.openPrice })
  if (levels === undefined) return err('INVALID')
  const { stopLoss, takeProfit, trailingDistance } = ticket.levels
  const same = stopLoss === levels.stopLoss && takeProfit === levels.takeProfit
  if (same && trailingDistance === levels.trailingDistance) return err('NO_CHANGES')
  const done = venue.execute((session) => changeTicket({ session, account, market }, ticket.id, levels))
  return done.ok ? ok({ positionId: body.positionId }) : done
}

function close(
  call: TerminalCall,
  body: Of<'POSITION_PARTIAL' | 'POSITION_CLOSE_ID'>,
  volume: Amount | undefined,
): Outcome {
  const { venue, account } = call
  if (body.actionType === 'POSITION_PARTIAL' && volume === undefined) return err('VOLUME')
  const ticket = ticketOf(call, body.positionId)
  if (ticket === undefined) return err('UNKNOWN_POSITION')
  const market = heldMarketOf(call.venue.state, venueName, ticket.symbol)
  const request = {
    ticketId: ticket.id,
    volume,
    clientOrderId: body.clientId ?? '',
    note: noted(body, call),
    visibleFrom: visibleFrom(call),
  }
  const done: Result<Order, DealRefusal> = venue.execute((session) => closeDeal({ session, account, market }, request))
  return done.ok ? ok({ orderId: String(done.value.id), positionId: body.positionId }) : done
}

/** Two opposite positions close each other at one price, so that no spread is paid. */
function closeBy(call: TerminalCall, body: Of<'POSITION_CLOSE_BY'>): Outcome {
  const { venue, account } = call
  const [first, second] = [ticketOf(call, body.positionId), ticketOf(call, body.closeByPositionId)]
  if (first === undefined || second === undefined) return err('UNKNOWN_POSITION')
  if (first.symbol !== second.symbol || first.side === second.side) return err('INVALID')
  const market = heldMarketOf(call.venue.state, venueName, first.symbol)
  const closing = {
    volume: least(first.volume, second.volume),
    cause: 'client',
    clientOrderId: body.clientId ?? '',
    note: noted(body, call),
    price: market.bid,
  } as const
  const order = venue.execute((session) => {
    const desk = { session, account, market }
    closeTicket(desk, second, closing)
    return closeTicket(desk, first, closing)
  })
  return ok({ orderId: String(order.id), positionId: body.positionId })
}

function closeSymbol(call: TerminalCall, body: Of<'POSITIONS_CLOSE_SYMBOL'>): Outcome {
  const { venue, account } = call
  const market = findMarket(venue.state, venueName, body.symbol)
  if (market?.instrument.venueSymbol !== body.symbol) return err('UNKNOWN_SYMBOL')
  const held = [...account.tickets.values()].filter(({ symbol }) => symbol === market.instrument.symbol)
  if (held.length === 0) return err('UNKNOWN_POSITION')
  const request = { clientOrderId: body.clientId ?? '', note: noted(body, call) }
  venue.execute((session) => {
    for (const { id } of held) closeDeal({ session, account, market }, { ticketId: id, ...request })
  })
  return ok({})
}

function modifyOrder(call: TerminalCall, body: Of<'ORDER_MODIFY'>): Outcome {
  const { venue, account } = call
  const order = account.open.get(Number(body.orderId))
  const price = amountOf(body.openPrice)
  if (order === undefined) return err('UNKNOWN_ORDER')
  if (price === undefined) return err('PRICE')
  const market = heldMarketOf(call.venue.state, venueName, order.symbol)
  const levels = levelsOf(body, market, { side: order.side, from: price })
  const expiresAt = expiryOf(body.expiration, call.now)
  if (levels === undefined) return err('INVALID')
  if (expiresAt === undefined) return err('EXPIRATION')
  const done = venue.execute((session) =>
    changePending({ session, account, market }, order, { price, levels, expiresAt }),
  )
  return done.ok ? ok({ orderId: body.orderId }) : done
}

function cancel({ venue, account }: TerminalCall, body: Of<'ORDER_CANCEL'>): Outcome {
  const order = account.open.get(Number(body.orderId))
  if (order === undefined) return err('UNKNOWN_ORDER')
  venue.execute((session) => cancelOrder(session, account, order))
  return ok({ orderId: body.orderId })
}
