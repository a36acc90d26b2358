import { describe, expect, it } from 'vitest'
import { at, bracketOf, d, newsOf, planOf, type Told } from '../../testing/bracket-fixtures.ts'
import { isBlind, isWatching, type Leg, type LegNews, mirror, purposeOf, wasOrdered } from './leg.ts'

const bracket = bracketOf(planOf(), d('0.9'))
const entry = bracket.legs[0]!
const watch = { since: at(0), firedAt: null, firedPrice: null, bestPrice: null, blindSince: null }

/** The entry after this news of it. */
function told(news: LegNews, details: Told = {}, leg: Leg = entry): Leg {
  return mirror(leg, newsOf({ ...bracket, legs: [leg] }, 'entry', news, details).update)
}

describe('what an order has executed', () => {
  const part = told('filled', { final: false, filled: '0.5', price: '40000', fee: '8', revision: 3, atMs: 10 })

  it('is known by the newest revision: an older one and a repetition change nothing', () => {
    for (const revision of [2, 3]) expect(told('filled', { filled: '0.9', revision }, part)).toBe(part)
  })

  it('never shrinks, and neither its price nor its fee goes back with news of less', () => {
    const less = told('cancelled', { filled: '0.3', price: '39000', fee: '5', revision: 4 }, part)
    expect([less.filledQuantity, less.averagePrice, less.fee].map(String)).toEqual(['0.5', '40000', '8'])
    expect([less.state, less.filledAt]).toEqual(['cancelled', at(10)])
  })

  it('is of the time that the venue tells, and of that of its news where the venue tells none', () => {
    expect([part.filledAt, part.fillObservedAt]).toEqual([at(10), at(10)])
    const late = { filled: '0.9', price: '40100', revision: 4, executedMs: 20, atMs: 900 }
    const more = told('filled', late, part)
    expect([more.filledAt, more.fillObservedAt]).toEqual([at(20), at(900)])
    const fee = told('filled', { ...late, revision: 5, executedMs: 950, atMs: 950 }, more)
    expect([fee.filledAt, fee.fillObservedAt]).toEqual([at(20), at(900)])
  })

  it('keeps the fee that is known while the venue does not tell of one, and knows no whole fee of more than that', () => {
    const same = told('filled', { final: false, filled: '0.5', feeUnknown: true, revision: 4 }, part)
    expect([String(same.fee), same.feeCurrency]).toEqual(['8', 'USDT'])
    const more = told('filled', { filled: '0.9', price: '40100', feeUnknown: true, revision: 4, atMs: 20 }, part)
    expect([String(more.fee), more.feeCurrency, more.filledAt]).toEqual(['8', null, at(20)])
    const dearer = told('filled', { final: false, filled: '0.5', fee: '9', revision: 4 }, part)
    expect(String(dearer.fee)).toBe('9')
  })
})

describe('the times and ids of an order', () => {
  it('are those of its first news: when it was sent, when it was taken, and under which id', () => {
    const lost = told('unknown', { atMs: 5 })
    expect([lost.sentAt, lost.acceptedAt]).toEqual([at(5), null])
    const taken = told('accepted', { atMs: 7 }, lost)
    expect([taken.sentAt, taken.acceptedAt, taken.venueOrderId]).toEqual([at(5), at(7), 'v-entry'])
    const { update } = newsOf({ ...bracket, legs: [taken] }, 'entry', 'cancelled', { atMs: 9 })
    const ended = mirror(taken, { ...update, venueOrderId: null })
    expect([ended.acceptedAt, ended.venueOrderId, ended.observedAt]).toEqual([at(7), 'v-entry', at(9)])
  })

  it('count one as taken that was filled at once, and not one that was refused', () => {
    expect(told('filled', { filled: '0.9', price: '40000', atMs: 3 }).acceptedAt).toBe(at(3))
    expect(told('rejected', { atMs: 3 }).acceptedAt).toBeNull()
  })
})

describe('an exit that is watched for', () => {
  it('waits for its price until that has come or the trade goes on without it', () => {
    expect(isWatching({ state: 'watching', watch })).toBe(true)
    expect(isWatching({ state: 'watching', watch: { ...watch, firedAt: at(5) } })).toBe(false)
    expect(isWatching({ state: 'cancelled', watch })).toBe(false)
  })

  it('is blind while it waits and no price comes', () => {
    const blind = { ...watch, blindSince: at(5) }
    expect(isBlind({ state: 'watching', watch: blind })).toBe(true)
    expect(isBlind({ state: 'watching', watch })).toBe(false)
    expect(isBlind({ state: 'cancelled', watch: blind })).toBe(false)
    expect(isBlind({ state: 'working' })).toBe(false)
  })

  it('was an order only once it has been sent', () => {
    expect(wasOrdered({ state: 'submitted', revision: 0 })).toBe(true)
    expect(wasOrdered({ state: 'watching', watch, revision: 0 })).toBe(false)
    expect(wasOrdered({ state: 'cancelled', watch, revision: 0 })).toBe(false)
    expect(wasOrdered({ state: 'cancelled', watch, revision: 1 })).toBe(true)
    expect(wasOrdered({ state: 'submitted', watch, revision: 0 })).toBe(true)
  })
})

describe('a stop and a target in one order', () => {
  const pair = {
    ...entry,
    type: 'stop-or-target',
    purpose: 'stop',
    price: d('41000'),
    triggerPrice: d('39000'),
  } as const

  it('was what the price that it got is nearer to, and a stop where it is as near to both', () => {
    const purposes = ['40900', '39100', '40000'].map((price) => purposeOf({ ...pair, averagePrice: d(price) }))
    expect(purposes).toEqual(['target', 'stop', 'stop'])
  })

  it('is what it was sent for until something is executed, as every other order always is', () => {
    expect(purposeOf(pair)).toBe('stop')
    expect(purposeOf({ ...pair, type: 'limit', averagePrice: d('40900') })).toBe('stop')
    expect(purposeOf({ ...pair, price: null, averagePrice: d('40900') })).toBe('stop')
    expect(purposeOf({ ...pair, triggerPrice: null, averagePrice: d('40900') })).toBe('stop')
  })
})
