/**
 * Records as the user data events of Binance spot, inside their subscription envelope.
 * Called by the user streams. Must never leave a balance change without its outboundAccountPosition.
 */
import { isFinal, type Order } from '#domain/order'
import type { OrderFilled } from '#domain/records'
import { balanceOf } from '#domain/state'
import { sideWord, statusWord } from '../binance/order-words.map.ts'
import type { News, Translator } from '../streams/user-streams.wire.ts'
import { cancelIdOf, symbolOf, text, timeInForceWord, typeWord, workingTimeOf } from './order.map.ts'

type Execution = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED'

/** What orders and lists are numbered by: a venue in front of this one has other numbers than its own. */
type IdOf = (id: number) => number

interface SpotNews extends News {
  readonly idOf: IdOf
}

/** The translator of one subscription of one connection. */
export function spotEvents(subscriptionId: number, idOf: IdOf = (id) => id): Translator {
  return (news) => eventsOf({ ...news, idOf }).map((event) => JSON.stringify({ subscriptionId, event }))
}

function eventsOf(news: SpotNews): object[] {
  const { record, order } = news
  if (order === undefined) return []
  switch (record.kind) {
    case 'accepted': {
      const started = order.listId !== null && record.order.lock === 0n ? [listStatus(news, order)] : []
      const locked = record.order.lock > 0n ? [accountPosition(news, order)] : []
      return [report(news, order, 'NEW'), ...locked, ...started]
    }
    case 'triggered':
      return [report(news, order, 'NEW')]
    case 'filled':
      return [report(news, order, 'TRADE', record), accountPosition(news, order), ...listEnd(news, order)]
    case 'ended': {
      const execution = record.status === 'cancelled' ? 'CANCELED' : 'EXPIRED'
      return [report(news, order, execution), accountPosition(news, order), ...listEnd(news, order)]
    }
    default:
      return []
  }
}

function report({ now, idOf }: SpotNews, order: Order, execution: Execution, fill?: OrderFilled): object {
  const cancelled = execution === 'CANCELED'
  return {
    e: 'executionReport',
    E: now,
    s: symbolOf(order),
    c: cancelled ? cancelIdOf(order) : order.clientOrderId,
    S: sideWord(order),
    o: typeWord(order),
    f: timeInForceWord(order),
    q: text(order.quantity),
    p: text(order.price),
    P: text(order.triggerPrice),
    F: text(0n),
    g: order.listId === null ? -1 : idOf(order.listId),
    C: cancelled ? order.clientOrderId : '',
    x: execution,
    X: statusWord(order),
    r: 'NONE',
    i: idOf(order.id),
    l: text(fill?.quantity ?? 0n),
    z: text(order.filled),
    L: text(fill?.price ?? 0n),
    n: fill === undefined ? '0' : text(fill.fee),
    N: fill?.feeCurrency ?? null,
    T: fill?.at ?? order.updatedAt,
    t: fill?.tradeId ?? -1,
    I: fill?.tradeId ?? idOf(order.id),
    w: order.status === 'open' || order.status === 'partially-filled',
    m: fill?.maker ?? false,
    M: false,
    O: order.acceptedAt,
    Z: text(order.filledQuote),
    Y: fill === undefined ? text(0n) : text((fill.quantity * fill.price) / 100_000_000n),
    Q: text(order.quoteQuantity),
    W: workingTimeOf(order),
    V: 'NONE',
  }
}

function accountPosition({ account, now }: News, order: Order): object {
  return {
    e: 'outboundAccountPosition',
    E: now,
    u: account.updatedAt,
    B: order.symbol.split('/').map((asset) => {
      const { free, locked } = balanceOf(account, asset)
      return { a: asset, f: text(free), l: text(locked) }
    }),
  }
}

function listEnd(news: SpotNews, order: Order): object[] {
  if (order.listId === null || !isFinal(order.status)) return []
  for (const other of news.account.open.values()) if (other.listId === order.listId) return []
  return [listStatus(news, order)]
}

function listStatus({ account, now, idOf }: SpotNews, order: Order): object {
  const legs = account.orders.filter(({ listId }) => listId === order.listId)
  const done = legs.every(({ status }) => isFinal(status))
  return {
    e: 'listStatus',
    E: now,
    s: symbolOf(order),
    g: idOf(order.listId ?? -1),
    c: 'OCO',
    l: done ? 'ALL_DONE' : 'EXEC_STARTED',
    L: done ? 'ALL_DONE' : 'EXECUTING',
    r: 'NONE',
    C: order.listClientOrderId ?? '',
    T: now,
    O: legs.map((leg) => ({ s: symbolOf(leg), i: idOf(leg.id), c: leg.clientOrderId })),
  }
}
