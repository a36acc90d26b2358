/**
 * Users, positions, orders and deals in the words of MT5. Called by its operations.
 * Must never show what a fault switch hides.
 */
import type { Amount } from '#domain/amount'
import { closingPriceOf, contractMargin, contractOf, ticketProfitOf } from '#domain/cfd/contract-margin'
import type { CloseCause } from '#domain/cfd/deal-terms'
import { pendingPriceOf } from '#domain/cfd/ticket-book'
import type { Ticket } from '#domain/cfd/ticket'
import { mayLogIn, type ManagedUser } from '#domain/accounts/managed-user'
import type { Fill, Order } from '#domain/order'
import { heldMarketOf, type Account, type Market } from '#domain/state'
import { exact, serverTimeText, timeText, type ManagerCall } from './call.wire.ts'
import { currencyOf } from './record.map.ts'
import { venueName } from './token.wire.ts'
import { commentCharactersMax, ticketOf } from './trade-record.map.ts'

export interface Seen {
  readonly call: ManagerCall
  readonly user: ManagedUser
  readonly account: Account
}

const currencyDigits = 2
/** A lot is ten thousand units, and in the longer field a hundred million. */
const unitsPerAmount = 10_000n

function units(lots: Amount): number {
  return Number(lots / unitsPerAmount)
}

function commentOf(order: Order): string {
  return (order.deal?.note?.comment ?? '').slice(0, commentCharactersMax)
}

function symbolOf({ instrument }: Market) {
  return {
    symbol: instrument.venueSymbol,
    digits: instrument.priceDecimals,
    digitsCurrency: currencyDigits,
  }
}

export function positionRecord(seen: Seen, ticket: Ticket) {
  const { call, user, account } = seen
  const market = heldMarketOf(call.venue.state, venueName, ticket.symbol)
  return {
    login: user.login,
    ...symbolOf(market),
    action: ticket.side === 'buy' ? 'Buy' : 'Sell',
    contractSize: exact(contractOf(market).size),
    position: ticketOf(ticket.openedBy.id),
    timeCreate: serverTimeText(ticket.openedAt),
    timeUpdate: serverTimeText(ticket.updatedAt),
    timeCreateMsc: serverTimeText(ticket.openedAt),
    timeUpdateMsc: serverTimeText(ticket.updatedAt),
    priceOpen: exact(ticket.openPrice),
    priceCurrent: exact(closingPriceOf(market, ticket)),
    priceSL: exact(ticket.levels.stopLoss ?? 0n),
    priceTP: exact(ticket.levels.takeProfit ?? 0n),
    volume: units(ticket.volume),
    volumeExt: Number(ticket.volume),
    profit: exact(ticketProfitOf(call.venue.state, account, ticket)),
    storage: exact(ticket.swap),
    comment: commentOf(ticket.openedBy),
    rateMargin: exact(market.price),
    activationMode: 'None',
    reason: 'Dealer',
  }
}

export function orderRecord(seen: Seen, order: Order) {
  const market = heldMarketOf(seen.call.venue.state, venueName, order.symbol)
  const side = order.side === 'buy' ? 'Buy' : 'Sell'
  const { stopLoss, takeProfit, expiresAt } = order.deal ?? { stopLoss: null, takeProfit: null, expiresAt: null }
  const volume = order.quantity ?? 0n
  return {
    order: ticketOf(order.id),
    login: seen.user.login,
    ...symbolOf(market),
    contractSize: exact(contractOf(market).size),
    state: 'Placed',
    reason: 'Dealer',
    timeSetup: serverTimeText(order.acceptedAt),
    timeExpiration: serverTimeText(expiresAt ?? 0),
    timeSetupMsc: serverTimeText(order.acceptedAt),
    type: `${side}${order.type === 'limit' ? 'Limit' : 'Stop'}`,
    typeFill: 'Return',
    typeTime: expiresAt === null ? 'GtC' : 'Specified',
    priceOrder: exact(pendingPriceOf(order) ?? 0n),
    priceTrigger: 0,
    priceCurrent: exact(order.side === 'buy' ? market.ask : market.bid),
    priceSL: exact(stopLoss ?? 0n),
    priceTP: exact(takeProfit ?? 0n),
    volumeInitial: units(volume),
    volumeCurrent: units(volume - order.filled),
    comment: commentOf(order),
    volumeInitialExt: Number(volume),
    volumeCurrentExt: Number(volume - order.filled),
  }
}

const reasons: Readonly<Record<CloseCause, string>> = {
  client: 'Dealer',
  'stop-loss': 'Sl',
  'take-profit': 'Tp',
  'stop-out': 'So',
}

export function dealRecord(seen: Seen, fill: Fill) {
  const { account, user } = seen
  const { order, deal } = fill
  const market = heldMarketOf(seen.call.venue.state, venueName, order.symbol)
  const closed = account.closedTickets.find(({ tradeId }) => tradeId === fill.tradeId)
  const opened = closed?.ticket ?? (deal === undefined ? undefined : account.tickets.get(deal.ticketId))
  return {
    deal: ticketOf(fill.tradeId),
    login: user.login,
    order: ticketOf(order.id),
    action: order.side === 'buy' ? 'Buy' : 'Sell',
    entry: deal?.closes === true ? 'Out' : 'In',
    ...symbolOf(market),
    contractSize: exact(contractOf(market).size),
    time: serverTimeText(fill.at),
    timeMsc: serverTimeText(fill.at),
    price: exact(fill.price),
    volume: units(fill.quantity),
    volumeExt: Number(fill.quantity),
    volumeClosed: deal?.closes === true ? units(fill.quantity) : 0,
    profit: exact(fill.realizedPnl),
    storage: exact(closed?.swap ?? 0n),
    commission: exact(-fill.fee),
    fee: 0,
    positionID: ticketOf((opened?.openedBy ?? order).id),
    comment: commentOf(order),
    reason: reasons[deal?.cause ?? 'client'],
  }
}

/** The deposit that every account begins with. */
export function firstDeal({ account, user }: Seen) {
  return {
    deal: 1,
    login: user.login,
    order: 0,
    action: 'Balance',
    entry: 'In',
    time: serverTimeText(account.createdAt),
    timeMsc: serverTimeText(account.createdAt),
    symbol: '',
    price: 0,
    volume: 0,
    profit: exact(account.deposit),
    storage: 0,
    commission: 0,
    fee: 0,
    positionID: 0,
    comment: 'Deposit',
    reason: 'Dealer',
  }
}

export function userRecord5({ call, user, account }: Seen) {
  const { profile, login, registeredAt } = user
  const { balance, equity } = contractMargin(call.venue.state, account)
  const { group, name, country, city, state, zipCode, phone, comment, leverage, address, status, leadSource } = profile
  const words = { group, name, country, city, state, zipCode, phone, comment, leverage, address, status, leadSource }
  const nothing = { company: '', account: '', language: 0, leadCampaign: '', clientID: 0, certSerialNumber: 0 }
  const names = { firstName: '', lastName: '', middleName: '' }
  const agent = { commissionDaily: 0, commissionMonthly: 0, commissionAgentDaily: 0, commissionAgentMonthly: 0 }
  return {
    login,
    ...words,
    ...nothing,
    ...names,
    ...agent,
    eMail: profile.email,
    color: profile.userColor,
    id: profile.externalId,
    agent: profile.agentAccount,
    rights: (profile.enableFlags & mayLogIn) === 0 ? 'None' : 'Enabled',
    registration: timeText(registeredAt),
    lastAccess: timeText(account.updatedAt),
    lastPassChange: null,
    lastIP: '',
    balance: exact(balance),
    credit: exact(account.credit),
    interestRate: profile.interestRate,
    balancePrevDay: exact(balance),
    balancePrevMonth: exact(balance),
    equityPrevDay: exact(equity),
    equityPrevMonth: exact(equity),
  }
}

export function groupRecord5(group: string) {
  return {
    group,
    company: 'Tradewire Demo',
    currency: currencyOf(group),
    currencyDigits,
    marginCall: 100,
    marginStopOut: 50,
    marginMode: 'RetailHedged',
  }
}

export function symbolRecord(market: Market) {
  const { instrument } = market
  const contract = contractOf(market)
  const forex = contract.group === 'forex'
  return {
    symbol: instrument.venueSymbol,
    path: `${contract.group}\\${instrument.venueSymbol}`,
    description: contract.description,
    currencyBase: forex ? instrument.base : instrument.quote,
    currencyProfit: instrument.quote,
    currencyMargin: forex ? instrument.base : instrument.quote,
    digits: instrument.priceDecimals,
    point: exact(instrument.priceStep),
    tradeMode: 'Full',
    calcMode: forex ? 'Forex' : 'CfdLeverage',
    execMode: 'Market',
    tickSize: exact(instrument.priceStep),
    contractSize: exact(contract.size),
    stopsLevel: 0,
    freezeLevel: 0,
    volumeMin: units(instrument.quantityMinimum),
    volumeMax: units(instrument.quantityMaximum),
    volumeStep: units(instrument.quantityStep),
  }
}
