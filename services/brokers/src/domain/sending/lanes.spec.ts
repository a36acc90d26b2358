import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LaneItem, Lanes } from './lanes.ts'

function item(id: string, accountId: string, exit = false): LaneItem {
  return { id, accountId, exit }
}

describe('the lanes', () => {
  it('send one order of an account at a time, in order', () => {
    const lanes = new Lanes<LaneItem>({ all: 8, exits: 0 })
    lanes.add(item('1', 'a'))
    lanes.add(item('2', 'a'))
    lanes.add(item('3', 'b'))
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['1', '3'])
    expect(lanes.take(8)).toEqual([])
    lanes.done('a')
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['2'])
  })

  it('let exits go before entries, in the account and among accounts', () => {
    const lanes = new Lanes<LaneItem>({ all: 1, exits: 0 })
    lanes.add(item('entry-a', 'a'))
    lanes.add(item('entry-b', 'b'))
    lanes.add(item('exit-b', 'b', true))
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['exit-b'])
    lanes.done('b')
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['entry-a'])
  })

  it('never take an entry while an exit of any free account waits, whatever came before', () => {
    const order = fc.record({ account: fc.integer({ min: 0, max: 4 }), exit: fc.boolean() })
    fc.assert(
      fc.property(fc.array(order, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (orders, slots) => {
        const lanes = new Lanes<LaneItem>({ all: slots, exits: 0 })
        orders.forEach(({ account, exit }, index) => lanes.add(item(String(index), String(account), exit)))
        const exitsLeft = new Map<string, number>()
        for (const { account, exit } of orders) {
          if (exit) exitsLeft.set(String(account), (exitsLeft.get(String(account)) ?? 0) + 1)
        }
        for (let taken = lanes.take(slots); taken.length > 0; taken = lanes.take(slots)) {
          for (const { accountId, exit } of taken) {
            if (exit) exitsLeft.set(accountId, exitsLeft.get(accountId)! - 1)
            else expect(exitsLeft.get(accountId) ?? 0).toBe(0)
          }
          const busy = new Set(taken.map(({ accountId }) => accountId))
          const waiting = [...exitsLeft].filter(([account, left]) => left > 0 && !busy.has(account))
          if (waiting.length > 0) expect(taken.filter(({ exit }) => !exit)).toEqual([])
          for (const account of busy) lanes.done(account)
        }
      }),
    )
  })

  it('let an exit go while every slot is taken by entries, and only so many more', () => {
    const lanes = new Lanes<LaneItem>({ all: 2, exits: 1 })
    for (const account of ['a', 'b', 'c']) lanes.add(item(`entry-${account}`, account))
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['entry-a', 'entry-b'])
    expect(lanes.tryStart(item('entry-d', 'd'))).toBe(false)
    expect(lanes.tryStart(item('exit-e', 'e', true))).toBe(true)
    expect(lanes.tryStart(item('exit-f', 'f', true))).toBe(false)
    lanes.done('a')
    lanes.add(item('exit-f', 'f', true))
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['exit-f'])
    lanes.done('b')
    lanes.done('e')
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['entry-c'])
  })

  it('keep to the number of slots', () => {
    const lanes = new Lanes<LaneItem>({ all: 2, exits: 0 })
    for (const account of ['a', 'b', 'c']) lanes.add(item(account, account))
    expect(lanes.take(8)).toHaveLength(2)
    expect(lanes.slotsFree(false)).toBe(0)
    lanes.done('a')
    expect(lanes.take(8)).toHaveLength(1)
  })

  it('hold entries of an account while its exits go on', () => {
    const lanes = new Lanes<LaneItem>({ all: 8, exits: 0 })
    lanes.holdEntries('a')
    lanes.add(item('entry', 'a'))
    lanes.add(item('exit', 'a', true))
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['exit'])
    lanes.done('a')
    expect(lanes.take(8)).toEqual([])
    lanes.releaseEntries('a')
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['entry'])
  })

  it('start an order past the queues only when it would be next', () => {
    const lanes = new Lanes<LaneItem>({ all: 2, exits: 0 })
    expect(lanes.tryStart(item('1', 'a'))).toBe(true)
    expect(lanes.tryStart(item('2', 'a'))).toBe(false)
    lanes.holdEntries('b')
    expect(lanes.tryStart(item('3', 'b'))).toBe(false)
    expect(lanes.tryStart(item('4', 'b', true))).toBe(true)
    expect(lanes.tryStart(item('5', 'c'))).toBe(false)
    lanes.done('a')
    lanes.add(item('6', 'a'))
    expect(lanes.tryStart(item('7', 'a'))).toBe(false)
    expect(lanes.tryStart(item('8', 'a', true))).toBe(true)
  })

  it('start no order past an exit of its account that waits, whatever it is itself', () => {
    const lanes = new Lanes<LaneItem>({ all: 2, exits: 0 })
    lanes.add(item('exit', 'a', true))
    expect(lanes.tryStart(item('entry', 'a'))).toBe(false)
    expect(lanes.tryStart(item('later exit', 'a', true))).toBe(false)
    expect(lanes.take(8).map(({ id }) => id)).toEqual(['exit'])
  })

  it.each([true, false])('put back what was taken and not sent before the others of its class: exit %s', (exit) => {
    const lanes = new Lanes<LaneItem>({ all: 1, exits: 0 })
    for (const id of ['1', '2']) lanes.add(item(id, 'a', exit))
    const [first] = lanes.take(1)
    lanes.done('a')
    lanes.putBack(first!)
    expect(lanes.take(1).map(({ id }) => id)).toEqual(['1'])
  })

  it('go by how often entries were held: a release too many does not outweigh a later hold', () => {
    const lanes = new Lanes<LaneItem>({ all: 1, exits: 0 })
    lanes.add(item('entry', 'a'))
    lanes.releaseEntries('a')
    lanes.holdEntries('a')
    expect(lanes.take(1)).toEqual([])
    lanes.holdEntries('a')
    lanes.releaseEntries('a')
    expect(lanes.take(1)).toEqual([])
    lanes.releaseEntries('a')
    expect(lanes.take(1)).toHaveLength(1)
  })

  it('give up a waiting order, and only a waiting one', () => {
    const lanes = new Lanes<LaneItem>({ all: 1, exits: 0 })
    lanes.add(item('1', 'a'))
    lanes.add(item('2', 'a'))
    lanes.take(1)
    expect(lanes.remove('a', '1')).toBeUndefined()
    expect(lanes.remove('a', '2')?.id).toBe('2')
  })

  it('send everything once, keep order per account and class, and never exceed a limit', () => {
    const order = fc.record({ account: fc.integer({ min: 0, max: 4 }), exit: fc.boolean() })
    fc.assert(
      fc.property(fc.array(order, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (orders, slots) => {
        const lanes = new Lanes<LaneItem>({ all: slots, exits: 0 })
        const sent: LaneItem[] = []
        const flying: string[] = []
        const step = (): void => {
          for (const taken of lanes.take(slots)) {
            expect(flying).not.toContain(taken.accountId)
            flying.push(taken.accountId)
            sent.push(taken)
          }
          expect(flying.length).toBeLessThanOrEqual(slots)
          const ended = flying.shift()
          if (ended !== undefined) lanes.done(ended)
        }
        orders.forEach(({ account, exit }, index) => {
          lanes.add(item(String(index), String(account), exit))
          if (index % 3 === 0) step()
        })
        for (let turn = 0; turn < orders.length * 2 + 2; turn += 1) step()
        expect(sent).toHaveLength(orders.length)
        for (const exit of [true, false]) {
          for (let account = 0; account <= 4; account += 1) {
            const ids = sent
              .filter((each) => each.exit === exit && each.accountId === String(account))
              .map(({ id }) => Number(id))
            expect(ids).toEqual([...ids].sort((left, right) => left - right))
          }
        }
        expect(lanes.slotsFree(false)).toBe(slots)
      }),
    )
  })
})
