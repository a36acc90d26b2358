/**
 * The websocket API of Binance spot, as far as user data needs it: subscribe by signature, unsubscribe, ping, time.
 * Called by the service's start. Must never subscribe a connection without a valid signature.
 */
import { z } from 'zod'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { Parameters } from '../binance/parameters.wire.ts'
import { checkFresh, hexSignature, signatureMatches } from '../binance/signature.wire.ts'
import {
  keyFormatInvalid,
  keyUnknown,
  signatureInvalid,
  venueError,
  type VenueError,
} from '../binance/venue-error.wire.ts'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import type { Connection, Websockets } from '../streams/websockets.wire.ts'
import { spotEvents } from './user-data.map.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const request = z.object({
  id: z.union([z.string(), z.number(), z.null()]).default(null),
  method: z.string(),
  params: z.record(z.string(), scalar).default({}),
})
type Request = z.output<typeof request>

const malformed = venueError(-1135, 'Invalid JSON request.')
const unknownMethod = venueError(-1131, 'Invalid method.')

export function serveUserData(sockets: Websockets, prefix: string, venue: RunningVenue, streams: UserStreams): void {
  sockets.add({
    matches: (path) => path === `${prefix}/ws-api/v3`,
    open: (connection) => new SpotConnection(connection, venue, streams).listen(),
  })
}

class SpotConnection {
  private readonly subscriptions = new Map<number, () => void>()
  private made = 0

  constructor(
    private readonly connection: Connection,
    private readonly venue: RunningVenue,
    private readonly streams: UserStreams,
  ) {}

  listen(): void {
    this.connection.onText((text) => this.hear(text))
    this.connection.onClose(() => {
      for (const stop of this.subscriptions.values()) stop()
    })
  }

  private hear(text: string): void {
    const parsed = request.safeParse(parseJson(text))
    if (!parsed.success) return this.fail(null, malformed)
    const { method, id } = parsed.data
    switch (method) {
      case 'ping':
        return this.answer(id, {})
      case 'time':
        return this.answer(id, { serverTime: this.venue.now() })
      case 'userDataStream.subscribe.signature':
        return this.subscribe(parsed.data)
      case 'userDataStream.unsubscribe':
        return this.unsubscribe(parsed.data)
      default:
        return this.fail(id, unknownMethod)
    }
  }

  private subscribe(asked: Request): void {
    const account = this.authenticate(asked)
    if ('msg' in account) return this.fail(asked.id, account)
    const subscriptionId = this.made
    this.made += 1
    const { send, drop } = this.connection
    // The answer goes first: events name the subscription that it makes known.
    this.answer(asked.id, { subscriptionId })
    this.subscriptions.set(
      subscriptionId,
      this.streams.subscribe(account, { translate: spotEvents(subscriptionId), send, drop }),
    )
  }

  private unsubscribe(asked: Request): void {
    const wanted = asked.params['subscriptionId']
    for (const [id, stop] of this.subscriptions) {
      if (wanted !== undefined && wanted !== id) continue
      stop()
      this.subscriptions.delete(id)
    }
    this.answer(asked.id, {})
  }

  /** The signed text is the parameters sorted by name, without the signature. */
  private authenticate({ params }: Request): Account | VenueError {
    const key = params['apiKey']
    if (typeof key !== 'string' || key === '') return keyFormatInvalid
    const account = this.venue.state.accountsByKey.get(key)
    if (account?.venue !== 'binance-spot') return keyUnknown
    const names = Object.keys(params).filter((name) => name !== 'signature')
    const payload = names
      .toSorted()
      .map((name) => `${name}=${String(params[name])}`)
      .join('&')
    if (!signatureMatches(hexSignature(account.secret, payload), String(params['signature']))) return signatureInvalid
    const values = new Map(Object.entries(params).map(([name, value]) => [name, String(value)]))
    return checkFresh(new Parameters(values), this.venue.now()) ?? account
  }

  private answer(id: Request['id'], result: object): void {
    this.connection.send(JSON.stringify({ id, status: 200, result }))
  }

  private fail(id: Request['id'], { status, code, msg }: VenueError): void {
    this.connection.send(JSON.stringify({ id, status, error: { code, msg } }))
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
