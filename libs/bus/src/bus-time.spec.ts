import { ManualClock } from '@tradewire/testkit/manual-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { BusTime } from './bus-time.ts'

const busStart = Date.parse('2026-03-01T12:00:00.000Z')
let clock: ManualClock
let time: BusTime

beforeEach(() => {
  clock = new ManualClock()
  time = new BusTime(clock)
})

/** NATS says its time; the answer is under way for so long, half of it after it was said. */
function observed(busMs: number, tookMs: number): Promise<void> {
  return time.observe(() => {
    clock.advance(tookMs)
    return Promise.resolve(busMs)
  })
}

describe('the time of the bus', () => {
  it('is not known before NATS has said it', () => {
    expect(time.nowMs()).toBeUndefined()
  })

  it('goes on from the middle between question and answer', async () => {
    await observed(busStart, 20)
    expect(time.nowMs()).toBe(busStart + 10)
    clock.advance(3_000)
    expect(time.nowMs()).toBe(busStart + 3_010)
  })

  it('does not notice when the wall clock of the machine jumps', async () => {
    await observed(busStart, 0)
    clock.jumpTo('2030-01-01T00:00:00.000Z')
    expect(time.nowMs()).toBe(busStart)
  })

  it('is the clock of who has a bus: by the machine until NATS has said its time, and never again after', async () => {
    expect(time.now()).toEqual(clock.now())
    await observed(busStart, 0)
    clock.jumpTo('2030-01-01T00:00:00.000Z')
    clock.advance(1_000)
    expect(time.now()).toEqual(new Date(busStart + 1_000))
    expect(time.monotonicMs()).toBe(clock.monotonicMs())
  })

  it('makes no step for an answer that agrees as far as it can tell, and one for an answer that knows better', async () => {
    await observed(busStart, 20)
    await observed(busStart + 27, 20)
    expect(time.nowMs()).toBe(busStart + 30)
    await observed(busStart + 33, 4)
    expect(time.nowMs()).toBe(busStart + 35)
  })

  it('is set anew by a later answer, so that clocks that drift do not part', async () => {
    await observed(busStart, 0)
    clock.advance(10_000)
    await observed(busStart + 10_004, 0)
    expect(time.nowMs()).toBe(busStart + 10_004)
  })

  it('does not believe an answer that was long under way, unless it is the first', async () => {
    await observed(busStart, 1_000)
    expect(time.nowMs()).toBe(busStart + 500)
    await observed(busStart + 60_000, 1_000)
    expect(time.nowMs()).toBe(busStart + 1_500)
  })
})
