import { decimal, sum } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closingPieces, wholePositions } from './position-pieces.ts'

const positions = fc.array(
  fc.integer({ min: 1, max: 50 }).map((lots) => ({ volume: decimal(String(lots)).div('100').toString() })),
  { maxLength: 8 },
)
const volumeOf = (all: readonly { readonly volume: string }[]) => sum(all.map(({ volume }) => decimal(volume)))

describe('pieces of positions', () => {
  it('are whole ones that make up the quantity exactly, wherever such ones are', () => {
    fc.assert(
      fc.property(positions, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (held, chosen) => {
        const quantity = volumeOf(held.filter((_, index) => chosen[index]))
        const found = wholePositions(held, quantity)
        expect(found === null ? null : volumeOf(found).eq(quantity)).toBe(true)
        expect(new Set(found).size).toBe(found?.length)
      }),
    )
  })

  it('never close more than was asked for, nor less while more is held', () => {
    fc.assert(
      fc.property(positions, fc.integer({ min: 1, max: 300 }), (held, lots) => {
        const quantity = decimal(String(lots)).div('100')
        const closed = sum(closingPieces(held, quantity).map(({ volume }) => volume))
        const most = volumeOf(held)
        expect(closed.eq(most.lt(quantity) ? most : quantity)).toBe(true)
      }),
    )
  })
})
