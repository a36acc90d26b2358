import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { keySetsOf, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT'
const venue = new VenueUnderTest('okx-spot')
const cash = { tdMode: 'cash' }

let exchange: InstanceType<typeof ccxt.okx>

beforeEach(async () => {
  await venue.move('42000')
  const account = await venue.openAccount('10000', { balances: { BTC: '1' } })
  const { apiKey = '', secret = '', passphrase = '' } = account.credentials
  const options = { fetchMarkets: { types: ['spot'] }, createOrder: 'privatePostTradeOrder' }
  exchange = new ccxt.okx({ apiKey, secret, password: passphrase, options, enableRateLimit: false })
  exchange.has['fetchCurrencies'] = false
  exchange.fetchImplementation = venue.redirect('https://www.okx.com')
  await exchange.loadMarkets()
})

async function free(currency: string): Promise<number> {
  return Number((await exchange.fetchBalance())[currency]?.free)
}

describe('coins through the real client', () => {
  it('are bought by their quantity or by what they cost, and the fee is taken from what comes in', async () => {
    const placed = await exchange.createOrder(symbol, 'market', 'buy', 0.1)
    const order = await exchange.fetchOrder(String(placed.id), symbol)
    expect(order).toMatchObject({
      status: 'closed',
      filled: 0.1,
      average: 42_000,
      fee: { cost: 0.0001, currency: 'BTC' },
    })
    expect(await free('BTC')).toBeCloseTo(1.0999, 8)
    await exchange.createOrder(symbol, 'market', 'buy', 420, 1, { tgtCcy: 'quote_ccy' })
    expect(await free('USDT')).toBeCloseTo(10_000 - 4_200 - 420, 4)
  })

  it('are set aside by a resting order and come back when it is cancelled', async () => {
    const placed = await exchange.createOrder(symbol, 'limit', 'sell', 0.4, 43_000)
    expect(await free('BTC')).toBe(0.6)
    await exchange.cancelOrder(String(placed.id), symbol)
    expect(await free('BTC')).toBe(1)
  })

  it('are refused on margin, and when there are not enough of them', async () => {
    const margin = exchange.createOrder(symbol, 'market', 'buy', 0.1, undefined, { tdMode: 'cross' })
    await expect(margin).rejects.toThrow(/51000.*tdMode/)
    await expect(exchange.createOrder(symbol, 'market', 'sell', 2)).rejects.toThrow(ccxt.InsufficientFunds)
  })

  it('have a stop and a target as one algo order, of which one ends the other', async () => {
    const pair = { ...cash, stopLossPrice: 41_000, takeProfitPrice: 43_000, slOrdPx: '-1', tpOrdPx: '-1' }
    const placed = await exchange.createOrder(symbol, 'oco', 'sell', 0.5, undefined, pair)
    const open = await exchange.fetchOpenOrders(symbol, undefined, undefined, { ordType: 'oco' })
    expect(open).toHaveLength(1)
    expect(open[0]).toMatchObject({ id: placed.id, stopLossPrice: 41_000, takeProfitPrice: 43_000 })
    await venue.move('43000')
    expect(await exchange.fetchOrder(String(placed.id), symbol, { trigger: true })).toMatchObject({ status: 'closed' })
    expect(await exchange.fetchOpenOrders(symbol, undefined, undefined, { ordType: 'oco' })).toHaveLength(0)
    expect(await free('BTC')).toBe(0.5)
  })

  it('have a pair that is cancelled as one', async () => {
    const pair = { ...cash, stopLossPrice: 41_000, takeProfitPrice: 43_000, slOrdPx: '-1', tpOrdPx: '-1' }
    const placed = await exchange.createOrder(symbol, 'oco', 'sell', 0.5, undefined, pair)
    expect(await free('BTC')).toBe(0.5)
    await exchange.cancelOrder(String(placed.id), symbol, { trigger: true })
    expect(await free('BTC')).toBe(1)
    const again = await exchange.fetchOrder(String(placed.id), symbol, { trigger: true })
    expect(again).toMatchObject({ status: 'canceled' })
  })

  it('are listed with the fields of the venue', async () => {
    const reply = await fetch(`${venue.base}/api/v5/public/instruments?instType=SPOT`)
    const { data } = (await reply.json()) as { data: { instId: string }[] }
    expect(data.map(({ instId }) => instId)).toEqual(['BTC-USDT', 'ETH-USDT'])
    expect(keysOf(data[0])).toEqual(expect.arrayContaining([...(keySetsOf('okx')['okx.instrument.spot'] ?? [])]))
  })
})
