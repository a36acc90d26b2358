/**
 * Venue `binance-spot`: Binance spot through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { coinCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { BinanceApi } from './binance-api.client.ts'
import { binanceClientId } from './binance-capabilities.wire.ts'
import { BinanceSpotSession } from './binance-spot-session.client.ts'
import { BinanceSpotStream } from './binance-spot-stream.client.ts'
import { binanceCodes } from '../ccxt/ccxt-error.map.ts'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'
import { keyAndSecret } from '../ccxt/key-and-secret.wire.ts'
import { connectSession, streamUrlOf } from '../ccxt/connect-session.client.ts'

const paperPath = '/binance-spot'
const liveSocketUrl = 'wss://ws-api.binance.com:443/ws-api/v3'

export const binanceSpotBroker = defineBroker({
  id: 'binance-spot',
  title: 'Binance spot',
  credentials: keyAndSecret,
  capabilities: { ...coinCapabilities, keyTold: ['mayWithdraw', 'ipBound', 'expiresAt'], clientId: binanceClientId },
  rateLimits: [
    { name: 'weight', scope: 'egress', capacity: 6_000, intervalMs: 60_000 },
    { name: 'orders-10s', scope: 'account', capacity: 50, intervalMs: 10_000 },
  ],
  readWeights: { order: 4, openOrders: 80, balances: 20, positions: 20, fills: 60, rates: 4 },
  paperReadLagMs: 2_000,
  connect: (credentials, options) =>
    connectSession(binanceCodes, async () => {
      const { environment, dependencies } = options
      const market = { venue: 'binance', environment, paperPath, marketTypes: ['spot'], dependencies } as const
      const exchange = await sharedExchange(market).session(credentials)
      const api = new BinanceApi(exchange, {
        contracts: false,
        clock: dependencies.clock,
      })
      const url = streamUrlOf(options, { paperPath: `${paperPath}/ws-api/v3`, live: liveSocketUrl })
      return new BinanceSpotSession(api, new BinanceSpotStream(api, url, credentials, dependencies))
    }),
})
