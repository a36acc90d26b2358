/**
 * Venue `binance-usdm`: Binance USD-M futures through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { perpetualCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { BinanceApi } from './binance-api.client.ts'
import { binanceClientId } from './binance-capabilities.wire.ts'
import { BinanceUsdmSession } from './binance-usdm-session.client.ts'
import { BinanceUsdmStream } from './binance-usdm-stream.client.ts'
import { binanceCodes } from '../ccxt/ccxt-error.map.ts'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'
import { keyAndSecret } from '../ccxt/key-and-secret.wire.ts'
import { connectSession, streamUrlOf } from '../ccxt/connect-session.client.ts'

const paperPath = '/binance-usdm'
const liveStreamUrl = 'wss://fstream.binance.com/private/ws'

export const binanceUsdmBroker = defineBroker({
  id: 'binance-usdm',
  title: 'Binance USD-M futures',
  credentials: keyAndSecret,
  capabilities: {
    ...perpetualCapabilities,
    leverage: { max: 125, told: true },
    clientId: binanceClientId,
    streams: { orders: true, balances: false },
    feeInReply: false,
    keyTold: ['mayWithdraw', 'ipBound', 'expiresAt'],
  },
  rateLimits: [
    { name: 'weight', scope: 'egress', capacity: 2_400, intervalMs: 60_000 },
    { name: 'orders-10s', scope: 'account', capacity: 300, intervalMs: 10_000 },
    { name: 'orders-1m', scope: 'account', capacity: 1_200, intervalMs: 60_000 },
  ],
  // Order and algo order; both open lists; account; position risk; trades, orders and algo orders of a window.
  readWeights: { order: 2, openOrders: 80, balances: 5, positions: 5, fills: 15, rates: 2 },
  paperReadLagMs: 2_000,
  connect: (credentials, options) =>
    connectSession(binanceCodes, async () => {
      const { environment, dependencies } = options
      const venue = { venue: 'binanceusdm', environment, paperPath, marketTypes: ['linear'], dependencies } as const
      const exchange = await sharedExchange(venue).session(credentials)
      const api = new BinanceApi(exchange, { contracts: true, clock: dependencies.clock })
      const streamUrl = streamUrlOf(options, { paperPath: `${paperPath}/private/ws`, live: liveStreamUrl })
      return new BinanceUsdmSession(api, new BinanceUsdmStream(api, streamUrl, dependencies))
    }),
})
