import { describe, expect, it } from 'vitest'
import { eventually, eventuallyPasses } from './eventually.ts'
import { ManualClock } from './manual-clock.ts'
import { SequentialIds } from './sequential-ids.ts'

describe('eventually', () => {
  it('answers the first result that is there', async () => {
    let calls = 0
    expect(await eventually(() => ((calls += 1) < 3 ? undefined : 'there'), { everyMs: 1 })).toBe('there')
    expect(calls).toBe(3)
  })

  it('takes a failed expectation as not yet and names it when time is up', async () => {
    const waiting = eventuallyPasses(() => expect(1).toBe(2), { withinMs: 20, everyMs: 5, describe: 'one is two' })
    await expect(waiting).rejects.toThrow(/one is two did not come true within 20 ms; last: expected 1 to be 2/)
  })
})

describe('the manual clock', () => {
  it('moves only when told, and a jump of the wall time leaves the monotonic time alone', () => {
    const clock = new ManualClock('2026-01-01T00:00:00.000Z')
    clock.advance(1_500)
    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:01.500Z')
    clock.jumpTo('2020-01-01T00:00:00.000Z')
    expect(clock.monotonicMs()).toBe(1_500)
  })
})

describe('sequential ids', () => {
  it('count, and series never meet', () => {
    const [first, second] = [new SequentialIds(1), new SequentialIds(2)]
    expect([first.next(), first.next(), second.next()]).toEqual([
      '00000000-0001-7000-8000-000000000001',
      '00000000-0001-7000-8000-000000000002',
      '00000000-0002-7000-8000-000000000001',
    ])
  })
})
