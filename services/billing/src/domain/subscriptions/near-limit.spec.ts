import { describe, expect, it } from 'vitest'
import { isNear } from './near-limit.ts'

describe('an account', () => {
  it('is near its limit from nine tenths on, until it falls well below', () => {
    const limits = { maxBalance: '15000' }
    const totals = ['13499.99', '13500', '13000', '12750', '12749.99', '13000', '15001']
    let wasNear = false
    const told = totals.map((total) => (wasNear = isNear({ ...limits, wasNear }, total)))
    expect(told).toEqual([false, true, true, true, false, false, true])
  })
})
