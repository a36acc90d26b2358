/**
 * Coinbase's websocket for one user's orders: a token with the subscription, a snapshot, then what changes.
 * Called at the service's start. Must never tell an order to a connection whose token was not of its account.
 */
import type { Account } from '#domain/state'
import { isFinal } from '#domain/order'
import type { RunningVenue } from '#ports/running-venue.port'
import { fieldsOf } from '../protocol/json-body.wire.ts'
import type { News, UserStreams } from '../streams/user-streams.wire.ts'
import type { Connection, Websockets } from '../streams/websockets.wire.ts'
import { accountOfToken } from './coinbase.wire.ts'
import { bracketOf, pushView } from './order.map.ts'
import { marketOfOrder } from './orders.controller.ts'

interface Parts {
  readonly venue: RunningVenue
  readonly streams: UserStreams
}

export function serveCoinbaseStream(sockets: Websockets, prefix: string, parts: Parts): void {
  sockets.add({
    matches: (candidate) => candidate === `${prefix}/ws`,
    open: (connection) => new CoinbaseConnection(connection, parts).start(),
  })
}

class CoinbaseConnection {
  private sequence = 0
  private subscribed = false

  constructor(
    private readonly connection: Connection,
    private readonly parts: Parts,
  ) {}

  start(): void {
    this.connection.onText((text) => this.hear(text))
  }

  private hear(text: string): void {
    const request = fieldsOf(text)
    if (request?.['type'] !== 'subscribe') return this.fail('invalid message')
    if (request['channel'] === 'heartbeats')
      return this.say('subscriptions', [{ subscriptions: { heartbeats: ['heartbeats'] } }])
    if (request['channel'] !== 'user') return this.fail('channel required')
    const { venue } = this.parts
    const account = accountOfToken(typeof request['jwt'] === 'string' ? request['jwt'] : '', null, venue)
    if (account === undefined) return this.fail('authentication failure')
    this.subscribe(account)
  }

  private subscribe(account: Account): void {
    if (this.subscribed) return
    this.subscribed = true
    const { venue, streams } = this.parts
    const open = [...account.open.values()].filter(
      (order) => order.listId === null || bracketOf(account, order)?.target === order,
    )
    const orders = open.map((order) => pushView(account, order, marketOfOrder({ venue }, order).instrument))
    this.say('user', [{ type: 'snapshot', orders }])
    this.say('subscriptions', [{ subscriptions: { user: [account.id] } }])
    // Numbers are given when a message leaves, not when it is made: a fault switch may hold one back.
    const send = (text: string) => this.say('user', [{ type: 'update', orders: [JSON.parse(text) as unknown] }])
    const translate = (news: News) => this.translate(news)
    this.connection.onClose(streams.subscribe(account, { translate, send, drop: this.connection.drop }))
  }

  /** Of a bracket, the end of one half is told when the other one has ended or is at work. */
  private translate({ record, order, account }: News): readonly string[] {
    if (order === undefined || !['accepted', 'triggered', 'filled', 'ended'].includes(record.kind)) return []
    const bracket = bracketOf(account, order)
    if (order.listId !== null && bracket === undefined) return []
    if (bracket !== undefined && record.kind === 'ended') {
      const other = bracket.target === order ? bracket.stop : bracket.target
      if (!isFinal(other.status) || other.filled > 0n) return []
    }
    return [JSON.stringify(pushView(account, order, marketOfOrder(this.parts, order).instrument))]
  }

  private fail(message: string): void {
    this.connection.send(JSON.stringify({ type: 'error', message }))
  }

  private say(channel: string, events: readonly unknown[]): void {
    const timestamp = new Date(this.parts.venue.now()).toISOString()
    this.connection.send(JSON.stringify({ channel, client_id: '', timestamp, sequence_num: this.sequence, events }))
    this.sequence += 1
  }
}
