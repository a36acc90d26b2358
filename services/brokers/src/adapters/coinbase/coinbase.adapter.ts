/**
 * Venue `coinbase`: coins at Coinbase Advanced Trade through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { coinCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'
import { CoinSession } from '../ccxt/coin-session.client.ts'
import { connectSession, streamUrlOf } from '../ccxt/connect-session.client.ts'
import { coinbaseClientId, coinbaseCredentials } from './coinbase-capabilities.wire.ts'
import { coinbaseCodes } from './coinbase-codes.map.ts'
import { CoinbaseExchange } from './coinbase-exchange.client.ts'
import { CoinbaseKey } from './coinbase-key.client.ts'
import { coinbaseScript } from './coinbase-stream.client.ts'
import { ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { SocketStream } from '../ccxt/socket-stream.client.ts'

const paperPath = '/coinbase'
const liveStreamUrl = 'wss://advanced-trade-ws-user.coinbase.com'

export const coinbaseBroker = defineBroker({
  id: 'coinbase',
  title: 'Coinbase Advanced Trade',
  credentials: coinbaseCredentials,
  capabilities: { ...coinCapabilities, keyTold: ['mayWithdraw'], clientId: coinbaseClientId },
  // Thirty private calls in a second and user; a purchase at the market costs one more of the public ones.
  rateLimits: [{ name: 'calls-1s', scope: 'account', capacity: 25, intervalMs: 1_000 }],
  readWeights: { order: 1, openOrders: 1, balances: 1, positions: 1, fills: 2, rates: 1 },
  paperReadLagMs: 2_000,
  connect: (credentials, options) =>
    connectSession(coinbaseCodes, async () => {
      const { environment, dependencies } = options
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
      const url = streamUrlOf(options, { paperPath: `${paperPath}/ws`, live: liveStreamUrl })
      const script = coinbaseScript({ url, key, symbolOf: (id) => api.symbolOf(id), clock: dependencies.clock })
      return new CoinSession(new CoinbaseExchange(api), new SocketStream(script, dependencies))
    }),
})
