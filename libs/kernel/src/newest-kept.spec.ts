import { describe, expect, it } from 'vitest'
import { NewestKept } from './newest-kept.ts'

describe('what is kept', () => {
  it('is bounded, and the one that was kept longest ago goes first', () => {
    const kept = new NewestKept<number>(2)
    kept.keep('a', 1)
    kept.keep('b', 2)
    kept.keep('a', 3)
    kept.keep('c', 4)
    expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([3, undefined, 4])
  })

  it('goes when it is to be forgotten', () => {
    const kept = new NewestKept<number>()
    kept.keep('a', 1)
    kept.keep('b', 2)
    kept.forget((value) => value === 1)
    expect(['a', 'b'].map((key) => kept.get(key))).toEqual([undefined, 2])
  })
})
