/**
 * CEX.IO's private websocket: a greeting, a login, then reports of the sub-account's orders and its balances.
 * Called at the service's start. Must never tell an order to a connection that has not logged in.
 */
import { subAccount } from '#domain/accounts/account-keys'
import type { RunningVenue } from '#ports/running-venue.port'
import { type Fields, fieldsOf } from '../protocol/json-body.wire.ts'
import type { News, UserStreams } from '../streams/user-streams.wire.ts'
import type { Connection, Websockets } from '../streams/websockets.wire.ts'
import { accountOfLogin, keyIncorrect } from './cex.wire.ts'
import { balanceViews, executionReport } from './order.map.ts'

/** A client that says nothing for so long is gone. */
const silenceMaxMs = 60_000
const executionTypes: Readonly<Record<string, string>> = {
  accepted: 'New',
  triggered: 'New',
  filled: 'Trade',
  ended: 'Canceled',
}

interface Parts {
  readonly venue: RunningVenue
  readonly streams: UserStreams
}

export function serveCexStream(sockets: Websockets, prefix: string, parts: Parts): void {
  sockets.add({
    matches: (path) => path === `${prefix}/api/spot/ws`,
    open: (connection) => new CexConnection(connection, parts).start(),
  })
}

class CexConnection {
  private subscribed = false
  private silence: NodeJS.Timeout | undefined

  constructor(
    private readonly connection: Connection,
    private readonly parts: Parts,
  ) {}

  start(): void {
    this.awaitNext()
    this.connection.onText((text) => this.hear(text))
    this.connection.onClose(() => clearTimeout(this.silence))
    this.say({ e: 'connected' })
  }

  private awaitNext(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.disconnect(), silenceMaxMs)
    this.silence.unref()
  }

  private hear(text: string): void {
    this.awaitNext()
    const request = fieldsOf(text)
    if (request === undefined) return this.disconnect()
    if (request['e'] === 'ping') return this.say({ e: 'pong' })
    if (request['e'] === 'auth') return this.login(request)
    const error = this.subscribed ? `Unsupported message type ${String(request['e'])}` : 'Please Login'
    this.say({ e: request['e'], oid: request['oid'], data: { error }, ok: 'error' })
  }

  private login({ auth, oid }: Fields): void {
    const account = accountOfLogin(auth, this.parts.venue)
    if (account === undefined) {
      this.say({ e: 'auth', oid, data: { error: keyIncorrect }, ok: 'error' })
      return this.disconnect()
    }
    this.say({ e: 'auth', oid, data: { ok: 'ok' }, ok: 'ok', timestamp: this.parts.venue.now() })
    if (this.subscribed) return
    this.subscribed = true
    const { send, drop } = this.connection
    const translate = (news: News) => reportsOf(news)
    this.connection.onClose(this.parts.streams.subscribe(account, { translate, send, drop }))
  }

  private disconnect(): void {
    this.say({ e: 'disconnected' })
    this.connection.socket.close()
  }

  private say(message: object): void {
    this.connection.send(JSON.stringify(message))
  }
}

function reportsOf({ record, order, account }: News): readonly string[] {
  const executionType = executionTypes[record.kind]
  if (order === undefined || executionType === undefined) return []
  const fill = record.kind === 'filled' ? account.fills.findLast((each) => each.order === order) : undefined
  const report = { e: 'executionReport', data: executionReport(account, order, executionType, fill) }
  const balances = { e: 'account_update', data: { accountId: subAccount, balances: balanceViews(account) } }
  return [JSON.stringify(report), JSON.stringify(balances)]
}
