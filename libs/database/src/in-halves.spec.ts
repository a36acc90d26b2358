import { describe, expect, it } from 'vitest'
import { inHalves } from '#in-halves'
import { RetryableError } from '#retryable-error'

/** Refuses whatever holds one of these; answers what it has done. */
function refusing(bad: readonly number[], calls: number[][] = []) {
  return (items: readonly number[]): Promise<readonly number[]> => {
    calls.push([...items])
    const found = items.find((item) => bad.includes(item))
    return found === undefined ? Promise.resolve(items) : Promise.reject(new Error(`not ${found}`))
  }
}

describe('work in halves', () => {
  it('is done at once where nothing fails', async () => {
    const calls: number[][] = []
    expect(await inHalves([1, 2, 3], refusing([], calls))).toEqual({ values: [[1, 2, 3]], failed: [] })
    expect(calls).toEqual([[1, 2, 3]])
    expect(await inHalves([], refusing([], calls))).toEqual({ values: [], failed: [] })
    expect(calls).toHaveLength(1)
  })

  it('is done for all but those at fault, who are named with what was wrong', async () => {
    const { values, failed } = await inHalves([1, 2, 3, 4, 5, 6, 7], refusing([2, 7]))
    expect(values.flat()).toEqual([1, 3, 4, 5, 6])
    expect(failed).toEqual([
      { item: 2, error: new Error('not 2') },
      { item: 7, error: new Error('not 7') },
    ])
  })

  it('ends where the database is away: nobody is at fault', async () => {
    const away = new RetryableError('away')
    await expect(inHalves([1, 2], () => Promise.reject(away))).rejects.toBe(away)
  })
})
