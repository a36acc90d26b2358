import { decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CcxtMarket } from '../ccxt/ccxt-exchange.client.ts'
import { mapThrown } from '../ccxt/ccxt-error.map.ts'
import { okxCodes } from './okx-codes.map.ts'
import { okxInstrumentOf } from './okx-instrument.map.ts'
import * as wire from './okx-order.wire.ts'

const bitcoin = { symbol: 'BTC/USDT', contractSize: decimal('0.01') }
const order = {
  instId: 'BTC-USDT-SWAP',
  ordId: '2497956918703120384',
  clOrdId: 'c',
  algoClOrdId: '',
  algoId: '',
  state: 'filled',
  accFillSz: '0.03',
  avgPx: '103698.9',
  fee: '-0.021776769',
  feeCcy: 'USDT',
  fillTime: '1746947317402',
  category: 'normal',
  cancelSourceReason: '',
}
const market = {
  id: 'BTC-USDT-SWAP',
  symbol: 'BTC/USDT:USDT',
  base: 'BTC',
  quote: 'USDT',
  active: true,
  spot: false,
  linear: true,
  swap: true,
  info: {
    tickSz: '0.1',
    lotSz: '0.01',
    minSz: '0.01',
    maxLmtSz: '100000000',
    maxMktSz: '12000',
    ctVal: '0.01',
    ctMult: '1',
  },
} satisfies CcxtMarket

describe("OKX's order", () => {
  it('is told in units of the base, with what was paid as a positive fee', () => {
    expect(wire.venueOrderOf(wire.okxOrder.parse(order), bitcoin)).toEqual({
      clientOrderId: 'c',
      venueOrderId: '2497956918703120384',
      symbol: 'BTC/USDT',
      status: 'filled',
      filledQuantity: '0.0003',
      averagePrice: '103698.9',
      fee: '0.021776769',
      feeCurrency: 'USDT',
      executedAt: new Date(Number(order.fillTime)),
      message: null,
    })
  })

  it('keeps a rebate as a negative fee, and no fee as unknown once something is filled', () => {
    const told = (part: object) => wire.venueOrderOf(wire.okxOrder.parse({ ...order, ...part }), bitcoin)
    expect(told({ fee: '0.5' }).fee).toBe('-0.5')
    expect(told({ fee: '' }).fee).toBeNull()
    expect(told({ fee: '', accFillSz: '', avgPx: '', state: 'live' })).toMatchObject({ fee: '0', averagePrice: null })
  })

  it('has no time of its last fill before there is one, nor where the venue tells none that can be read', () => {
    const at = (part: object) => wire.venueOrderOf(wire.okxOrder.parse({ ...order, ...part }), bitcoin).executedAt
    expect(at({ accFillSz: '', fillTime: '' })).toBeNull()
    for (const fillTime of ['', '0', 'soon', '-1', '1e300', undefined, {}]) expect(at({ fillTime })).toBeNull()
  })

  it('goes by the id of the algo order that it came from', () => {
    const raw = wire.okxOrder.parse({ ...order, clOrdId: '', algoClOrdId: 'stop', algoId: '7' })
    expect(wire.venueOrderOf(raw, bitcoin).clientOrderId).toBe('stop')
  })

  it('tells what the venue did by itself', () => {
    expect(wire.forcedOf('full_liquidation')).toBe('liquidation')
    expect(wire.forcedOf('adl')).toBe('stop-out')
    expect(wire.forcedOf('normal')).toBeNull()
  })

  it('is refused, not guessed, when a state or a number is none that we know', () => {
    expect(wire.okxOrder.safeParse({ ...order, state: 'frozen' }).success).toBe(false)
    expect(wire.okxOrder.safeParse({ ...order, accFillSz: '1e3' }).success).toBe(false)
  })
})

describe("OKX's algo order", () => {
  const algo = { instId: 'BTC-USDT-SWAP', algoId: '7', algoClOrdId: 'stop', ordId: '', failCode: '' }
  it('works until it ends or goes into the book', () => {
    const told = (part: object) => wire.venueOrderOfAlgo(wire.okxAlgoOrder.parse({ ...algo, ...part }), 'BTC/USDT')
    expect(told({ state: 'live' })).toMatchObject({ status: 'working', clientOrderId: 'stop', venueOrderId: '7' })
    expect(told({ state: 'canceled' }).status).toBe('cancelled')
    expect(told({ state: 'order_failed', failCode: '51205' })).toMatchObject({
      status: 'rejected',
      message: 'failed with code 51205',
    })
    expect(wire.bookIdOf(wire.okxAlgoOrder.parse({ ...algo, state: 'effective', ordId: '9' }))).toBe('9')
  })
})

describe("OKX's refusals of a close", () => {
  it.each([
    ['51023', "Position doesn't exist.", 'REDUCE_ONLY_REFUSED'],
    ['51169', "Order failed because you don't have any positions in this direction", 'REDUCE_ONLY_REFUSED'],
    ['51112', 'Close order size exceeds available size for this position.', 'INVALID_QUANTITY'],
  ])('say that there is nothing to reduce only where there is no position: %s %s', (sCode, sMsg, code) => {
    const said = JSON.stringify({ code: '1', data: [{ sCode, sMsg }], msg: 'All operations failed' })
    expect(mapThrown(new Error(`okx ${said}`), 'place', null, okxCodes)).toEqual({
      kind: 'rejected',
      code,
      message: sMsg,
    })
  })
})

describe("OKX's refusals by how the account is set", () => {
  it.each([
    ['51000', 'Parameter posSide error'],
    ['51010', 'Request unsupported under current account mode'],
  ])('say so: %s %s', (sCode, sMsg) => {
    const said = JSON.stringify({ code: '1', data: [{ sCode, sMsg }], msg: 'All operations failed' })
    expect(mapThrown(new Error(`okx ${said}`), 'place', null, okxCodes)).toMatchObject({
      kind: 'rejected',
      code: 'ACCOUNT_SETTINGS_UNSUITABLE',
    })
  })
})

describe("OKX's positions and fills", () => {
  it('have a side by their sign, or by their name in long-short mode', () => {
    const raw = { instId: 'BTC-USDT-SWAP', avgPx: '10000', upl: '-1' }
    const told = (part: object) => wire.venuePositionOf(wire.okxPosition.parse({ ...raw, ...part }), bitcoin)
    expect(told({ posSide: 'net', pos: '-2' })).toMatchObject({ side: 'sell', quantity: '0.02', unrealizedPnl: '-1' })
    expect(told({ posSide: 'short', pos: '2' })).toMatchObject({ side: 'sell', quantity: '0.02' })
    expect(told({ posSide: 'net', pos: '' })).toBeNull()
  })

  it('come back as the same quantity, whatever the size of a contract', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom('0.01', '0.1', '1', '10', '1000'),
        (lots, size) => {
          const contractSize = decimal(size)
          const quantity = decimal(String(lots)).times(decimal('0.01')).times(contractSize)
          const contracts = quantity.div(contractSize).toString()
          const raw = wire.okxPosition.parse({ instId: 'X', posSide: 'net', pos: contracts, avgPx: '1', upl: '' })
          expect(wire.venuePositionOf(raw, { symbol: 'X/USDT', contractSize })?.quantity).toBe(quantity.toString())
        },
      ),
    )
  })
})

describe("OKX's instrument", () => {
  it('has its steps in units of the base', () => {
    expect(okxInstrumentOf(market)).toMatchObject({
      symbol: 'BTC/USDT',
      kind: 'perpetual',
      priceStep: '0.1',
      quantityStep: '0.0001',
      minimumQuantity: '0.0001',
      maximumQuantity: '120',
      contractSize: '1',
    })
  })

  it('is left out when a rule of it is missing', () => {
    expect(okxInstrumentOf({ ...market, info: { ...market.info, ctVal: '' } })).toBeNull()
    expect(okxInstrumentOf({ ...market, info: { ...market.info, lotSz: 'much' } })).toBeNull()
    expect(okxInstrumentOf({ ...market, base: 'BTC-X' })).toBeNull()
  })
})
