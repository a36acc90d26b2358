/**
 * Tokocrypto's user data: tokens to listen with, and the websocket API that takes one. Called at the service's start.
 * Must never subscribe a connection whose token is not of its account, or has run out.
 */
import { ok, type Result } from '@tradewire/kernel/result'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { hexSignature, signatureMatches } from '../binance/signature.wire.ts'
import { venueError, type VenueError } from '../binance/venue-error.wire.ts'
import { spotEvents } from '../binance-spot/user-data.map.ts'
import { type Fields, fieldsOf } from '../protocol/json-body.wire.ts'
import type { ProtocolEndpoint, Refused, SignedCall } from '../protocol/protocol.controller.ts'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import type { Connection, Websockets } from '../streams/websockets.wire.ts'
import { innerIdOf } from './order.map.ts'
import { callsMax, envelope, parametersOfCall, tokocryptoVenue } from './tokocrypto.wire.ts'

const okHttp = 200
const validityMaxMs = 86_400_000
const invalidToken = venueError(-1_209, 'Invalid listen token.')
const malformed = venueError(-1_135, 'Invalid JSON request.')
const unknownMethod = venueError(-1_131, 'Invalid method.')

interface ListenToken {
  readonly account: Account
  readonly expiresAt: number
}

function tokenText(account: Account, expiresAt: number): string {
  const said = `${account.apiKey}.${expiresAt}`
  return `${said}.${hexSignature(account.secret, said)}`
}

function listenTokenOf(text: string, venue: RunningVenue): ListenToken | undefined {
  const [key = '', until = '', signature = ''] = text.split('.')
  const account = venue.state.accountsByKey.get(key)
  const expiresAt = Number(until)
  if (account?.venue !== tokocryptoVenue || !(expiresAt > venue.now())) return undefined
  return signatureMatches(hexSignature(account.secret, `${key}.${until}`), signature)
    ? { account, expiresAt }
    : undefined
}

function issue(call: SignedCall): Result<unknown, Refused> {
  const validity = parametersOfCall(call.raw).integer('validity') ?? validityMaxMs
  const expirationTime = call.now + Math.min(validity, validityMaxMs)
  return ok(envelope({ token: tokenText(call.account, expirationTime), expirationTime }, call.now))
}

export const listenTokenEndpoint: ProtocolEndpoint = {
  method: 'POST',
  path: '/open/v1/user-listen-token',
  access: 'signed',
  callsMax,
  answer: issue,
}

interface Parts {
  readonly venue: RunningVenue
  readonly streams: UserStreams
}

export function serveTokocryptoStream(sockets: Websockets, prefix: string, parts: Parts): void {
  sockets.add({
    matches: (path) => path === `${prefix}/ws-api/v3`,
    open: (connection) => new TokocryptoConnection(connection, parts).listen(),
  })
}

class TokocryptoConnection {
  private made = 0

  constructor(
    private readonly connection: Connection,
    private readonly parts: Parts,
  ) {}

  listen(): void {
    this.connection.onText((text) => this.hear(text))
  }

  /** Answers do not say which request they are to. */
  private hear(text: string): void {
    const request = fieldsOf(text)
    if (request === undefined) return this.fail(malformed)
    if (request['method'] !== 'userDataStream.subscribe.listenToken') return this.fail(unknownMethod)
    const given = (request['params'] as Fields | undefined)?.['listenToken']
    const token = listenTokenOf(typeof given === 'string' ? given : '', this.parts.venue)
    if (token === undefined) return this.fail(invalidToken)
    this.subscribe(token)
  }

  private subscribe({ account, expiresAt }: ListenToken): void {
    const { venue, streams } = this.parts
    const { send, drop, onClose } = this.connection
    const subscriptionId = this.made
    this.made += 1
    send(JSON.stringify({ status: okHttp, result: { subscriptionId, expirationTime: expiresAt } }))
    const stop = streams.subscribe(account, { translate: spotEvents(subscriptionId, innerIdOf), send, drop })
    const ending = setTimeout(() => {
      stop()
      send(JSON.stringify({ subscriptionId, event: { e: 'eventStreamTerminated', E: venue.now() } }))
    }, expiresAt - venue.now())
    ending.unref()
    onClose(() => {
      clearTimeout(ending)
      stop()
    })
  }

  private fail({ status, code, msg }: VenueError): void {
    this.connection.send(JSON.stringify({ status, error: { code, msg } }))
  }
}
