/**
 * Venue `binance-spot`: Binance spot through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { connectivity } from '@tradewire/broker-kit/broker-error'
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { err, ok } from '@tradewire/kernel/result'
import { BinanceApi } from './binance-api.client.ts'
import { binanceClientId, binanceCredentials } from './binance-capabilities.wire.ts'
import { BinanceSpotSession } from './binance-spot-session.client.ts'
import { BinanceSpotStream } from './binance-spot-stream.client.ts'
import { mapThrown } from './ccxt-error.map.ts'
import { sharedExchange } from './ccxt-exchange.client.ts'

const paperPath = '/binance-spot'
const liveSocketUrl = 'wss://ws-api.binance.com:443/ws-api/v3'

export const binanceSpotBroker = defineBroker({
  id: 'binance-spot',
  title: 'Binance spot',
  credentials: binanceCredentials,
  capabilities: {
    orderTypes: [
      'market',
      'limit',
      'stop-market',
      'stop-limit',
      'take-profit-market',
      'take-profit-limit',
      'stop-or-target',
    ],
    reduceOnly: false,
    trailing: false,
    leverage: null,
    hedging: false,
    positions: 'coins',
    targets: true,
    clientId: binanceClientId,
    streams: { orders: true, balances: false },
    feeInReply: true,
  },
  rateLimits: [
    { name: 'weight', scope: 'egress', capacity: 6_000, intervalMs: 60_000 },
    { name: 'orders-10s', scope: 'account', capacity: 50, intervalMs: 10_000 },
  ],
  readWeights: { order: 4, openOrders: 80, balances: 20, positions: 20, fills: 60, rates: 4 },
  paperReadLagMs: 2_000,
  async connect(credentials, { environment, dependencies }) {
    try {
      const market = { venue: 'binance', environment, paperPath, marketTypes: ['spot'], dependencies } as const
      const exchange = await sharedExchange(market).session(credentials)
      const api = new BinanceApi(exchange, {
        contracts: false,
        live: environment === 'live',
        clock: dependencies.clock,
      })
      const url =
        environment === 'paper'
          ? `${dependencies.paperUrl.replace(/^http/, 'ws')}${paperPath}/ws-api/v3`
          : liveSocketUrl
      return ok(new BinanceSpotSession(api, new BinanceSpotStream(api, url, credentials, dependencies)))
    } catch (thrown) {
      const error = mapThrown(thrown, 'read', null)
      return err(error.kind === 'auth' || error.kind === 'rate-limited' ? error : connectivity(error.message))
    }
  },
})
