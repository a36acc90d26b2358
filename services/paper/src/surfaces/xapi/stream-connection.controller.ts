/**
 * One streaming connection: what it has subscribed to, for which sessions, and what it is told.
 * Called by the listeners and the server's ticker. Must never answer a subscription, nor tell what a crash could lose.
 */
import { z } from 'zod'
import type { ClosedTicket } from '#domain/cfd/ticket'
import { minuteMs } from '#domain/books/candles'
import { ticketProfitOf } from '#domain/cfd/contract-margin'
import { findMarket, type Account, type VenueState } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import type { News, UserStreams } from '../streams/user-streams.wire.ts'
import { venueName } from './command.wire.ts'
import { errorBody, type Link } from './main-connection.controller.ts'
import { Pacing, type XapiRules } from './rules.wire.ts'
import type { XapiSession, XapiSessions } from './sessions.wire.ts'
import { candleRecord, tickRecord } from './symbol-record.map.ts'
import { balanceRecord, closedRecord, openRecord, pendingRecord, recordType, streamed } from './trade-record.map.ts'
import type { Transaction } from './transactions.wire.ts'
import { encode, numberOf, parseExact, WireNumber } from './values.wire.ts'
import { xapiError } from './xapi-error.wire.ts'

const arrivalDefaultMs = 200
const balanceEveryMs = 1_000
const symbolsMax = 500

const kinds = ['Balance', 'KeepAlive', 'News', 'Profits', 'Trades', 'TradeStatus'] as const
type Kind = (typeof kinds)[number]

const message = z.object({
  command: z.string(),
  streamSessionId: z.union([z.string(), z.instanceof(WireNumber).transform(({ text }) => text)]).optional(),
  symbol: z.string().max(64).optional(),
  minArrivalTime: z
    .instanceof(WireNumber)
    .transform(({ text }) => Number(text))
    .optional(),
})
type Message = z.output<typeof message>

interface TickSubscription {
  readonly everyMs: number
  sentAt: number
  sent: string
}

class Subscriber {
  readonly kinds = new Set<Kind>()
  readonly ticks = new Map<string, TickSubscription>()
  /** By symbol, the start of the newest minute that was told. */
  readonly candles = new Map<string, number>()
  toldAt = 0
  readonly told = new Map<string, string>()

  constructor(
    readonly session: XapiSession,
    readonly unsubscribe: () => void,
  ) {}
}

export interface StreamParts {
  readonly venue: RunningVenue
  readonly sessions: XapiSessions
  readonly streams: UserStreams
  readonly rules: XapiRules
}

export class StreamConnection {
  private readonly subscribers = new Map<string, Subscriber>()
  private readonly pacing: Pacing
  private keptAliveAt = 0

  constructor(
    private readonly parts: StreamParts,
    private readonly link: Link,
  ) {
    this.pacing = new Pacing(parts.rules)
  }

  heard(text: string): void {
    const raw = parseExact(text)
    const object = typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    if (!object || this.pacing.tooFast(this.parts.venue.now())) return this.link.drop()
    const parsed = message.safeParse(raw)
    if (!parsed.success) return this.fail('BE110')
    const { command } = parsed.data
    if (command.startsWith('stop')) return this.stop(command.slice('stop'.length), parsed.data)
    const subscriber = this.subscriberOf(parsed.data.streamSessionId ?? '')
    if (subscriber === undefined) return this.fail('BE117')
    subscriber.session.lastCommandAt = this.parts.venue.now()
    if (command !== 'ping') this.start(command.replace(/^get/, ''), parsed.data, subscriber)
  }

  /** A session has ended: nothing is told for it any more. */
  forget(session: XapiSession): void {
    const known = this.subscribers.get(session.streamSessionId)
    known?.unsubscribe()
    this.subscribers.delete(session.streamSessionId)
  }

  closed(): void {
    for (const { session } of this.subscribers.values()) this.forget(session)
  }

  tradeStatus(account: Account, transaction: Transaction): void {
    for (const { session, kinds: wanted } of this.subscribers.values()) {
      if (session.account !== account || !wanted.has('TradeStatus')) continue
      const { customComment, message: why, order, price, status } = transaction
      this.tell('tradeStatus', { customComment, message: why, order, price: numberOf(price), requestStatus: status })
    }
  }

  /** What goes by the clock: keep-alives, ticks, candles, balances and profits. */
  tick(now: number): void {
    const { rules } = this.parts
    const all = [...this.subscribers.values()]
    if (now - this.keptAliveAt >= rules.keepAliveMs && all.some(({ kinds: wanted }) => wanted.has('KeepAlive'))) {
      this.keptAliveAt = now
      this.tell('keepAlive', { timestamp: now })
    }
    for (const subscriber of all) {
      this.tellTicks(subscriber, now)
      this.tellCandles(subscriber)
      if (now - subscriber.toldAt < balanceEveryMs) continue
      subscriber.toldAt = now
      this.tellMoney(subscriber)
    }
  }

  private fail(code: 'BE110' | 'BE117' | 'BE104' | 'BE115'): void {
    this.link.send(encode(errorBody(xapiError(code))))
  }

  private tell(command: string, data: object): void {
    this.link.send(encode({ command, data }))
  }

  private subscriberOf(streamSessionId: string): Subscriber | undefined {
    const known = this.subscribers.get(streamSessionId)
    if (known !== undefined) return known
    const session = this.parts.sessions.byStreamToken(streamSessionId)
    if (session === undefined) return undefined
    const { account } = session
    const { streams } = this.parts
    const unsubscribe = streams.subscribe(account, {
      translate: (news) => this.translate(streamSessionId, news),
      send: (text) => this.link.send(text),
      drop: this.link.drop,
    })
    const made = new Subscriber(session, unsubscribe)
    this.subscribers.set(streamSessionId, made)
    return made
  }

  private start(name: string, { symbol, minArrivalTime }: Message, subscriber: Subscriber): void {
    const kind = kinds.find((each) => each === name)
    if (kind !== undefined) return void subscriber.kinds.add(kind)
    if (name !== 'TickPrices' && name !== 'Candles') return this.fail('BE104')
    const market = findMarket(this.parts.venue.state, venueName, symbol ?? '')
    if (market === undefined || symbol === undefined) return this.fail('BE115')
    if (subscriber.ticks.size >= symbolsMax || subscriber.candles.size >= symbolsMax) return
    if (name === 'Candles') subscriber.candles.set(symbol, market.updatedAt - (market.updatedAt % minuteMs))
    else {
      const everyMs = minArrivalTime === undefined || minArrivalTime <= 0 ? arrivalDefaultMs : minArrivalTime
      subscriber.ticks.set(symbol, { everyMs, sentAt: 0, sent: '' })
    }
  }

  private stop(name: string, { streamSessionId, symbol }: Message): void {
    for (const subscriber of this.subscribers.values()) {
      if (streamSessionId !== undefined && subscriber.session.streamSessionId !== streamSessionId) continue
      const kind = kinds.find((each) => each === name)
      if (kind !== undefined) subscriber.kinds.delete(kind)
      else if (name === 'TickPrices') subscriber.ticks.delete(symbol ?? '')
      else if (name === 'Candles') subscriber.candles.delete(symbol ?? '')
    }
  }

  private tellTicks({ ticks }: Subscriber, now: number): void {
    for (const [symbol, subscription] of ticks) {
      if (now - subscription.sentAt < subscription.everyMs) continue
      const market = findMarket(this.parts.venue.state, venueName, symbol)
      if (market === undefined) continue
      const quote = `${market.updatedAt} ${market.bid} ${market.ask}`
      if (quote === subscription.sent) continue
      subscription.sent = quote
      subscription.sentAt = now
      this.tell('tickPrices', { ...tickRecord(market, now), quoteId: 2 })
    }
  }

  /** A minute is told once the next one has begun. */
  private tellCandles({ candles }: Subscriber): void {
    for (const [symbol, told] of candles) {
      const market = findMarket(this.parts.venue.state, venueName, symbol)
      if (market === undefined || market.updatedAt - (market.updatedAt % minuteMs) <= told) continue
      candles.set(symbol, market.updatedAt - (market.updatedAt % minuteMs))
      const [candle] = market.candles.list({ intervalMs: minuteMs, limit: 1, from: told })
      if (candle !== undefined && candle.at === told) this.tell('candle', candleRecord(market, candle))
    }
  }

  private tellMoney(subscriber: Subscriber): void {
    const { session, kinds: wanted } = subscriber
    const { state } = this.parts.venue
    if (wanted.has('Balance')) this.tellChange(subscriber, 'balance', balanceRecord(state, session.account))
    if (!wanted.has('Profits')) return
    for (const ticket of session.account.tickets.values()) {
      const profit = numberOf(ticketProfitOf(state, session.account, ticket))
      const ids = { order: ticket.id, order2: ticket.openedBy.id, position: ticket.id }
      this.tellChange(subscriber, 'profit', { ...ids, profit }, String(ticket.id))
    }
  }

  private tellChange({ told }: Subscriber, command: string, data: object, about = ''): void {
    const text = encode({ command, data })
    if (told.get(command + about) === text) return
    told.set(command + about, text)
    this.link.send(text)
  }

  /** One record of the books as what this session wants of it. */
  private translate(streamSessionId: string, news: News): string[] {
    const wanted = this.subscribers.get(streamSessionId)?.kinds
    if (wanted === undefined) return []
    const trades = wanted.has('Trades') ? tradesOf(news) : []
    const texts = trades.map((data) => encode({ command: 'trade', data }))
    if (wanted.has('Balance') && news.record.kind === 'filled') {
      texts.push(encode({ command: 'balance', data: balanceRecord(news.state, news.account) }))
    }
    return texts
  }
}

function tradesOf(news: News): object[] {
  const { record, account, order, state } = news
  switch (record.kind) {
    case 'accepted':
      return order !== undefined && order.type !== 'market' ? [pending(news, 'Modified')] : []
    case 'order-changed':
      return [pending(news, 'Modified')]
    case 'ended':
      return [pending(news, 'Deleted')]
    case 'ticket-changed':
      return open(state, account, record.ticketId)
    case 'filled': {
      const wasPending = order !== undefined && order.type !== 'market' ? [pending(news, 'Deleted')] : []
      const { deal } = record
      if (deal?.closes !== true) return [...wasPending, ...open(state, account, deal?.ticketId ?? 0)]
      const last = account.closedTickets.at(-1)
      const rest = open(state, account, deal.ticketId)
      return [...wasPending, ...(last === undefined ? [] : [closedOf(state, account, last)]), ...rest]
    }
    default:
      return []
  }
}

function closedOf(state: VenueState, account: Account, closed: ClosedTicket): object {
  return { ...streamed(closedRecord(state, account, closed)), state: 'Modified', type: recordType.close }
}

function open(state: VenueState, account: Account, ticketId: number): object[] {
  const ticket = account.tickets.get(ticketId)
  return ticket === undefined
    ? []
    : [{ ...streamed(openRecord(state, account, ticket)), state: 'Modified', type: recordType.open }]
}

function pending({ state, account, order }: News, word: 'Modified' | 'Deleted'): object {
  if (order === undefined) return {}
  const closed = word === 'Deleted'
  const record = { ...streamed(pendingRecord(state, account, order)), state: word, type: recordType.pending }
  return { ...record, profit: null, closed, ...(closed ? { close_time: order.updatedAt } : {}) }
}
