import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Protection } from './level-exits.ts'
import { averageOf, type HeldPiece, netted, orderOfLevel, volumeOf } from './position-sums.ts'

const pieceArbitrary = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  volume: fc.integer({ min: 1, max: 10_000 }).map((steps) => decimal(`${steps}`).div('100').toString()),
  price: fc.integer({ min: 1, max: 1_000_000 }).map((ticks) => decimal(`${ticks}`).div('1000').toString()),
  profit: fc.integer({ min: -1_000, max: 1_000 }).map((money) => decimal(`${money}`)),
})

describe('positions of one symbol', () => {
  it('are one, of what is long less what is short, priced between the pieces of its side', () => {
    fc.assert(
      fc.property(fc.array(pieceArbitrary, { minLength: 1, maxLength: 12 }), (pieces: HeldPiece[]) => {
        const of = (side: string) => volumeOf(pieces.filter((piece) => piece.side === side))
        const net = of('buy').minus(of('sell'))
        const [position, ...others] = netted([['EUR/USD', pieces]])
        expect(others).toEqual([])
        if (net.eq(ZERO)) return expect(position).toBeUndefined()
        expect(position).toMatchObject({ side: net.gt(ZERO) ? 'buy' : 'sell', quantity: net.abs().toString() })
        expect(position?.unrealizedPnl).toBe(sum(pieces.map(({ profit }) => profit)).toString())
        const prices = pieces.filter(({ side }) => side === position?.side).map(({ price }) => decimal(price))
        const entry = decimal(position?.entryPrice ?? '0').round(3)
        expect(prices.some((price) => price.lte(entry)) && prices.some((price) => price.gte(entry))).toBe(true)
      }),
    )
  })
})

describe('a level as an order', () => {
  const exit: Protection = {
    kind: 'stop',
    clientOrderId: 'our-id',
    symbol: 'EUR/USD',
    price: '1.08',
    quantity: '0.3',
    positions: ['7', '8'],
    cancelled: false,
  }
  const executedAt = new Date('2026-01-05T09:00:00Z')
  const closed = (...volumes: string[]) => {
    const pieces = volumes.map((volume) => ({ volume, price: '1.08' }))
    return { pieces, executedAt: pieces.length === 0 ? null : executedAt, fee: ZERO }
  }

  it('works while it stands, is filled once it closed all it covers, and has ended otherwise', () => {
    expect(orderOfLevel(exit, true, closed())).toMatchObject({ status: 'working', venueOrderId: 'sl@1.08:7+8' })
    expect(orderOfLevel(exit, false, closed('0.1', '0.2'))).toMatchObject({
      status: 'filled',
      filledQuantity: '0.3',
      executedAt,
    })
    expect(orderOfLevel(exit, false, closed('0.1'))).toMatchObject({ status: 'cancelled', filledQuantity: '0.1' })
    expect(orderOfLevel(exit, false, closed())).toMatchObject({ status: 'cancelled', averagePrice: null })
  })

  it('has no average price before anything was closed', () => {
    expect(averageOf([])).toBeNull()
  })
})
