/**
 * OKX's private websockets: login, subscriptions, and the pushes of orders, algo orders, balances and positions.
 * Called at the service's start. Must never push to a connection that has not logged in.
 */
import { inAlgoBook, leverageOf, marketOf, type Account } from '#domain/state'
import { isConditional, isFinal, type Order } from '#domain/order'
import { formatAmount } from '#domain/amount'
import type { Instrument } from '#domain/listing/instruments'
import type { RunningVenue } from '#ports/running-venue.port'
import type { News, UserStreams } from '../streams/user-streams.wire.ts'
import type { Connection, Websockets } from '../streams/websockets.wire.ts'
import { balanceView, positionViews } from './account.map.ts'
import { algoView, instrumentType, orderView, otherHalfOf } from './order.map.ts'
import { accountOfKey, equalTexts, type Fields, fieldsOf, signatureOf, textOf } from './okx.wire.ts'

const freshMs = 30_000
const secondMs = 1_000
const verifyPath = '/users/self/verify'
const privateChannels: ReadonlySet<string> = new Set(['orders', 'account', 'positions'])
const businessChannels: ReadonlySet<string> = new Set(['orders-algo'])
const instrumentTypes: ReadonlySet<string> = new Set(['SPOT', 'SWAP', 'MARGIN', 'FUTURES', 'OPTION', 'ANY'])

interface Subscription {
  readonly channel: string
  readonly instType?: string
  readonly instId?: string
}

export function serveOkxStreams(sockets: Websockets, prefix: string, venue: RunningVenue, streams: UserStreams): void {
  for (const [path, channels] of [
    ['private', privateChannels],
    ['business', businessChannels],
  ] as const) {
    sockets.add({
      matches: (candidate) => candidate === `${prefix}/ws/v5/${path}`,
      open: (connection) => new OkxConnection(connection, channels, { venue, streams }).start(),
    })
  }
}

class OkxConnection {
  private account: Account | undefined
  private readonly subscriptions = new Map<string, Subscription>()

  constructor(
    private readonly connection: Connection,
    private readonly channels: ReadonlySet<string>,
    private readonly parts: { readonly venue: RunningVenue; readonly streams: UserStreams },
  ) {}

  start(): void {
    this.connection.onText((text) => {
      if (text === 'ping') this.connection.send('pong')
      else this.hear(text)
    })
  }

  private hear(text: string): void {
    const request = fieldsOf(text)?.items[0]
    const parts = Array.isArray(request?.['args']) ? (request['args'] as unknown[]) : []
    const isObject = (part: unknown): part is Fields => typeof part === 'object' && part !== null
    const operation = request === undefined ? undefined : textOf(request, 'op')
    if (operation === undefined || parts.length === 0 || !parts.every(isObject)) {
      this.fail('60012', `Invalid request: ${text.slice(0, 200)}`)
      return
    }
    for (const part of parts) {
      if (operation === 'login') this.login(part)
      else if (operation === 'subscribe') this.subscribe(part)
      else if (operation === 'unsubscribe') this.unsubscribe(part)
      else this.fail('60012', `Invalid request: op ${operation.slice(0, 40)}`)
    }
  }

  private login(fields: Fields): void {
    const { venue, streams } = this.parts
    const timestamp = textOf(fields, 'timestamp') ?? ''
    if (!/^\d{10}(\.\d{1,3})?$/.test(timestamp)) return this.fail('60004', 'Invalid timestamp')
    if (Math.abs(venue.now() - Number(timestamp) * secondMs) > freshMs) {
      return this.fail('60006', 'Timestamp request expired')
    }
    const account = accountOfKey(venue, textOf(fields, 'apiKey') ?? '')
    if (account === undefined) return this.fail('60005', 'Invalid apiKey')
    if (!equalTexts(account.passphrase ?? '', textOf(fields, 'passphrase') ?? '')) {
      return this.fail('60024', 'Wrong passphrase')
    }
    const signed = signatureOf(account.secret, `${timestamp}GET${verifyPath}`)
    if (!equalTexts(signed, textOf(fields, 'sign') ?? '')) return this.fail('60007', 'Invalid sign')
    if (this.account === undefined) {
      const { send, drop } = this.connection
      const translate = (news: News) => this.translate(news)
      this.connection.onClose(streams.subscribe(account, { translate, send, drop }))
    }
    this.account = account
    this.say({ event: 'login', code: '0', msg: '', connId: 'paper' })
  }

  private subscribe(fields: Fields): void {
    const { account } = this
    if (account === undefined) return this.fail('60011', 'Please log in')
    const channel = textOf(fields, 'channel') ?? ''
    const type = textOf(fields, 'instType')
    const needsType = channel !== 'account'
    if (!this.channels.has(channel) || (needsType && !instrumentTypes.has(type ?? ''))) {
      const told = JSON.stringify(fields).slice(1, -1).replaceAll('"', '').slice(0, 200)
      return this.fail(
        '60018',
        `Wrong URL or ${told} doesn't exist. Please use the correct URL, channel and parameters.`,
      )
    }
    this.subscriptions.set(JSON.stringify(fields), fields as unknown as Subscription)
    this.say({ event: 'subscribe', arg: fields, connId: 'paper' })
    const { state } = this.parts.venue
    if (channel === 'account') this.push(fields, [accountPush(state, account)])
    if (channel === 'positions') this.push(fields, positionViews(state, account))
  }

  private unsubscribe(fields: Fields): void {
    this.subscriptions.delete(JSON.stringify(fields))
    this.say({ event: 'unsubscribe', arg: fields, connId: 'paper' })
  }

  /** What one record means to each subscription. */
  private translate(news: News): readonly string[] {
    const texts: string[] = []
    for (const subscription of this.subscriptions.values()) {
      for (const data of dataOf(subscription, news)) texts.push(JSON.stringify({ arg: subscription, data: [data] }))
    }
    return texts
  }

  private push(arg: Fields, data: readonly unknown[]): void {
    this.say({ arg, data })
  }

  private fail(code: string, msg: string): void {
    this.say({ event: 'error', code, msg, connId: 'paper' })
  }

  private say(message: object): void {
    this.connection.send(JSON.stringify(message))
  }
}

function accountPush(state: News['state'], account: Account) {
  const view = balanceView(state, account)
  const extra = { coinUsdPrice: '1', colBorrAutoConversion: '0', collateralRestrict: false }
  return { ...view, availEq: '', details: view.details.map((detail) => ({ ...detail, ...extra })) }
}

function dataOf(subscription: Subscription, news: News): readonly unknown[] {
  const { record, order, account, state } = news
  const changed = record.kind === 'filled' || record.kind === 'insured'
  if (subscription.channel === 'account') return changed ? [accountPush(state, account)] : []
  if (subscription.channel === 'positions') return changed ? positionViews(state, account) : []
  const instrument = order === undefined ? undefined : marketOf(state, account.venue, order.symbol)?.instrument
  if (order === undefined || instrument === undefined || !matches(subscription, instrument)) return []
  if (subscription.channel === 'orders') return bookPush(news, order, instrument)
  return algoPush(news, order, instrument)
}

function matches({ instType, instId }: Subscription, instrument: Instrument): boolean {
  const type = instType === 'ANY' || instType === instrumentType(instrument)
  return type && (instId === undefined || instId === instrument.venueSymbol)
}

/** Placed, triggered into the book, filled, ended: each is one push of the order as it is then. */
function bookPush({ record, account }: News, order: Order, instrument: Instrument): readonly unknown[] {
  const tells = ['accepted', 'triggered', 'filled', 'ended'].includes(record.kind)
  if (!tells || inAlgoBook(account, order)) return []
  const fill = record.kind === 'filled' ? account.fills.at(-1) : undefined
  const leverage = instrument.kind === 'spot' ? null : leverageOf(account, order.symbol)
  const view = orderView(order, instrument, { leverage, lastFill: fill })
  const execution =
    fill === undefined
      ? { execType: '', fillFee: '0', fillFeeCcy: '', fillPnl: '0' }
      : {
          execType: fill.maker ? 'M' : 'T',
          fillFee: formatAmount(-fill.fee),
          fillFeeCcy: fill.feeCurrency,
          fillPnl: formatAmount(fill.realizedPnl),
        }
  return [{ ...view, ...execution, amendResult: '', reqId: '', code: '0', msg: '' }]
}

/** A stop and a target are told as one: when both stand, when one is triggered, when both have ended. */
function algoPush({ record, account }: News, order: Order, instrument: Instrument): readonly unknown[] {
  if (!isConditional(order.type)) return []
  const otherHalf = otherHalfOf(account, order)
  if (order.listId !== null && otherHalf === undefined) return []
  const ended = record.kind === 'ended' && order.triggeredId === null
  if (record.kind !== 'accepted' && record.kind !== 'triggered' && !ended) return []
  if (ended && otherHalf !== undefined && (otherHalf.triggeredId !== null || !isFinal(otherHalf.status))) return []
  const leverage = instrument.kind === 'spot' ? null : leverageOf(account, order.symbol)
  return [{ ...algoView(order, instrument, { leverage, otherHalf }), notionalUsd: '' }]
}
