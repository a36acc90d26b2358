/**
 * The commands that trade, and those that show trades. Called by the main connection.
 * Must never answer a transaction with more than its number: what became of it is asked for, or told by the stream.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { times, type Amount } from '#domain/amount'
import type { Levels } from '#domain/cfd/deal-terms'
import { changePending, changeTicket, closeDeal, openDeal, type DealRefusal, type DealRequest } from '#domain/cfd/deal'
import { contractOf } from '#domain/cfd/contract-margin'
import type { Order } from '#domain/order'
import { cancelOrder } from '#domain/engine/place-order'
import { marketOf, type Market } from '#domain/state'
import { underFaults } from '../binance/placement.map.ts'
import {
  type Answer,
  type Call,
  type Command,
  marketNamed,
  reading,
  venueName,
  wholeNumber,
  wireAmount,
} from './command.wire.ts'
import { closedRecord, openRecord, pendingRecord, withTimeStrings } from './trade-record.map.ts'
import { statusRecord } from './transactions.wire.ts'
import { WireNumber } from './values.wire.ts'
import { xapiError, type XapiError } from './xapi-error.wire.ts'

const commentCharactersMax = 200
const ordersMax = 500
const monthMs = 2_592_000_000
const types = { open: 0, close: 2, modify: 3, remove: 4 } as const
const pendingTypes = ['limit', 'limit', 'stop-market', 'stop-market'] as const
const firstPendingCommand = 2

/** Lenient as the venue: clients leave out what is zero, even the operation of a buy. */
const tradeTransInfo = z.object({
  cmd: wholeNumber.optional(),
  customComment: z.string().max(commentCharactersMax).nullish(),
  expiration: wholeNumber.nullish(),
  offset: wireAmount.nullish(),
  order: wholeNumber.nullish(),
  price: wireAmount.nullish(),
  sl: wireAmount.nullish(),
  symbol: z.string().max(64).optional(),
  tp: wireAmount.nullish(),
  type: wholeNumber.optional(),
  volume: wireAmount.nullish(),
})
type Info = z.output<typeof tradeTransInfo>

const messages: Readonly<Record<DealRefusal, string>> = {
  VOLUME: 'Invalid volume',
  PRICE: 'Invalid price',
  STOPS: 'Invalid s/l or t/p price',
  NO_MONEY: 'Not enough money on account to perform trade',
  UNKNOWN_POSITION: 'No such transaction',
  ALREADY_CLOSED: 'Cannot close already closed order',
  EXPIRATION: 'Invalid expiration',
  TOO_MANY_ORDERS: 'Too many trade requests',
}

/** What a transaction will do once it is executed; null when it was done, else why not. */
interface Plan {
  readonly market: Market
  readonly run: (order: number, visibleFrom: number | undefined) => string | null
}

function infoOf(call: Call): Info | undefined {
  const parsed = z.object({ tradeTransInfo }).safeParse(call.arguments)
  return parsed.success ? parsed.data.tradeTransInfo : undefined
}

const tradeTransaction: Command = {
  operation: (call) => (infoOf(call)?.type === types.remove ? 'cancel' : 'place'),
  answer: (call) => {
    const info = infoOf(call)
    if (info === undefined) return err(xapiError('EX000'))
    const plan = planOf(call, info)
    if (!plan.ok) return plan
    const { account, venue, faults, now } = call
    const place = { venue: venueName, accountId: account.id, operation: 'place' } as const
    const refused = info.type !== types.remove && faults.strike('reject', place) !== undefined
    const { visibleFrom } = underFaults(faults, account, noRequest, now)
    const order = venue.execute((session) => session.nextId())
    const run = () => (refused ? 'Rejected by the dealer' : plan.value.run(order, visibleFrom))
    const { market } = plan.value
    const customComment = info.customComment ?? ''
    const price = info.cmd === 1 ? market.bid : market.ask
    const facts = { order, accountId: account.id, customComment, market, price, visibleFrom: visibleFrom ?? 0 }
    call.transactions.start(account, facts, run)
    return ok({ order })
  },
}

const noRequest = { clientOrderId: '', side: 'buy', type: 'market', timeInForce: 'ioc' } as const

function planOf(call: Call, info: Info): Result<Plan, XapiError> {
  switch (info.type ?? types.open) {
    case types.open:
      return planOpen(call, info)
    case types.close:
      return planClose(call, info)
    case types.modify:
      return planModify(call, info)
    case types.remove:
      return planRemove(call, info)
    default:
      return err(xapiError('BE102'))
  }
}

function positive(value: Amount | null | undefined): Amount | null {
  return value === undefined || value === null || value <= 0n ? null : value
}

function levelsOf(info: Info, market: Market): Levels {
  const offset = positive(info.offset)
  return {
    stopLoss: positive(info.sl),
    takeProfit: positive(info.tp),
    trailingDistance: offset === null ? null : times(offset, contractOf(market).pip),
  }
}

function planOpen(call: Call, info: Info): Result<Plan, XapiError> {
  if (info.symbol === undefined || info.volume === undefined || info.volume === null) return err(xapiError('BE106'))
  const market = marketNamed(call, info.symbol)
  if (!market.ok) return market
  const command = info.cmd ?? 0
  if (command < 0 || command > firstPendingCommand + 3) return err(xapiError('BE102'))
  const pending = command >= firstPendingCommand
  const request: DealRequest = {
    ...levelsOf(info, market.value),
    clientOrderId: info.customComment ?? '',
    side: command % 2 === 0 ? 'buy' : 'sell',
    type: pending ? (pendingTypes[command - firstPendingCommand] ?? 'limit') : 'market',
    volume: info.volume,
    price: pending ? (positive(info.price) ?? undefined) : undefined,
    // Clients send a time with market orders too, which live for a moment only.
    expiresAt: pending && (info.expiration ?? 0) > 0 ? (info.expiration ?? null) : null,
  }
  const { account, venue } = call
  return ok({
    market: market.value,
    run: (orderId, visibleFrom) => {
      const desk = { account, market: market.value }
      return messageOf(venue.execute((session) => openDeal({ session, ...desk }, { ...request, orderId, visibleFrom })))
    },
  })
}

function messageOf(done: Result<unknown, DealRefusal>): string | null {
  return done.ok ? null : messages[done.error]
}

interface Named {
  readonly market: Market
  readonly ticketId: number | null
  readonly pending: Order | null
}

/** By number only: side, symbol and price of the command do not matter. */
function namedBy({ account, venue }: Call, info: Info): Result<Named, XapiError> {
  const id = info.order ?? 0
  const ticket = account.tickets.get(id)
  const pending = account.open.get(id) ?? null
  const symbol = ticket?.symbol ?? pending?.symbol
  const market = symbol === undefined ? undefined : marketOf(venue.state, venueName, symbol)
  if (market !== undefined) return ok({ market, ticketId: ticket?.id ?? null, pending })
  const closed = account.closedTickets.some((one) => one.ticket.id === id)
  return err(xapiError(closed ? 'BE097' : 'BE098'))
}

function planClose(call: Call, info: Info): Result<Plan, XapiError> {
  const named = namedBy(call, info)
  if (!named.ok) return named
  const { market, ticketId } = named.value
  if (ticketId === null) return err(xapiError('BE096'))
  const { account, venue } = call
  const request = { ticketId, volume: positive(info.volume) ?? undefined, clientOrderId: info.customComment ?? '' }
  return ok({
    market,
    run: (orderId, visibleFrom) =>
      messageOf(
        venue.execute((session) => closeDeal({ session, account, market }, { ...request, orderId, visibleFrom })),
      ),
  })
}

function planModify(call: Call, info: Info): Result<Plan, XapiError> {
  const named = namedBy(call, info)
  if (!named.ok) return named
  const { market, ticketId, pending } = named.value
  const { account, venue } = call
  const levels = levelsOf(info, market)
  const run = () =>
    venue.execute((session): Result<unknown, DealRefusal> => {
      const desk = { session, account, market }
      if (ticketId !== null) return changeTicket(desk, ticketId, levels)
      if (pending === null) return err('UNKNOWN_POSITION')
      const price = positive(info.price) ?? pending.price ?? pending.triggerPrice ?? 0n
      const expiresAt = (info.expiration ?? 0) > 0 ? (info.expiration ?? null) : null
      return changePending(desk, pending, { price, levels, expiresAt })
    })
  return ok({ market, run: () => messageOf(run()) })
}

function planRemove(call: Call, info: Info): Result<Plan, XapiError> {
  const named = namedBy(call, info)
  if (!named.ok) return named
  const { market, pending } = named.value
  const { account, venue } = call
  if (pending === null) return err(xapiError('BE098'))
  const run = () => {
    if (!account.open.has(pending.id)) return messages.ALREADY_CLOSED
    venue.execute((session) => cancelOrder(session, account, pending))
    return null
  }
  return ok({ market, run })
}

function openRecords({ account, venue, now }: Call): object[] {
  const shown = (order: Order) => order.visibleFrom <= now
  return [
    ...[...account.tickets.values()]
      .filter(({ openedBy }) => shown(openedBy))
      .map((ticket) => openRecord(venue.state, account, ticket)),
    ...[...account.open.values()].filter(shown).map((order) => pendingRecord(venue.state, account, order)),
  ].map(withTimeStrings)
}

function closedRecords({ account, venue, now }: Call, from: number, to: number): object[] {
  return account.closedTickets
    .filter(({ closedAt, closedBy }) => closedAt >= from && closedAt <= to && closedBy.visibleFrom <= now)
    .map((closed) => withTimeStrings(closedRecord(venue.state, account, closed)))
}

function tradeRecords(call: Call, orders: readonly number[]): Answer {
  const wanted = new Set(orders)
  const all = [...openRecords(call), ...closedRecords(call, 0, call.now)] as { readonly position: number }[]
  return ok(all.filter(({ position }) => wanted.has(position)))
}

export const tradingCommands: Readonly<Record<string, Command>> = {
  tradeTransaction,
  tradeTransactionStatus: reading(z.object({ order: wholeNumber }), (call, { order }) => {
    const found = call.transactions.find(call.account, order)
    return found === undefined ? err(xapiError('BE098')) : ok(statusRecord(found, call.now))
  }),
  getTrades: reading(z.object({ openedOnly: z.boolean().default(true) }).default({ openedOnly: true }), (call, given) =>
    ok([...openRecords(call), ...(given.openedOnly ? [] : closedRecords(call, 0, call.now))]),
  ),
  getTradesHistory: reading(z.object({ start: wholeNumber, end: wholeNumber }), (call, { start, end }) => {
    const from = start === 0 ? call.now - monthMs : start
    return ok(closedRecords(call, from, end === 0 ? call.now : end))
  }),
  getTradeRecords: reading(z.object({ orders: z.array(z.instanceof(WireNumber)).max(ordersMax) }), (call, given) =>
    tradeRecords(
      call,
      given.orders.map(({ text }) => Number(text)),
    ),
  ),
}
