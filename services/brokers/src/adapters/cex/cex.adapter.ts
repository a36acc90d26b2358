/**
 * Venue `cex`: coins at CEX.IO Spot Trading through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { coinCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'
import { cexClientId, cexCredentials } from './cex-capabilities.wire.ts'
import { cexCodes } from './cex-codes.map.ts'
import { CexExchange } from './cex-exchange.client.ts'
import { cexScript } from './cex-stream.client.ts'
import { CoinSession } from '../ccxt/coin-session.client.ts'
import { connectSession, streamUrlOf } from '../ccxt/connect-session.client.ts'
import { ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { SocketStream } from '../ccxt/socket-stream.client.ts'

const paperPath = '/cex'
const liveStreamUrl = 'wss://trade.cex.io/api/spot/ws'

export const cexBroker = defineBroker({
  id: 'cex',
  title: 'CEX.IO Spot Trading',
  credentials: cexCredentials,
  // There is no order that sells at a profit when a price is reached but a limit, and no order that is a stop as well.
  capabilities: {
    ...coinCapabilities,
    keyTold: [],
    instrumentsPer: 'venue',
    orderTypes: ['market', 'limit', 'stop-market', 'stop-limit'],
    targets: false,
    clientId: cexClientId,
  },
  // Two hundred points in a minute for a key; most reads cost five.
  rateLimits: [{ name: 'points-1m', scope: 'account', capacity: 150, intervalMs: 60_000 }],
  readWeights: { order: 10, openOrders: 5, balances: 5, positions: 10, fills: 5, rates: 1 },
  paperReadLagMs: 2_000,
  connect: (credentials, options) =>
    connectSession(cexCodes, async () => {
      const { environment, dependencies } = options
      const { apiKey, secret, accountId } = credentials
      const shared = { venue: 'cex', environment, paperPath, marketTypes: ['spot'], dependencies } as const
      const session = await sharedExchange(shared).session({ apiKey, secret })
      const api = new ExchangeApi(session, { contracts: false, clock: dependencies.clock, codes: cexCodes })
      const url = streamUrlOf(options, { paperPath: `${paperPath}/api/spot/ws`, live: liveStreamUrl })
      const script = cexScript({ url, credentials, clock: dependencies.clock })
      return new CoinSession(new CexExchange(api, accountId), new SocketStream(script, dependencies))
    }),
})
