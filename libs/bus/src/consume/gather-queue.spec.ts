import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatherQueue } from './gather-queue.ts'

interface Item {
  readonly number: number
  readonly keys: ReadonlySet<string>
  readonly events: readonly number[]
  readonly urgent: boolean
}

function item(number: number, events: number, ...keys: string[]): Item {
  return { number, keys: new Set(keys), events: Array.from({ length: events }, () => number), urgent: false }
}

const urgent = (number: number, ...keys: string[]): Item => ({ ...item(number, 1, ...keys), urgent: true })

const namesOf = (batch: readonly Item[]): number[] => batch.map(({ number }) => number)

describe('the gather queue', () => {
  it('gathers up to the limit of events, but always one message', () => {
    const queue = new GatherQueue<Item>()
    for (const one of [item(1, 3), item(2, 3), item(3, 200), item(4, 1)]) queue.push(one)
    expect(namesOf(queue.take(6))).toEqual([1, 2])
    expect(namesOf(queue.take(6))).toEqual([3])
    expect(namesOf(queue.take(6))).toEqual([4])
    expect(queue.take(6)).toEqual([])
  })

  it('lets other keys pass while one is busy, and keeps its order', () => {
    const queue = new GatherQueue<Item>()
    queue.push(item(1, 1, 'a'))
    const first = queue.take(10)
    for (const one of [item(2, 1, 'a', 'b'), item(3, 1, 'b'), item(4, 1, 'c')]) queue.push(one)
    expect(namesOf(queue.take(10))).toEqual([4])
    queue.release(first)
    expect(namesOf(queue.take(10))).toEqual([2, 3])
  })

  it('lets urgent ones pass the others in their order, but never another of their key', () => {
    const queue = new GatherQueue<Item>()
    for (const one of [item(1, 1), item(2, 1), urgent(3), item(4, 1, 'a'), urgent(5), urgent(6, 'a')]) queue.push(one)
    expect(namesOf(queue.take(2))).toEqual([3, 5])
    expect(namesOf(queue.take(10))).toEqual([1, 2, 4, 6])
  })

  it('hands out what was put back before all else', () => {
    const queue = new GatherQueue<Item>()
    for (const one of [item(1, 1, 'a'), item(2, 1), item(3, 1, 'a')]) queue.push(one)
    const batch = queue.take(2)
    queue.release(batch)
    queue.putBack(batch)
    expect(namesOf(queue.take(10))).toEqual([1, 2, 3])
  })

  it('never runs a key twice at once and never swaps two messages of a key, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ push: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }), hurry: fc.boolean() }),
      fc.record({ take: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ release: fc.nat({ max: 5 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new GatherQueue<Item>()
        const running: Item[][] = []
        const finished = new Map<string, number>()
        let next = 0
        for (const one of steps) {
          if ('push' in one) queue.push({ ...item((next += 1), 1, ...one.push), urgent: one.hurry })
          else if ('take' in one) {
            const batch = queue.take(one.take)
            const busy = running.flat().flatMap(({ keys }) => [...keys])
            for (const { keys, number } of batch) {
              for (const key of keys) {
                expect(busy).not.toContain(key)
                expect(number).toBeGreaterThan(finished.get(key) ?? 0)
                finished.set(key, number)
              }
            }
            if (batch.length > 0) running.push(batch)
          } else if (running.length > 0) queue.release(running.splice(one.release % running.length, 1)[0]!)
        }
        for (const batch of running) queue.release(batch)
        let left = 0
        for (let batch = queue.take(3); batch.length > 0; batch = queue.take(3)) {
          left += batch.length
          queue.release(batch)
        }
        expect(queue.size).toBe(0)
        expect(left).toBeLessThanOrEqual(next)
      }),
    )
  })
})
