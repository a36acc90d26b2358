/**
 * The user data stream of Binance USD-M futures: listen keys over HTTP, events over a websocket.
 * Called by the service's start. Must never open a stream without a valid listen key.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { RunningVenue } from '#ports/running-venue.port'
import type { AccountCall, Endpoint } from '../binance/binance.controller.ts'
import { venueError, type VenueError } from '../binance/venue-error.wire.ts'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import type { Connection, Websockets } from '../streams/websockets.wire.ts'
import type { ListenKeys } from './listen-keys.wire.ts'
import { listenKeyExpired, usdmEvents } from './user-data.map.ts'

const expireEveryMs = 10_000
const forbidden = 401
const path = '/fapi/v1/listenKey'
const keyDoesNotExist = venueError(-1125, 'This listenKey does not exist.')

export function listenKeyEndpoints(keys: ListenKeys, streams: UserStreams): readonly Endpoint[] {
  const open = ({ account, now }: AccountCall): Result<unknown, VenueError> =>
    ok({ listenKey: keys.open(account, now) })
  const keepAlive = ({ account, now }: AccountCall): Result<unknown, VenueError> =>
    keys.keepAlive(account, now) ? ok({ listenKey: keys.open(account, now) }) : err(keyDoesNotExist)
  const close = ({ account, now }: AccountCall): Result<unknown, VenueError> => {
    const key = keys.close(account)
    if (key !== undefined) streams.tell(account.id, listenKeyExpired(key, now))
    return ok({})
  }
  return [
    { method: 'POST', path, weight: 1, access: 'key', answer: open },
    { method: 'PUT', path, weight: 1, access: 'key', answer: keepAlive },
    { method: 'DELETE', path, weight: 1, access: 'key', answer: close },
  ]
}

/** `/private/ws?listenKey=K`, `/private/ws/K`, `/ws/K`, each below the prefix. */
function keyOf(url: URL, prefix: string): string {
  const rest = url.pathname.slice(prefix.length).replace(/^\/private/, '')
  return url.searchParams.get('listenKey') ?? rest.replace(/^\/ws\/?/, '')
}

export interface StreamParts {
  readonly venue: RunningVenue
  readonly keys: ListenKeys
  readonly streams: UserStreams
}

/** Returns the function that stops the expiry timer. */
export function serveUserData(sockets: Websockets, prefix: string, parts: StreamParts): () => void {
  const { venue, keys, streams } = parts
  sockets.add({
    matches: (candidate) => candidate.startsWith(`${prefix}/private/ws`) || candidate.startsWith(`${prefix}/ws`),
    refuse: (url) => (keys.accountOf(keyOf(url, prefix), venue.now()) === undefined ? forbidden : undefined),
    open: (connection) => attach(connection, keyOf(connection.url, prefix), parts),
  })
  const timer = setInterval(() => {
    const now = venue.now()
    for (const { key, accountId } of keys.expire(now)) streams.tell(accountId, listenKeyExpired(key, now))
  }, expireEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

function attach(connection: Connection, key: string, { venue, keys, streams }: StreamParts): void {
  const account = venue.state.accounts.get(keys.accountOf(key, venue.now()) ?? '')
  if (account === undefined) return connection.drop()
  const { send, drop } = connection
  connection.onClose(streams.subscribe(account, { translate: usdmEvents, send, drop }))
  connection.onText((text) => answerControl(connection, text))
}

/** Clients may "subscribe" to what they already get; the venue answers and nothing changes. */
function answerControl(connection: Connection, text: string): void {
  const id = /"id"\s*:\s*("[^"]{0,64}"|\d{1,16})/.exec(text)?.[1]
  if (id !== undefined) connection.send(`{"result":null,"id":${id}}`)
}
