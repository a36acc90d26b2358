/**
 * Makes the session of one OKX account, for spot or swaps. Called by the two OKX adapters.
 * Must never share an account's key, options or stream with another account.
 */
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import type { ConnectOptions } from '@tradewire/broker-kit/define-broker'
import type { Result } from '@tradewire/kernel/result'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'
import { connectSession, streamUrlOf } from '../ccxt/connect-session.client.ts'
import { ExchangeApi } from '../ccxt/exchange-api.client.ts'
import type { OkxCredentials } from './okx-capabilities.wire.ts'
import { okxCodes } from './okx-codes.map.ts'
import { OkxFills } from './okx-fills.client.ts'
import { OkxMarkets } from './okx-markets.client.ts'
import { OkxOrders } from './okx-orders.client.ts'
import { OkxSession } from './okx-session.client.ts'
import { OkxStream } from './okx-stream.client.ts'

const paperPath = '/okx'
const liveStreamUrl = 'wss://ws.okx.com:8443/ws/v5'

export function connectOkx(
  kind: 'SPOT' | 'SWAP',
  credentials: OkxCredentials,
  options: ConnectOptions,
): Promise<Result<BrokerSession, BrokerError>> {
  return connectSession(okxCodes, async () => {
    const { environment, dependencies } = options
    const exchange = await sharedExchange({
      venue: 'okx',
      environment,
      paperPath,
      marketTypes: [kind.toLowerCase()],
      // One order a call: the batch endpoint answers success for a batch of which a part failed.
      more: { createOrder: 'privatePostTradeOrder' },
      dependencies,
    }).session({ apiKey: credentials.apiKey, secret: credentials.secret, password: credentials.passphrase })
    const api = new ExchangeApi(exchange, { contracts: kind === 'SWAP', clock: dependencies.clock, codes: okxCodes })
    const markets = new OkxMarkets(api, kind)
    const url = streamUrlOf(options, { paperPath: `${paperPath}/ws/v5`, live: liveStreamUrl })
    const stream = new OkxStream({ markets, url, credentials, dependencies })
    const parts = { api, markets, orders: new OkxOrders(api, markets), fills: new OkxFills(api, markets), stream }
    return new OkxSession(parts)
  })
}
