/**
 * Trades of an MT4 platform: all, of a login, of a group, of a symbol, by ticket, and those of the past. Called by the server.
 * Must never show trades of another client's users.
 */
import { err } from '@tradewire/kernel/result'
import type { ManagedUser } from '#domain/accounts/managed-user'
import { answered, listed, type ManagerCall, type ManagerOperation, userNamed, usersOf, wholeOf } from './call.wire.ts'
import { invalid, notFound, type Answer } from './envelope.wire.ts'
import { isOpen, tradesOf, type TradeView } from './trade-record.map.ts'

/** Where the answer comes from: the gateway's own memory, or the trade server itself. */
type Source = 'pump' | 'live'

function allOf(call: ManagerCall, users: readonly ManagedUser[], source: Source): TradeView[] {
  const youngest = source === 'live' ? Number.POSITIVE_INFINITY : call.now - call.pumpLagMs
  return users
    .flatMap((user) => tradesOf(call, user))
    .filter(({ openedAt }) => openedAt <= youngest)
    .toSorted((one, other) => one.order - other.order)
}

function told(trades: readonly TradeView[]): Answer {
  return listed(trades, (trade) => trade.record())
}

function openOnes(call: ManagerCall): Answer {
  return told(allOf(call, usersOf(call), 'pump').filter(isOpen))
}

function ofLogin(call: ManagerCall): Answer {
  const user = userNamed(call)
  if (!user.ok) return user
  const inGroup = user.value.profile.group === call.parameters['group']
  return told(inGroup ? allOf(call, [user.value], 'pump').filter(isOpen) : [])
}

function ofSymbol(call: ManagerCall): Answer {
  const symbol = call.query.get('symbol')
  if (symbol === null || symbol === '') return err(invalid('symbol: must be given'))
  return told(allOf(call, usersOf(call), 'pump').filter((trade) => isOpen(trade) && trade.symbol === symbol))
}

function inGroup(call: ManagerCall, group: string | null): ManagedUser[] {
  return usersOf(call).filter(({ profile }) => group === null || profile.group === group)
}

/** `openOnly` is yes unless it is said to be no. */
function ofGroup(call: ManagerCall): Answer {
  const { group = '', openOnly = call.query.get('openOnly') ?? 'true' } = call.parameters
  if (!/^(true|false)$/i.test(openOnly)) return err(invalid('openOnly: must be true or false'))
  const trades = allOf(call, inGroup(call, group), 'live')
  return told(openOnly.toLowerCase() === 'true' ? trades.filter(isOpen) : trades)
}

function byTicket(call: ManagerCall, source: Source, wanted: (trade: TradeView) => boolean): Answer {
  const order = wholeOf(call.parameters['order'], 'order')
  if (!order.ok) return order
  const found = allOf(call, usersOf(call), source).find((trade) => trade.order === order.value && wanted(trade))
  return found === undefined ? err(notFound(`there is no ticket ${order.value}`)) : answered(found.record())
}

function byTickets(call: ManagerCall): Answer {
  const wanted = new Set<number>()
  for (const each of call.query.getAll('orders')) {
    const order = wholeOf(each, 'orders')
    if (!order.ok) return order
    wanted.add(order.value)
  }
  return told(allOf(call, usersOf(call), 'live').filter(({ order }) => wanted.has(order)))
}

/** What was closed in the window, money that was moved among it. */
function history(call: ManagerCall): Answer {
  const user = userNamed(call)
  if (!user.ok) return user
  const [from, to] = ['fromTime', 'toTime'].map((name) => call.query.get(name))
  const [start, end] = [momentOf(from, 0), momentOf(to, Number.POSITIVE_INFINITY)]
  if (start === undefined || end === undefined) return err(invalid('fromTime, toTime: must be ISO 8601'))
  const past = allOf(call, [user.value], 'live').filter((trade) => trade.closedAt > 0)
  return told(past.filter(({ closedAt }) => closedAt >= start && closedAt <= end))
}

function momentOf(text: string | null | undefined, otherwise: number): number | undefined {
  if (text === null || text === undefined) return otherwise
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

const any = (): boolean => true

export const tradeOperations: readonly ManagerOperation[] = [
  { method: 'GET', kind: 'MT4', path: 'TradesGet', versions: [1, 2], paged: true, answer: openOnes },
  {
    method: 'GET',
    kind: 'MT4',
    path: 'TradesGet/{order}',
    answer: (call) => byTicket(call, 'pump', isOpen),
  },
  { method: 'GET', kind: 'MT4', path: 'TradesGetByLogin/{login}/{group}', answer: ofLogin },
  { method: 'GET', kind: 'MT4', path: 'TradesGetBySymbol', answer: ofSymbol },
  {
    method: 'GET',
    kind: 'MT4',
    path: 'TradesGetByMarket',
    answer: (call) => told(allOf(call, usersOf(call), 'pump').filter(({ ticket }) => ticket !== null)),
  },
  {
    method: 'GET',
    kind: 'MT4',
    path: 'TradesRequest',
    paged: true,
    answer: (call) => told(allOf(call, inGroup(call, call.query.get('group')), 'live')),
  },
  { method: 'GET', kind: 'MT4', path: 'TradeRecordGet/{order}', answer: (call) => byTicket(call, 'pump', any) },
  { method: 'GET', kind: 'MT4', path: 'TradeRecordRequest/{order}', answer: (call) => byTicket(call, 'live', any) },
  { method: 'GET', kind: 'MT4', path: 'TradeRecordsRequest', answer: byTickets },
  { method: 'GET', kind: 'MT4', path: 'TradesUserHistory/{login}', answer: history },
  { method: 'GET', kind: 'MT4', path: 'AdmTradesRequest/{group}', answer: ofGroup },
  { method: 'GET', kind: 'MT4', path: 'AdmTradesRequest/{group}/{openOnly}', versions: [1], answer: ofGroup },
]
