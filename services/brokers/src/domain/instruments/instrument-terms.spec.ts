import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { describe, expect, it } from 'vitest'
import { differingSymbols } from './instrument-terms.ts'

const euro: VenueInstrument = {
  symbol: 'EUR/USD',
  kind: 'perpetual',
  base: 'EUR',
  quote: 'USD',
  active: true,
  priceStep: '0.00001',
  quantityStep: '0.01',
  minimumQuantity: '0.01',
  maximumQuantity: '100',
  minimumNotional: '0',
  contractSize: '100000',
}
const gold: VenueInstrument = { ...euro, symbol: 'XAU/USD', base: 'XAU', contractSize: '100' }

describe('the instruments of two servers', () => {
  it.each([
    { contractSize: '10000' },
    { quantityStep: '0.1' },
    { minimumQuantity: '0.1' },
    { maximumQuantity: '50' },
    { minimumNotional: '10' },
    { priceStep: '0.0001' },
    { quote: 'EUR' },
    { base: 'USD' },
    { kind: 'spot' } as const,
  ])('differ in %o', (part) => {
    expect(differingSymbols([{ ...gold, ...part }, euro], [euro, gold])).toEqual(['XAU/USD'])
  })

  it('agree whatever way an amount is written, and in what sizing does not use', () => {
    expect(differingSymbols([{ ...euro, quantityStep: '0.010', active: false }], [euro])).toEqual([])
  })

  it('agree in what only one of them has', () => {
    expect(differingSymbols([gold], [euro])).toEqual([])
    expect(differingSymbols([euro], [])).toEqual([])
  })
})
