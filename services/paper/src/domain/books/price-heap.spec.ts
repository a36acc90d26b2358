import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Order } from '../order.ts'
import { PriceHeap } from './price-heap.ts'
import { TrailingGroups, trailingTrigger } from './trailing-groups.ts'

interface Item {
  readonly key: bigint
  readonly age: number
  alive: boolean
}

const step = fc.oneof(
  fc.record({ do: fc.constant('push' as const), key: fc.bigInt({ min: 0n, max: 50n }) }),
  fc.record({ do: fc.constant('pop' as const) }),
  fc.record({ do: fc.constant('kill' as const), pick: fc.nat(300) }),
)

describe('a price heap', () => {
  it('gives living items by price, then by age, like a sorted list would', () => {
    const steps = fc.array(step, { maxLength: 400, size: 'max' })
    fc.assert(
      fc.property(steps, fc.constantFrom('lowest' as const, 'highest' as const), (list, top) => {
        const heap = new PriceHeap<Item>(top, (item) => item.alive)
        const items: Item[] = []
        list.forEach((given, age) => {
          if (given.do === 'push') {
            const item = { key: given.key, age, alive: true }
            items.push(item)
            heap.push(item.key, age, item)
          } else if (given.do === 'kill') {
            const item = items[given.pick]
            if (item !== undefined) item.alive = false
          } else {
            const expected = items
              .filter(({ alive }) => alive)
              .toSorted((left, right) => {
                const byKey = left.key < right.key ? -1 : left.key > right.key ? 1 : 0
                return (top === 'lowest' ? byKey : -byKey) || left.age - right.age
              })[0]
            const popped = heap.pop()
            expect(popped).toBe(expected)
            if (popped !== undefined) popped.alive = false
          }
        })
      }),
    )
  })

  it('does not keep what died', () => {
    const heap = new PriceHeap<Item>('lowest', (item) => item.alive)
    for (let age = 0; age < 10_000; age += 1) heap.push(5n, age, { key: 5n, age, alive: false })
    expect(heap.size).toBeLessThan(200)
  })
})

describe('trailing stops in groups', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('add' as const), rate: fc.bigInt({ min: 1n, max: 30n }) }),
    fc.record({ do: fc.constant('price' as const), to: fc.bigInt({ min: 500n, max: 1_500n }) }),
  )

  it('fire exactly when each of them alone would', () => {
    const actions = fc.array(action, { maxLength: 120, size: 'max' })
    fc.assert(
      fc.property(actions, fc.constantFrom('buy' as const, 'sell' as const), (list, side) => {
        const groups = new TrailingGroups(side)
        const singles: { order: Order; best: bigint }[] = []
        let price = 1_000n * 100_000_000n
        list.forEach((given, id) => {
          if (given.do === 'add') {
            const order = { id, side, status: 'waiting', callbackRate: given.rate * 10_000_000n } as Order
            groups.add(order, price)
            singles.push({ order, best: price })
            return
          }
          price = given.to * 100_000_000n
          groups.observe(price, price)
          for (const single of singles) {
            const better = side === 'sell' ? price > single.best : price < single.best
            if (better) single.best = price
          }
          const expected = singles
            .filter(({ order, best }) => {
              const trigger = trailingTrigger(side, best, order.callbackRate ?? 0n)
              return order.status === 'waiting' && (side === 'sell' ? price <= trigger : price >= trigger)
            })
            .map(({ order }) => order.id)
          const fired: number[] = []
          for (let order = groups.takeReached(price); order !== undefined; order = groups.takeReached(price)) {
            order.status = 'filled'
            fired.push(order.id)
          }
          expect(fired.toSorted((left, right) => left - right)).toEqual(expected)
        })
      }),
    )
  })
})
