import { generateKeyPairSync } from 'node:crypto'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binanceGood,
  binanceMarket,
  cexGood,
  cexPair,
  coinbaseGood,
  coinbaseProduct,
  filters,
  okxCoin,
  okxGood,
  okxInstrument,
  perpetual,
  tokocryptoGood,
  wrapped,
} from '#testing/good-replies'
import { callHostile } from '#testing/hostile-calls'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { ScriptedExchange, type Seen } from '#testing/scripted-exchange'
import { binanceSpotBroker } from './binance/binance-spot.adapter.ts'
import { binanceUsdmBroker } from './binance/binance-usdm.adapter.ts'
import { type CcxtVenue, sharedExchange } from './ccxt/ccxt-exchange.client.ts'
import { cexBroker } from './cex/cex.adapter.ts'
import { coinbaseBroker } from './coinbase/coinbase.adapter.ts'
import { okxSpotBroker } from './okx/okx-spot.adapter.ts'
import { okxSwapBroker } from './okx/okx-swap.adapter.ts'
import { tokocryptoBroker } from './tokocrypto/tokocrypto.adapter.ts'

/** So many of them over sockets: the rest is put beneath the library, which is where the venue's texts arrive. */
const overSockets = 300
const keyAndSecret = { apiKey: 'key', secret: 'secret' }
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signingKey = {
  apiKey: 'organizations/one/apiKeys/two',
  secret: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
}
const phrase = { ...keyAndSecret, passphrase: 'phrase' }

interface Case {
  /** Of what its protocol is tried with. */
  readonly share?: number
  readonly broker: BrokerDefinition
  readonly venue: CcxtVenue
  readonly marketType: string
  readonly credentials: Record<string, string>
  readonly good: readonly unknown[]
  readonly markets: (seen: Seen) => unknown
}

const cases: readonly Case[] = [
  {
    broker: binanceSpotBroker,
    venue: 'binance',
    marketType: 'spot',
    credentials: keyAndSecret,
    good: binanceGood,
    markets: ({ path }) =>
      path.includes('exchangeInfo') ? { rateLimits: [], exchangeFilters: [], symbols: [binanceMarket] } : undefined,
  },
  {
    broker: binanceUsdmBroker,
    venue: 'binanceusdm',
    marketType: 'linear',
    credentials: keyAndSecret,
    good: binanceGood,
    markets: ({ path }) =>
      path.includes('exchangeInfo')
        ? { rateLimits: [], exchangeFilters: [], symbols: [{ ...binanceMarket, ...perpetual }] }
        : undefined,
  },
  ...([okxSpotBroker, okxSwapBroker] as const).map((broker): Case => ({
    broker,
    venue: 'okx',
    share: 0.5,
    marketType: broker.id === 'okx-spot' ? 'spot' : 'swap',
    credentials: phrase,
    good: okxGood,
    markets: ({ path }) =>
      path.includes('/public/instruments')
        ? { code: '0', msg: '', data: [path.includes('SPOT') ? okxCoin : okxInstrument] }
        : undefined,
  })),
  {
    broker: coinbaseBroker,
    venue: 'coinbase',
    marketType: 'spot',
    credentials: signingKey,
    good: coinbaseGood,
    markets: ({ path }) =>
      /\/market\/products(\?|$)/.test(path)
        ? { products: path.includes('FUTURE') ? [] : [coinbaseProduct] }
        : undefined,
  },
  {
    broker: tokocryptoBroker,
    venue: 'tokocrypto',
    marketType: 'spot',
    credentials: keyAndSecret,
    good: tokocryptoGood,
    markets: ({ path }) =>
      path.endsWith('/common/symbols')
        ? wrapped({
            list: [
              {
                type: 1,
                symbol: 'BTC_USDT',
                baseAsset: 'BTC',
                quoteAsset: 'USDT',
                filters,
                spotTradingEnable: 1,
                permissions: [],
              },
            ],
          })
        : undefined,
  },
  {
    broker: cexBroker,
    venue: 'cex',
    marketType: 'spot',
    credentials: { ...keyAndSecret, accountId: 'sub' },
    good: cexGood,
    markets: ({ path }) => (path.endsWith('/get_pairs_info') ? { ok: 'ok', data: [cexPair] } : undefined),
  },
]

const command = orderSubmit.data.parse(orderSubmit.example)
const exit = { purpose: 'stop', side: 'sell' } as const
const kinds = [
  {},
  { side: 'sell' },
  { type: 'limit', price: '19000' },
  { ...exit, type: 'stop-market', triggerPrice: '19000' },
  { ...exit, type: 'take-profit-market', triggerPrice: '21000' },
  { ...exit, type: 'stop-or-target', triggerPrice: '19000', price: '21000' },
] as const

function ordersFor({ capabilities }: BrokerDefinition): ApprovedOrder[] {
  return kinds.flatMap((part) => {
    const made = { ...command, quantity: '0.015', ...part }
    if (!capabilities.orderTypes.includes(made.type)) return []
    const approved = approveOrder(made, encodeClientOrderId(capabilities.clientId, made.intentId))
    if (!approved.ok) throw new Error(approved.error.message)
    return [approved.value]
  })
}

const httpStatuses = fc.constantFrom(200, 200, 200, 200, 400, 401, 418, 429, 500, 502)

describe.each(cases.map((one) => [one.broker.id, one] as const))('%s, whatever its replies are', (_, one) => {
  it('never ends in an exception, and makes a placement unknown or coded', async () => {
    const { broker, venue, marketType, good } = one
    const texts = hostileTexts(good)
    let reply = { status: 200, body: '' }
    const exchange = new ScriptedExchange(
      () => reply,
      (seen) => {
        const markets = one.markets(seen)
        return markets === undefined ? undefined : { status: 200, body: JSON.stringify(markets) }
      },
    )
    const dependencies = await exchange.start()
    try {
      const connected = await broker.connect(one.credentials, { environment: 'paper', dependencies })
      if (!connected.ok) throw new Error(connected.error.message)
      const since = new Date(Date.now() - 60_000)
      const hostile = { session: connected.value, orders: ordersFor(broker), symbol: 'BTC/USDT', since }
      let calls = 0
      const property = fc.asyncProperty(texts, httpStatuses, async (body, status) => {
        reply = { status, body }
        await callHostile(hostile, calls)
        calls += 1
      })
      await fc.assert(property, { numRuns: overSockets, endOnFailure: true })
      let replies = exchange.seen.length
      const shared = { venue, environment: 'paper', paperPath: '', marketTypes: [marketType], dependencies } as const
      const session = await sharedExchange(shared).session(keyAndSecret)
      // All sessions inherit it from the one exchange of their venue.
      Object.assign(Object.getPrototypeOf(session) as object, {
        fetchImplementation: () => {
          replies += 1
          const { status, body } = reply
          return Promise.resolve({ status, statusText: '', headers: {}, text: () => Promise.resolve(body) })
        },
      })
      const wanted = hostileReplies * (one.share ?? 1)
      const enough = replies + wanted
      // A call may ask nothing, and one that asks more than once gets the same again.
      const until = fc.asyncProperty(texts, httpStatuses, async (body, status) => {
        if (replies >= enough) return
        reply = { status, body }
        await callHostile(hostile, calls)
        calls += 1
      })
      await fc.assert(until, { numRuns: 3 * wanted, endOnFailure: true })
      expect(replies).toBeGreaterThanOrEqual(enough)
      await connected.value.close()
    } finally {
      exchange.stop()
    }
  }, 300_000)
})
