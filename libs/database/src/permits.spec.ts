import { describe, expect, test } from 'vitest'
import { PermitRefusedError, Permits } from './permits.ts'

const limits = { all: 4, urgent: 1, waitMs: 1_000 }

describe('permits to use the pool', () => {
  test('keep a place for urgent work while all others are taken', () => {
    const permits = new Permits(limits)
    for (let taken = 0; taken < 3; taken += 1) expect(permits.acquire(false)).toBeUndefined()
    expect(permits.acquire(false)).toBeInstanceOf(Promise)
    expect(permits.acquire(true)).toBeUndefined()
  })

  test('let urgent work go before all that waits, and each class in its order', async () => {
    const permits = new Permits(limits)
    for (let taken = 0; taken < 4; taken += 1) void permits.acquire(true)
    const order: string[] = []
    const wait = async (urgent: boolean, name: string): Promise<void> => {
      await permits.acquire(urgent)
      order.push(name)
    }
    const waiting = [wait(false, 'entry 1'), wait(false, 'entry 2'), wait(true, 'exit 1'), wait(true, 'exit 2')]
    for (let released = 0; released < 5; released += 1) permits.release()
    await Promise.all(waiting)
    expect(order).toEqual(['exit 1', 'exit 2', 'entry 1', 'entry 2'])
  })

  test('refuse who has waited too long, and forget him', async () => {
    const permits = new Permits({ ...limits, waitMs: 1 })
    for (let taken = 0; taken < 4; taken += 1) void permits.acquire(true)
    await expect(permits.acquire(false)).rejects.toThrow(PermitRefusedError)
    permits.release()
    expect(permits.acquire(true)).toBeUndefined()
  })
})
