import { type Decimal, decimal as d, HUNDRED, ONE } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { follow, type Trail } from './trail.ts'

const sale: Trail = { side: 'sell', activation: d('40600'), callbackRatePercent: d('1'), best: null }
const purchase: Trail = { ...sale, side: 'buy', activation: d('39400') }

function prices(trail: Trail, path: readonly Decimal[]): { readonly trail: Trail; readonly firedBy: number | null } {
  let known = trail
  for (const [index, price] of path.entries()) {
    const step = follow(known, price)
    known = step.trail
    if (step.fires) return { trail: known, firedBy: index }
  }
  return { trail: known, firedBy: null }
}

const path = (...texts: string[]) => texts.map((text) => d(text))

describe('a target of ours', () => {
  it('fires when its price has come, whatever comes after', () => {
    const target: Trail = { ...sale, callbackRatePercent: null }
    expect(prices(target, path('40599', '40600')).firedBy).toBe(1)
    expect(prices({ ...target, side: 'buy', activation: d('39400') }, path('39401', '39000')).firedBy).toBe(1)
    expect(follow({ ...target, best: d('40600') }, d('1')).fires).toBe(true)
  })
})

describe('a trailing stop of ours', () => {
  it('waits for its activation price, then fires by the callback below the best price since', () => {
    expect(prices(sale, path('40000', '40599', '39000')).firedBy).toBe(null)
    expect(prices(sale, path('40600', '41000', '40590.1', '40590')).firedBy).toBe(3)
    expect(`${prices(sale, path('40600', '41000', '40700')).trail.best}`).toBe('41000')
  })

  it('follows the price down where it buys back', () => {
    expect(prices(purchase, path('40000', '39400', '39000', '39389.9', '39390')).firedBy).toBe(4)
  })

  it('begins by its first price, if that is beyond the activation', () => {
    expect(prices(sale, path('42000', '41580')).firedBy).toBe(1)
  })

  const walks = fc.array(fc.integer({ min: 30_000, max: 50_000 }), { minLength: 1, maxLength: 60 })

  it('fires at the first price that is so far from the best one since its activation, and never before', () => {
    fc.assert(
      fc.property(walks, fc.constantFrom(sale, purchase), fc.integer({ min: 1, max: 200 }), (walk, from, tenths) => {
        const trail = { ...from, callbackRatePercent: d(`${tenths / 10}`) }
        const all = walk.map((price) => d(`${price}`))
        const sells = trail.side === 'sell'
        const begins = all.findIndex((price) => (sells ? price.gte(trail.activation) : price.lte(trail.activation)))
        const expected = all.findIndex((price, index) => {
          if (begins === -1 || index <= begins) return false
          const since = all.slice(begins, index)
          const best = since.reduce((most, each) => ((sells ? each.gt(most) : each.lt(most)) ? each : most))
          const share = trail.callbackRatePercent.div(HUNDRED)
          return sells ? price.lte(best.times(ONE.minus(share))) : price.gte(best.times(ONE.plus(share)))
        })
        expect(prices(trail, all).firedBy).toBe(expected === -1 ? null : expected)
      }),
      { numRuns: 2_000 },
    )
  })

  it('goes on where it was when it is taken up from what was stored', () => {
    fc.assert(
      fc.property(walks, fc.nat(59), (walk, cut) => {
        const all = walk.map((price) => d(`${price}`))
        const whole = prices(sale, all)
        const before = prices(sale, all.slice(0, cut))
        if (before.firedBy !== null) return
        const after = prices({ ...before.trail }, all.slice(cut))
        expect(after.firedBy === null ? null : after.firedBy + Math.min(cut, all.length)).toBe(whole.firedBy)
      }),
    )
  })
})
