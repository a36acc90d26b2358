/**
 * Venue `coinbase`: coins at Coinbase Advanced Trade through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { connectivity } from '@tradewire/broker-kit/broker-error'
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { err, ok } from '@tradewire/kernel/result'
import { mapThrown } from './ccxt-error.map.ts'
import { sharedExchange } from './ccxt-exchange.client.ts'
import { CoinSession } from './coin-session.client.ts'
import { coinbaseClientId, coinbaseCredentials } from './coinbase-capabilities.wire.ts'
import { coinbaseCodes } from './coinbase-codes.map.ts'
import { CoinbaseExchange } from './coinbase-exchange.client.ts'
import { CoinbaseKey } from './coinbase-key.client.ts'
import { CoinbaseStream } from './coinbase-stream.client.ts'
import { ExchangeApi } from './exchange-api.client.ts'

const paperPath = '/coinbase'
const liveStreamUrl = 'wss://advanced-trade-ws-user.coinbase.com'

export const coinbaseBroker = defineBroker({
  id: 'coinbase',
  title: 'Coinbase Advanced Trade',
  credentials: coinbaseCredentials,
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
    clientId: coinbaseClientId,
    streams: { orders: true, balances: false },
    feeInReply: true,
  },
  // Thirty private calls in a second and user; a purchase at the market costs one more of the public ones.
  rateLimits: [{ name: 'calls-1s', scope: 'account', capacity: 25, intervalMs: 1_000 }],
  readWeights: { order: 1, openOrders: 1, balances: 1, positions: 1, fills: 2, rates: 1 },
  paperReadLagMs: 2_000,
  async connect(credentials, { environment, dependencies }) {
    try {
      const paper = environment === 'paper'
      const exchange = await sharedExchange({
        venue: 'coinbase',
        environment,
        paperPath,
        marketTypes: ['spot'],
        dependencies,
      }).session(credentials)
      const key = new CoinbaseKey(credentials.apiKey, credentials.secret, dependencies.randomness)
      // Node's own signature: that of ccxt, in JavaScript, takes many times as long.
      const createAuthToken = (seconds: number, method = '', url = '') =>
        key.token(seconds, `${method} ${url.replace('https://', '').replace(/\?.*/, '')}`)
      Object.assign(exchange, { createAuthToken })
      const api = new ExchangeApi(exchange, { contracts: false, clock: dependencies.clock, codes: coinbaseCodes })
      const url = paper ? `${dependencies.paperUrl.replace(/^http/, 'ws')}${paperPath}/ws` : liveStreamUrl
      const stream = new CoinbaseStream({ url, key, symbolOf: (id) => api.symbolOf(id), dependencies })
      return ok(new CoinSession(new CoinbaseExchange(api), stream))
    } catch (thrown) {
      const error = mapThrown(thrown, 'read', null, coinbaseCodes)
      return err(error.kind === 'auth' || error.kind === 'rate-limited' ? error : connectivity(error.message))
    }
  },
})
