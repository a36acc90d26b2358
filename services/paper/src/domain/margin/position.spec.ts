import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amount, times } from '../amount.ts'
import { afterFill, entryPriceOf, unrealizedPnlOf } from './position.ts'

const step = amount('0.001')
const tick = amount('0.1')
const fills = fc.array(
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.bigInt({ min: 1n, max: 10_000n }).map((units) => units * step),
    price: fc.bigInt({ min: 10_000n, max: 900_000n }).map((units) => units * tick),
  }),
  { minLength: 1, maxLength: 40 },
)

describe('a one-way position', () => {
  it('earns exactly the cash that flowed once it is flat again', () => {
    fc.assert(
      fc.property(fills, fc.bigInt({ min: 10_000n, max: 900_000n }), (list, lastUnits) => {
        let position = { quantity: 0n, cost: 0n }
        let realized = 0n
        let cash = 0n
        const run = (side: 'buy' | 'sell', quantity: bigint, price: bigint) => {
          const change = afterFill(position, side, quantity, price)
          position = change
          realized += change.realizedPnl
          cash += side === 'buy' ? -times(quantity, price) : times(quantity, price)
        }
        for (const { side, quantity, price } of list) run(side, quantity, price)
        const open = position.quantity
        if (open !== 0n) run(open > 0n ? 'sell' : 'buy', open > 0n ? open : -open, lastUnits * tick)
        expect(position).toMatchObject({ quantity: 0n, cost: 0n })
        expect(realized).toBe(cash)
      }),
    )
  })

  it('is worth realised and unrealised profit together, whatever was closed in between', () => {
    fc.assert(
      fc.property(fills, (list) => {
        let position = { quantity: 0n, cost: 0n }
        let realized = 0n
        let cash = 0n
        for (const { side, quantity, price } of list) {
          const change = afterFill(position, side, quantity, price)
          position = change
          realized += change.realizedPnl
          cash += side === 'buy' ? -times(quantity, price) : times(quantity, price)
        }
        const mark = amount('42000')
        expect(realized + unrealizedPnlOf(position, mark)).toBe(cash + times(position.quantity, mark))
      }),
    )
  })

  it('averages the entry price of what is added and keeps it while reducing', () => {
    const first = afterFill({ quantity: 0n, cost: 0n }, 'buy', amount('1'), amount('100'))
    const second = afterFill(first, 'buy', amount('1'), amount('200'))
    expect(entryPriceOf(second)).toBe(amount('150'))
    const reduced = afterFill(second, 'sell', amount('0.5'), amount('170'))
    expect(entryPriceOf(reduced)).toBe(amount('150'))
    expect(reduced.realizedPnl).toBe(amount('10'))
  })

  it('starts anew at the fill price when it turns around', () => {
    const long = afterFill({ quantity: 0n, cost: 0n }, 'buy', amount('1'), amount('100'))
    const turned = afterFill(long, 'sell', amount('3'), amount('90'))
    expect(turned).toEqual({ quantity: amount('-2'), cost: amount('180'), realizedPnl: amount('-10') })
  })
})
