import { describe, expect, it } from 'vitest'
import { claimLimits } from './claim-limits.ts'

const most = { deliveriesInFlightMax: 256, endpointInFlightMax: 32 }
const limitsOf = (underWay: Record<string, number>, changes = {}) =>
  claimLimits({ ...most, ...changes }, new Map(Object.entries(underWay)))

describe('what is claimed next', () => {
  it('is what is free but for a quarter, up to the limit of each endpoint, with one probe of those that fail', () => {
    expect(limitsOf({})).toMatchObject({ rows: 192, perEndpoint: 32, perFailing: 1 })
    expect(limitsOf({ slow: 32, slower: 32 })).toMatchObject({ rows: 128, perEndpoint: 32, perFailing: 1 })
  })

  it('is one for each endpoint that answers and has none under way, once only the last quarter is free', () => {
    expect(limitsOf({ many: 192 })).toMatchObject({ rows: 64, perEndpoint: 1, perFailing: 0 })
    expect(limitsOf({ many: 256 })).toMatchObject({ rows: 0 })
  })

  it('is something for everybody although there is but one slot', () => {
    const one = { deliveriesInFlightMax: 1 }
    expect(limitsOf({}, one)).toMatchObject({ rows: 1, perEndpoint: 32, perFailing: 1 })
    expect(limitsOf({ slow: 1 }, one)).toMatchObject({ rows: 0 })
  })
})
