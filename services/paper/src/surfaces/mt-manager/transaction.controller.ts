/**
 * The one operation that trades and moves money: opens, closes, changes, deletes, pays in and out. Called by the server.
 * Must never answer that something is done which the engine refused.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { absolute, least, UNIT, type Amount } from '#domain/amount'
import { changePending, changeTicket, closeDeal, openDeal, type DealRefusal } from '#domain/cfd/deal'
import { contractMargin } from '#domain/cfd/contract-margin'
import type { Levels } from '#domain/cfd/deal-terms'
import { takerPrice } from '#domain/engine/levels'
import { mayLogIn, mayOnlyLook, type ManagedUser } from '#domain/accounts/managed-user'
import { cancelOrder } from '#domain/engine/place-order'
import type { Desk } from '#domain/engine/session'
import { listedAs, type Account, type Market } from '#domain/state'
import { underFaults } from '../binance/placement.map.ts'
import {
  accountOf,
  amountOf,
  answered,
  badAccount,
  type ManagerCall,
  type ManagerOperation,
  parse,
  userOf,
  usersOf,
} from './call.wire.ts'
import { managerError, type Failure } from './envelope.wire.ts'
import { venueName } from './token.wire.ts'
import { commentCharactersMax, openTradesOf, ticketOf, type TradeView } from './trade-record.map.ts'
import * as wire from './transaction.wire.ts'

type Body = wire.TransactionBody
/** The ticket that was made or changed. */
type Done = Result<number, Failure>

/** Money has two decimals. */
const centUnits = 1_000_000n
const lotUnits = 100n

export const transactionOperation: ManagerOperation = {
  method: 'POST',
  kind: 'MT4',
  path: 'TradeTransaction',
  versions: [1, 2],
  fault: (body) => (isDeletion(body) ? 'cancel' : 'place'),
  answer: (call) => {
    const parsed = parse(call.version === 2 ? wire.transactionBody : wire.firstTransactionBody, call.body)
    if (!parsed.ok) return parsed
    const body = parsed.value
    const done = outcomeOf(call, body)
    return done.ok ? answered({ ...echoOf(call, body), order: done.value }) : done
  },
}

function isDeletion(body: unknown): boolean {
  const type = (body as { readonly tradeTransactionType?: unknown } | undefined)?.tradeTransactionType
  return typeof type === 'string' && /delete/i.test(type)
}

/** The request as it was understood: in the words that its version knows. */
function echoOf({ body: given }: ManagerCall, body: Body): object {
  const { tradeTransactionType, tradeCommand } = given as { tradeTransactionType: string; tradeCommand: string }
  return {
    tradeTransactionType,
    tradeCommand,
    tradeRequestFlags: body.tradeRequestFlags ?? 'None',
    expiration: body.expiration ?? new Date(0).toISOString(),
    order: body.order,
    orderBy: body.orderBy,
    symbol: body.symbol ?? '',
    volume: body.volume,
    price: body.price,
    sl: body.sl,
    tp: body.tp,
    ieDeviation: body.ieDeviation,
    comment: (body.comment ?? '').slice(0, commentCharactersMax),
    crc: body.crc,
  }
}

function outcomeOf(call: ManagerCall, body: Body): Done {
  switch (body.tradeTransactionType) {
    case 'OpenMarket':
      return open(call, body, 'market')
    case 'OpenPending':
      return open(call, body, body.tradeCommand.endsWith('Limit') ? 'limit' : 'stop-market')
    case 'ModifyTrade':
      return modifyTrade(call, body)
    case 'ModifyPending':
      return modifyPending(call, body)
    case 'CloseMarket':
      return close(call, body)
    case 'DeletePending':
      return deletePending(call, body)
    case 'BalanceAdd':
      return moveFunds(call, body, 'balance')
    case 'CreditAdd':
      return moveFunds(call, body, 'credit')
  }
}

const sideOf = {
  Buy: 'buy',
  BuyLimit: 'buy',
  BuyStop: 'buy',
  Sell: 'sell',
  SellLimit: 'sell',
  SellStop: 'sell',
} as const
const noRequest = { clientOrderId: '', side: 'buy', type: 'market', timeInForce: 'ioc' } as const

interface Trading {
  readonly user: ManagedUser
  readonly account: Account
}

/** The account that `orderBy` names, if it may trade. */
function tradingAccount(call: ManagerCall, login: number): Result<Trading, Failure> {
  const user = userOf(call, login)
  if (user === undefined) return err(badAccount(login))
  const { enableFlags } = user.profile
  if ((enableFlags & mayLogIn) === 0) return err(managerError('AccountDisabled'))
  if ((enableFlags & mayOnlyLook) !== 0) return err(managerError('TradeDisable'))
  return ok({ user, account: accountOf(call, user) })
}

function open(call: ManagerCall, body: Body, type: 'market' | 'limit' | 'stop-market'): Done {
  const { tradeCommand, comment } = body
  const isMarket = tradeCommand === 'Buy' || tradeCommand === 'Sell'
  if (tradeCommand === 'Balance' || tradeCommand === 'Credit' || isMarket !== (type === 'market')) {
    return err(managerError('InvalidData', `${body.tradeTransactionType} takes no ${tradeCommand}`))
  }
  const trading = tradingAccount(call, body.orderBy)
  if (!trading.ok) return trading
  const market = listedAs(call.venue.state, venueName, body.symbol ?? '')
  if (market === undefined) return err(managerError('InvalidData', 'unknown symbol'))
  const side = sideOf[tradeCommand]
  const price = amountOf(body.price)
  if (price === undefined) return err(managerError('TradeBadPrices'))
  const refused = type === 'market' ? requoteOf(market, takerPrice(market, side), price, body) : undefined
  if (refused !== undefined) return err(refused)
  const { account } = trading.value
  const note = (comment ?? '').slice(0, commentCharactersMax)
  const { visibleFrom } = underFaults(call.faults, account, noRequest, call.now)
  const done = call.venue.execute((session) => {
    const orderId = session.nextId()
    return openDeal(
      { session, account, market },
      {
        ...levelsOf(body),
        orderId,
        clientOrderId: note === '' ? `deal-${ticketOf(orderId)}` : note,
        note: { comment: note },
        side,
        type,
        volume: lotsOf(body.volume),
        price: type === 'market' ? undefined : price,
        expiresAt: type === 'market' ? null : expiryOf(body),
        visibleFrom,
      },
    )
  })
  return done.ok ? ok(ticketOf(done.value.id)) : err(refusalOf(done.error))
}

/** What is asked for must lie no further from the market than so many points. */
function requoteOf({ instrument }: Market, market: Amount, price: Amount, body: Body): Failure | undefined {
  if (price <= 0n || price % instrument.priceStep !== 0n) return managerError('TradeBadPrices')
  const off = absolute(price - market)
  return off > BigInt(body.ieDeviation) * instrument.priceStep ? managerError('TradeRequote') : undefined
}

function lotsOf(units: number): Amount {
  return (BigInt(units) * UNIT) / lotUnits
}

function levelsOf({ sl, tp }: Body): Levels {
  const level = (value: number) => (value === 0 ? null : (amountOf(value) ?? 0n))
  return { stopLoss: level(sl), takeProfit: level(tp), trailingDistance: null }
}

/** The epoch and before mean never. */
function expiryOf({ expiration }: Body): number | null {
  const at =
    expiration === undefined ? 0 : Date.parse(/z|[+-]\d\d:\d\d$/i.test(expiration) ? expiration : `${expiration}Z`)
  return at > 0 ? at : null
}

function refusalOf(refusal: DealRefusal): Failure {
  return managerError(wire.refusals[refusal])
}

/** The open trade of the ticket, with its account; `orderBy` may be left out. */
function tradeOf(call: ManagerCall, body: Body): Result<Trading & { readonly trade: TradeView }, Failure> {
  for (const user of body.orderBy === 0 ? usersOf(call) : [userOf(call, body.orderBy)]) {
    if (user === undefined) return err(badAccount(body.orderBy))
    const trade = openTradesOf(call, user).find(({ order }) => order === body.order)
    if (trade === undefined) continue
    const trading = tradingAccount(call, user.login)
    return trading.ok ? ok({ ...trading.value, trade }) : trading
  }
  return err(managerError('InvalidData', `there is no open ticket ${body.order}`))
}

function onTicket(
  call: ManagerCall,
  { account, trade }: Trading & { readonly trade: TradeView },
  work: (desk: Desk) => Result<unknown, DealRefusal>,
): Done {
  const market = listedAs(call.venue.state, venueName, trade.symbol)
  if (market === undefined) return err(managerError('InvalidData', 'unknown symbol'))
  const done = call.venue.execute((session) => work({ session, account, market }))
  return done.ok ? ok(trade.order) : err(refusalOf(done.error))
}

function modifyTrade(call: ManagerCall, body: Body): Done {
  const found = tradeOf(call, body)
  if (!found.ok) return found
  const { ticket } = found.value.trade
  if (ticket === null) return err(managerError('InvalidData', 'the ticket is a pending order'))
  return onTicket(call, found.value, (desk) => changeTicket(desk, ticket.id, levelsOf(body)))
}

function modifyPending(call: ManagerCall, body: Body): Done {
  const found = tradeOf(call, body)
  if (!found.ok) return found
  const { pending } = found.value.trade
  const price = amountOf(body.price)
  if (pending === null || price === undefined) return err(managerError('InvalidData', 'the ticket is no pending order'))
  const change = { price, levels: levelsOf(body), expiresAt: expiryOf(body) }
  return onTicket(call, found.value, (desk) => changePending(desk, pending, change))
}

function close(call: ManagerCall, body: Body): Done {
  const found = tradeOf(call, body)
  if (!found.ok) return found
  const { trade, account } = found.value
  const { ticket } = trade
  if (ticket === null) return err(managerError('InvalidData', 'the ticket is a pending order'))
  if (body.symbol !== undefined && body.symbol !== null && body.symbol !== '' && body.symbol !== trade.symbol) {
    return err(managerError('InvalidData', 'the ticket has another symbol'))
  }
  const market = listedAs(call.venue.state, venueName, trade.symbol)
  const price = amountOf(body.price) ?? 0n
  const side = ticket.side === 'buy' ? 'sell' : 'buy'
  const refused = market === undefined ? undefined : requoteOf(market, takerPrice(market, side), price, body)
  if (refused !== undefined) return err(refused)
  const { visibleFrom } = underFaults(call.faults, account, noRequest, call.now)
  const comment = body.comment ?? ''
  return onTicket(call, found.value, (desk) => {
    const orderId = desk.session.nextId()
    const terms = { orderId, clientOrderId: `close-${ticketOf(orderId)}`, visibleFrom }
    const volume = lotsOf(body.volume)
    return closeDeal(desk, { ...terms, ticketId: ticket.id, volume, ...(comment === '' ? {} : { note: { comment } }) })
  })
}

function deletePending(call: ManagerCall, body: Body): Done {
  const found = tradeOf(call, body)
  if (!found.ok) return found
  const { pending } = found.value.trade
  if (pending === null) return err(managerError('InvalidData', 'the ticket is no pending order'))
  return onTicket(call, found.value, ({ session, account }) => ok(cancelOrder(session, account, pending)))
}

/** Above zero it is paid in or lent, below zero it is paid out or taken back. */
function moveFunds(call: ManagerCall, body: Body, purpose: 'balance' | 'credit'): Done {
  if (body.tradeCommand !== (purpose === 'balance' ? 'Balance' : 'Credit')) {
    return err(managerError('InvalidData', `${body.tradeTransactionType} takes no ${body.tradeCommand}`))
  }
  const user = userOf(call, body.orderBy)
  if (user === undefined) return err(badAccount(body.orderBy))
  const account = accountOf(call, user)
  const moved = amountOf(body.price)
  if (moved === undefined || moved === 0n || moved % centUnits !== 0n) {
    return err(managerError('InvalidData', 'the amount must have at most two decimals and not be zero'))
  }
  const { free, balance } = contractMargin(call.venue.state, account)
  const mostOut = purpose === 'credit' ? account.credit : least(balance, free - account.credit)
  if (moved < 0n && -moved > mostOut) return err(managerError('TradeNoMoney'))
  const comment = (body.comment ?? '').slice(0, commentCharactersMax)
  const done = call.venue.execute((session) => {
    const id = session.nextId()
    const { id: accountId } = account
    session.emit({
      kind: 'funds-moved',
      accountId,
      id,
      purpose,
      moved,
      comment,
      expiresAt: expiryOf(body),
      at: session.now,
    })
    return id
  })
  return ok(ticketOf(done))
}
