/**
 * Venue `tokocrypto`: coins at Tokocrypto through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { coinCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'
import { keyAndSecret } from '../ccxt/key-and-secret.wire.ts'
import { CoinSession } from '../ccxt/coin-session.client.ts'
import { connectSession, streamUrlOf } from '../ccxt/connect-session.client.ts'
import { ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { SocketStream } from '../ccxt/socket-stream.client.ts'
import { tokocryptoClientId } from './tokocrypto-capabilities.wire.ts'
import { tokocryptoCodes } from './tokocrypto-codes.map.ts'
import { TokocryptoExchange } from './tokocrypto-exchange.client.ts'
import { tokocryptoScript } from './tokocrypto-stream.client.ts'

const paperPath = '/tokocrypto'
const liveStreamUrl = 'wss://ws-api.tokocrypto.site/ws-api/v3'

export const tokocryptoBroker = defineBroker({
  id: 'tokocrypto',
  title: 'Tokocrypto',
  credentials: keyAndSecret,
  capabilities: { ...coinCapabilities, keyTold: ['mayWithdraw'], clientId: tokocryptoClientId },
  // Half of what Binance gives by address: a purchase costs two calls more than its own.
  rateLimits: [
    { name: 'weight', scope: 'egress', capacity: 1_200, intervalMs: 60_000 },
    { name: 'orders-10s', scope: 'account', capacity: 50, intervalMs: 10_000 },
  ],
  readWeights: { order: 3, openOrders: 6, balances: 1, positions: 1, fills: 10, rates: 2 },
  paperReadLagMs: 2_000,
  connect: (credentials, options) =>
    connectSession(tokocryptoCodes, async () => {
      const { environment, dependencies } = options
      const shared = { venue: 'tokocrypto', environment, paperPath, marketTypes: ['spot'], dependencies } as const
      const session = await sharedExchange(shared).session(credentials)
      const api = new ExchangeApi(session, { contracts: false, clock: dependencies.clock, codes: tokocryptoCodes })
      const exchange = new TokocryptoExchange(api)
      const url = streamUrlOf(options, { paperPath: `${paperPath}/ws-api/v3`, live: liveStreamUrl })
      const script = tokocryptoScript({
        api,
        url,
        async look({ clientOrderId, symbol, pair }) {
          const type = pair ? 'stop-or-target' : 'limit'
          const found = await exchange.findByClientId({ clientOrderId, symbol, type, venueOrderId: null })
          return found.ok ? found.value : null
        },
      })
      return new CoinSession(exchange, new SocketStream(script, dependencies))
    }),
})
