import { eventually } from '@tradewire/testkit/eventually'
import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type UsdmClient, usdmClientOf } from '#testing/usdm-client'
import { type Credentials, keySets, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT:USDT'
const venue = new VenueUnderTest('binance-usdm')

let account: Credentials
let exchange: UsdmClient

const signed = (method: string, path: string, query = '', secret = account.secret) =>
  venue.signed({ ...account, secret }, method, path, query)

beforeEach(async () => {
  await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
  await venue.move('42000')
  account = await venue.openAccount('10000')
  exchange = usdmClientOf(venue, account)
  await exchange.loadMarkets()
})

describe('the user data stream', () => {
  interface Event {
    e: string
    o: Record<string, unknown>
    a: Record<string, unknown>
  }

  async function listen(path: (key: string) => string): Promise<{ events: Event[]; socket: WebSocket }> {
    const reply = await fetch(`${venue.base}/fapi/v1/listenKey`, {
      method: 'POST',
      headers: { 'x-mbx-apikey': account.apiKey },
    })
    const { listenKey } = (await reply.json()) as { listenKey: string }
    const socket = new WebSocket(venue.base.replace('http', 'ws') + path(listenKey))
    const events: Event[] = []
    socket.on('message', (data) => events.push(JSON.parse((data as Buffer).toString('utf8')) as Event))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return { events, socket }
  }

  it('tells orders, fills, balances and algo orders with the keys of the venue', async () => {
    const { events, socket } = await listen((key) => `/private/ws?listenKey=${key}`)
    await exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, { clientOrderId: 'event-1' })
    await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, {
      stopLossPrice: 41000,
      clientOrderId: 'event-2',
      reduceOnly: true,
    })
    await venue.move('40990')
    await eventually(() => events.some(({ e, o }) => e === 'ALGO_UPDATE' && o['X'] === 'FINISHED'))
    const seen = events.map(({ e, o }) => (e === 'ACCOUNT_UPDATE' ? [e] : [e, o['c'] ?? o['caid'], o['x'], o['X']]))
    expect(seen).toEqual([
      ['ORDER_TRADE_UPDATE', 'event-1', 'NEW', 'NEW'],
      ['ACCOUNT_UPDATE'],
      ['ORDER_TRADE_UPDATE', 'event-1', 'TRADE', 'FILLED'],
      ['ALGO_UPDATE', 'event-2', undefined, 'NEW'],
      ['ALGO_UPDATE', 'event-2', undefined, 'TRIGGERED'],
      ['ORDER_TRADE_UPDATE', 'event-2', 'NEW', 'NEW'],
      ['ACCOUNT_UPDATE'],
      ['ORDER_TRADE_UPDATE', 'event-2', 'TRADE', 'FILLED'],
      ['ALGO_UPDATE', 'event-2', undefined, 'FINISHED'],
    ])
    const trade = events[2] as Event
    expect(keysOf(trade.o)).toEqual(keySets['usdm.page.event.order.o'])
    expect(keysOf(trade.o)).toEqual(expect.arrayContaining(keySets['usdm.event.order.o'] as string[]))
    expect(keysOf((events[3] as Event).o)).toEqual(keySets['usdm.event.algo.o'])
    const { a } = events[1] as Event
    expect(keysOf(a)).toEqual(keySets['usdm.event.account.a'])
    expect(keysOf((a['P'] as object[])[0])).toEqual(keySets['usdm.event.account.P'])
    expect(keysOf((a['B'] as object[])[0])).toEqual(keySets['usdm.event.account.B'])
    socket.close()
  })

  it('ends with listenKeyExpired, refuses unknown keys, and is cut by the fault switch', async () => {
    const first = await listen((key) => `/ws/${key}`)
    const cut = new Promise((resolve) => first.socket.once('close', resolve))
    await venue.post('/control/faults', { kind: 'disconnect-streams', accountId: account.accountId, next: 1 })
    await cut
    await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
    const second = await listen((key) => `/ws/${key}`)
    await fetch(`${venue.base}/fapi/v1/listenKey`, { method: 'DELETE', headers: { 'x-mbx-apikey': account.apiKey } })
    await eventually(() => second.events.some(({ e }) => e === 'listenKeyExpired'))
    second.socket.close()
    const refused = new WebSocket(`${venue.base.replace('http', 'ws')}/ws/unknown`)
    await expect(new Promise((_resolve, reject) => refused.once('error', reject))).rejects.toThrow(/401/)
  })
})

describe('answers', () => {
  it('have the keys of the venue', async () => {
    await exchange.createOrder(symbol, 'market', 'buy', 0.01)
    const resting = await exchange.createOrder(symbol, 'limit', 'buy', 0.01, 41000)
    await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, { stopLossPrice: 41000 })
    const of = async (path: string, query = '') => (await signed('GET', path, query)).body
    const v2 = (await of('/fapi/v2/account')) as { assets: object[]; positions: object[] }
    expect(keysOf(v2)).toEqual(keySets['usdm.account.v2'])
    expect(keysOf(v2.assets[0])).toEqual(keySets['usdm.account.v2.asset'])
    expect(keysOf(v2.positions[0])).toEqual(keySets['usdm.account.v2.position'])
    const v3 = (await of('/fapi/v3/account')) as { assets: object[]; positions: object[] }
    expect(keysOf(v3)).toEqual(keySets['usdm.page.account.v3'])
    expect(keysOf(v3.assets[0])).toEqual(keySets['usdm.page.account.v3.asset'])
    expect(keysOf(v3.positions[0])).toEqual(keySets['usdm.page.account.v3.position'])
    expect(keysOf(((await of('/fapi/v2/balance')) as object[])[0])).toEqual(keySets['usdm.balance'])
    expect(keysOf(((await of('/fapi/v2/positionRisk')) as object[])[0])).toEqual(keySets['usdm.positionRisk.v2'])
    expect(keysOf(((await of('/fapi/v3/positionRisk')) as object[])[0])).toEqual(keySets['usdm.page.positionRisk.v3'])
    expect(keysOf(await of('/fapi/v1/order', `symbol=BTCUSDT&orderId=${String(resting.id)}`))).toEqual(
      keySets['usdm.order'],
    )
    expect(keysOf(((await of('/fapi/v1/userTrades', 'symbol=BTCUSDT')) as object[])[0])).toEqual(
      keySets['usdm.page.trade'],
    )
    const algo = ((await of('/fapi/v1/openAlgoOrders')) as object[])[0]
    expect(keysOf(algo)).toEqual([...(keySets['usdm.page.algo'] as string[]), 'selfTradePreventionMode'].toSorted())
    const info = (await (await fetch(`${venue.base}/fapi/v1/exchangeInfo`)).json()) as { symbols: object[] }
    expect(keysOf(info.symbols[0])).toEqual(keySets['usdm.page.symbol'])
  })
})
