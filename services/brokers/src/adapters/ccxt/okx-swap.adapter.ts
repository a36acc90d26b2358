/**
 * Venue `okx-swap`: perpetual swaps of OKX, settled in USDT, through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account. The account must be in net mode.
 */
import { connectivity } from '@tradewire/broker-kit/broker-error'
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { err, ok } from '@tradewire/kernel/result'
import { mapThrown } from './ccxt-error.map.ts'
import { sharedExchange } from './ccxt-exchange.client.ts'
import { ExchangeApi } from './exchange-api.client.ts'
import { okxClientId, okxCredentials, okxRateLimits, okxReadWeights } from './okx-capabilities.wire.ts'
import { okxCodes } from './okx-codes.map.ts'
import { OkxFills } from './okx-fills.client.ts'
import { OkxMarkets } from './okx-markets.client.ts'
import { OkxSession } from './okx-session.client.ts'
import { OkxStream } from './okx-stream.client.ts'

const paperPath = '/okx'
const liveStreamUrl = 'wss://ws.okx.com:8443/ws/v5'

export const okxSwapBroker = defineBroker({
  id: 'okx-swap',
  title: 'OKX perpetual swaps',
  credentials: okxCredentials,
  capabilities: {
    orderTypes: [
      'market',
      'limit',
      'stop-market',
      'stop-limit',
      'take-profit-market',
      'take-profit-limit',
      'trailing-stop',
    ],
    reduceOnly: true,
    trailing: true,
    leverage: { max: 100 },
    hedging: false,
    positions: 'net',
    targets: true,
    clientId: okxClientId,
    streams: { orders: true, balances: false },
    feeInReply: true,
  },
  rateLimits: okxRateLimits,
  readWeights: okxReadWeights,
  paperReadLagMs: 2_000,
  async connect(credentials, { environment, dependencies }) {
    try {
      const exchange = await sharedExchange({
        venue: 'okx',
        environment,
        paperPath,
        marketTypes: ['swap'],
        // One order a call: the batch endpoint answers success for a batch of which a part failed.
        more: { createOrder: 'privatePostTradeOrder' },
        dependencies,
      }).session({ apiKey: credentials.apiKey, secret: credentials.secret, password: credentials.passphrase })
      const api = new ExchangeApi(exchange, { contracts: true, clock: dependencies.clock, codes: okxCodes })
      const markets = new OkxMarkets(api, 'SWAP')
      const paperStreamUrl = `${dependencies.paperUrl.replace(/^http/, 'ws')}${paperPath}/ws/v5`
      const url = environment === 'paper' ? paperStreamUrl : liveStreamUrl
      const stream = new OkxStream({ markets, url, credentials, dependencies })
      return ok(new OkxSession({ api, markets, fills: new OkxFills(api, markets), stream }))
    } catch (thrown) {
      const error = mapThrown(thrown, 'read', null, okxCodes)
      return err(error.kind === 'auth' || error.kind === 'rate-limited' ? error : connectivity(error.message))
    }
  },
})
