import { describe, expect, it } from 'vitest'
import { isWhole, ownIdOf, partIdOf } from './part-ids.ts'

const clientOrderId = '0123456789abcdefghijklmno'
const idsOf = (parts: number) => Array.from({ length: parts }, (_, index) => partIdOf(clientOrderId, index + 1, parts))

describe('the parts of an order', () => {
  it.each([1, 2, 3, 26])('of %i are all told apart, and each says which it is and whether it is the last', (parts) => {
    const ids = idsOf(parts)
    expect(new Set(ids).size).toBe(parts)
    expect(ids.map((id) => ownIdOf(id))).toEqual(
      ids.map((_, index) => ({ clientOrderId, part: index + 1, last: index + 1 === parts })),
    )
  })

  it('are whole when each of them is there, however often', () => {
    const [first, second, third] = idsOf(3) as [string, string, string]
    expect(isWhole([third, first, second, first])).toBe(true)
    expect(isWhole([clientOrderId])).toBe(true)
    expect(isWhole([first, third])).toBe(false)
  })

  it('are not whole while the last is missing, which alone says how many there are, nor by ids of others', () => {
    const [first, second] = idsOf(3) as [string, string]
    expect(isWhole([first, second])).toBe(false)
    expect(isWhole([])).toBe(false)
    expect(isWhole(['TE_EURUSD_abc'])).toBe(false)
  })
})
