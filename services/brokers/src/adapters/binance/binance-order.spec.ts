import { decimal, sum } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  actualOrderIdOf,
  binanceOrder,
  clientIdOfReport,
  orderReport,
  venueOrderOf,
  venueOrderOfReport,
} from './binance-order.wire.ts'
import { plain } from '../ccxt/amounts.wire.ts'
import { FeeLedger } from './fee-ledger.client.ts'

const raw = {
  symbol: 'BTCUSDT',
  orderId: 3_240_579_942,
  clientOrderId: 'c',
  status: 'FILLED',
  executedQty: '0.67300000',
  avgPrice: '19299.90000',
}

const untold = { fee: null, feeCurrency: null }

describe("Binance's order", () => {
  it('keeps amounts exact and drops trailing zeros', () => {
    expect(venueOrderOf(binanceOrder.parse(raw), 'BTC/USDT')).toMatchObject({
      venueOrderId: '3240579942',
      status: 'filled',
      filledQuantity: '0.673',
      averagePrice: '19299.9',
      fee: null,
    })
    expect(plain('0.00100000')).toBe('0.001')
    expect(plain('00.5')).toBe('0.5')
  })

  it('adds up the fees of its fills and averages by quote amount', () => {
    const fills = [
      { price: '10', qty: '1', commission: '0.001', commissionAsset: 'BTC' },
      { price: '11', qty: '1', commission: '0.002', commissionAsset: 'BTC' },
    ]
    const { avgPrice: _, ...spot } = raw
    const told = { ...spot, executedQty: '2', cummulativeQuoteQty: '21' }
    const order = venueOrderOf(binanceOrder.parse({ ...told, fills }), 'BTC/USDT')
    expect(order).toMatchObject({ averagePrice: '10.5', fee: '0.003', feeCurrency: 'BTC' })
    const mixed = [fills[0], { ...fills[1], commissionAsset: 'BNB' }]
    expect(venueOrderOf(binanceOrder.parse({ ...told, fills: mixed }), 'BTC/USDT')).toMatchObject(untold)
  })

  it('was executed when it changed last, while what changed it last was an execution', () => {
    const at = (part: object) => venueOrderOf(binanceOrder.parse({ ...raw, ...part }), 'BTC/USDT').executedAt
    const updateTime = 1_666_375_949_485
    for (const status of ['FILLED', 'PARTIALLY_FILLED']) {
      expect(at({ status, updateTime })).toEqual(new Date(updateTime))
      expect(at({ status, transactTime: updateTime })).toEqual(new Date(updateTime))
    }
    expect(at({ status: 'CANCELED', updateTime })).toBeNull()
    expect(at({})).toBeNull()
  })

  it('is told by the stream to be executed with the trades alone', () => {
    const report = { s: 'BTCUSDT', c: 'c', X: 'FILLED', i: 1, z: '1', ap: '10', T: 1_666_375_949_485 }
    const at = (x: string) => venueOrderOfReport(orderReport.parse({ ...report, x }), 'BTC/USDT', 'c').executedAt
    expect(at('TRADE')).toEqual(new Date(report.T))
    expect(at('CANCELED')).toBeNull()
  })

  it('is refused as unreadable when a status or amount is not known', () => {
    expect(binanceOrder.safeParse({ ...raw, status: 'HALF_BAKED' }).success).toBe(false)
    expect(binanceOrder.safeParse({ ...raw, executedQty: 'NaN' }).success).toBe(false)
  })

  it('is told by its own id when a cancel names itself', () => {
    const report = orderReport.parse({
      s: 'BTCUSDT',
      c: 'cancel-1',
      C: 'own',
      X: 'CANCELED',
      i: 1,
      z: '0',
      x: 'CANCELED',
    })
    expect(clientIdOfReport(report)).toBe('own')
    expect(actualOrderIdOf({ actualOrderId: '' })).toBeNull()
    expect(actualOrderIdOf({ actualOrderId: '17' })).toBe('17')
  })
})

const tradeOf = (clientOrderId: string, tradeId = '1', currency: string | null = 'USDT') => ({
  clientOrderId,
  tradeId,
  quantity: '1',
  fee: '2',
  currency,
})

describe('the fee ledger', () => {
  it('knows the fee of an order until it is forgotten, also where a later trade does not tell its currency', () => {
    const ledger = new FeeLedger()
    expect(ledger.feeOf('c', '2')).toEqual(untold)
    ledger.add(tradeOf('c', '1', 'BNB'))
    ledger.add(tradeOf('c', '2', null))
    expect(ledger.feeOf('c', '2')).toEqual({ fee: '4', feeCurrency: 'BNB' })
    ledger.forget('c')
    expect(ledger.feeOf('c', '2')).toEqual(untold)
  })

  it('keeps so many orders at most, and nothing of the oldest', () => {
    const ledger = new FeeLedger(2)
    for (const order of ['a', 'b', 'c']) ledger.add(tradeOf(order))
    const told = { fee: '2', feeCurrency: 'USDT' }
    expect(['a', 'b', 'c'].map((order) => ledger.feeOf(order, '1'))).toEqual([untold, told, told])
  })

  it('leaves a fee untold whose currency ran out in between, but not for what cost nothing', () => {
    const ledger = new FeeLedger()
    ledger.add(tradeOf('c', '1', 'BNB'))
    ledger.add({ ...tradeOf('c', '2', 'BTC'), fee: '0' })
    expect(ledger.feeOf('c', '2')).toEqual({ fee: '2', feeCurrency: 'BNB' })
    ledger.add(tradeOf('c', '3', 'BTC'))
    expect(ledger.feeOf('c', '3')).toEqual(untold)
  })

  it('tells a fee only when its trades make up the filled quantity, in any order and however often told', () => {
    const trade = fc.record({ quantity: fc.integer({ min: 1, max: 100 }), fee: fc.integer({ min: -5, max: 50 }) })
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 10 }), (trades) => {
        const ledger = new FeeLedger()
        const total = sum(trades.map(({ quantity }) => decimal(String(quantity)))).toString()
        trades.forEach(({ quantity, fee }, index) => {
          if (index > 0) expect(ledger.feeOf('c', total)).toEqual(untold)
          const told = { ...tradeOf('c', String(index)), quantity: String(quantity), fee: String(fee) }
          ledger.add(told)
          ledger.add(told)
        })
        expect(ledger.feeOf('c', total).fee).toBe(sum(trades.map(({ fee }) => decimal(String(fee)))).toString())
      }),
    )
  })
})
