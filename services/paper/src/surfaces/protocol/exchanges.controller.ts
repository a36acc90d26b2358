/**
 * The exchanges whose protocols are served alike, each under its own prefix.
 * Called where all surfaces are registered. Must never hold logic of a protocol.
 */
import type { FastifyInstance } from 'fastify'
import type { FaultBoard } from '#domain/protocol/faults'
import type { LimitsProfile } from '#domain/protocol/rate-limits'
import type { RunningVenue } from '#ports/running-venue.port'
import { cexWords } from '../cex/cex.wire.ts'
import { marketEndpoints as cexMarkets } from '../cex/market.controller.ts'
import { orderEndpoints as cexOrders } from '../cex/orders.controller.ts'
import { serveCexStream } from '../cex/stream.controller.ts'
import { coinbaseWords } from '../coinbase/coinbase.wire.ts'
import { marketEndpoints as coinbaseMarkets } from '../coinbase/market.controller.ts'
import { orderEndpoints as coinbaseOrders } from '../coinbase/orders.controller.ts'
import { serveCoinbaseStream } from '../coinbase/stream.controller.ts'
import { okxEndpoints } from '../okx/endpoints.controller.ts'
import { okxWords } from '../okx/okx.wire.ts'
import { serveOkxStreams } from '../okx/stream.controller.ts'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import type { Websockets } from '../streams/websockets.wire.ts'
import { marketEndpoints as tokocryptoMarkets } from '../tokocrypto/market.controller.ts'
import { orderEndpoints as tokocryptoOrders } from '../tokocrypto/orders.controller.ts'
import { listenTokenEndpoint, serveTokocryptoStream } from '../tokocrypto/stream.controller.ts'
import { tokocryptoWords } from '../tokocrypto/tokocrypto.wire.ts'
import { ProtocolServer } from './protocol.controller.ts'

const okxPrefix = '/okx'
const coinbasePrefix = '/coinbase'
const cexPrefix = '/cex'
const tokocryptoPrefix = '/tokocrypto'

export interface ExchangeParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly streams: UserStreams
  readonly sockets: Websockets
  readonly limits: LimitsProfile
}

export async function serveExchanges(fastify: FastifyInstance, parts: ExchangeParts): Promise<void> {
  const { venue, streams, sockets } = parts
  const served = [
    { words: okxWords, prefix: okxPrefix, endpoints: okxEndpoints },
    { words: coinbaseWords, prefix: coinbasePrefix, endpoints: [...coinbaseMarkets, ...coinbaseOrders] },
    { words: cexWords, prefix: cexPrefix, endpoints: [...cexMarkets, ...cexOrders] },
    {
      words: tokocryptoWords,
      prefix: tokocryptoPrefix,
      endpoints: [...tokocryptoMarkets, ...tokocryptoOrders, listenTokenEndpoint],
    },
  ]
  for (const { words, prefix, endpoints } of served) {
    await new ProtocolServer({ ...parts, words }).register(fastify, prefix, endpoints)
  }
  serveOkxStreams(sockets, okxPrefix, venue, streams)
  serveCoinbaseStream(sockets, coinbasePrefix, { venue, streams })
  serveCexStream(sockets, cexPrefix, { venue, streams })
  serveTokocryptoStream(sockets, tokocryptoPrefix, { venue, streams })
}
