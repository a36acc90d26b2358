/**
 * The exchanges whose protocols are served alike: OKX and Coinbase, each under its own prefix.
 * Called where all surfaces are registered. Must never hold logic of a protocol.
 */
import type { FastifyInstance } from 'fastify'
import type { FaultBoard } from '#domain/faults'
import type { LimitsProfile } from '#domain/rate-limits'
import type { RunningVenue } from '#ports/running-venue.port'
import { coinbaseWords } from '../coinbase/coinbase.wire.ts'
import { marketEndpoints } from '../coinbase/market.controller.ts'
import { orderEndpoints } from '../coinbase/orders.controller.ts'
import { serveCoinbaseStream } from '../coinbase/stream.controller.ts'
import { okxEndpoints } from '../okx/endpoints.controller.ts'
import { okxWords } from '../okx/okx.wire.ts'
import { serveOkxStreams } from '../okx/stream.controller.ts'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import type { Websockets } from '../streams/websockets.wire.ts'
import { ProtocolServer } from './protocol.controller.ts'

const okxPrefix = '/okx'
const coinbasePrefix = '/coinbase'

export interface ExchangeParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly streams: UserStreams
  readonly sockets: Websockets
  readonly limits: LimitsProfile
}

export async function serveExchanges(fastify: FastifyInstance, parts: ExchangeParts): Promise<void> {
  const { venue, streams, sockets } = parts
  await new ProtocolServer({ ...parts, words: okxWords }).register(fastify, okxPrefix, okxEndpoints)
  const coinbase = new ProtocolServer({ ...parts, words: coinbaseWords })
  await coinbase.register(fastify, coinbasePrefix, [...marketEndpoints, ...orderEndpoints])
  serveOkxStreams(sockets, okxPrefix, venue, streams)
  serveCoinbaseStream(sockets, coinbasePrefix, { venue, streams })
}
