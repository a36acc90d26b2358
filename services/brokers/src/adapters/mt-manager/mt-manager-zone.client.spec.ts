import * as brokerError from '@tradewire/broker-kit/broker-error'
import { err, ok } from '@tradewire/kernel/result'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { describe, expect, it } from 'vitest'
import type { Answer } from './mt-manager-api.client.ts'
import { MtManagerZone } from './mt-manager-zone.client.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const start = '2026-10-25T00:59:00.000Z'
const away = err(brokerError.connectivity('away'))

describe('the zone of a trade server', () => {
  const zoneOn = (clock: ManualClock) => {
    const zone = new MtManagerZone(clock)
    let asked = 0
    const find = async (answer: Awaited<Answer<Date>>) =>
      zone.find(async () => {
        asked += 1
        return Promise.resolve(answer)
      })
    const behindMs = () => clock.now().getTime() - zone.from(clock.now()).getTime()
    return { find, behindMs, asked: () => asked }
  }
  const said = (clock: ManualClock, ms: number) => ok(new Date(clock.now().getTime() + ms))

  it.each([
    ['a clock that is some minutes wrong', 7 * minuteMs, 0],
    ['half an hour', -3.5 * hourMs, 3.5 * hourMs],
    ['quarters', -(4.25 * hourMs + 40_000), 4.25 * hourMs],
  ])('is whole quarters of an hour: %s', async (_name, apartMs, wanted) => {
    const clock = new ManualClock(start)
    const { find, behindMs } = zoneOn(clock)
    await find(said(clock, apartMs))
    expect(behindMs()).toBe(wanted)
  })

  it('is asked for again each minute, as summer time ends, and stays where the answer is lost', async () => {
    const clock = new ManualClock(start)
    const { find, behindMs, asked } = zoneOn(clock)
    await find(said(clock, -4 * hourMs))
    clock.advance(minuteMs - 1)
    await find(said(clock, -5 * hourMs))
    expect([asked(), behindMs()]).toEqual([1, 4 * hourMs])
    clock.advance(1)
    expect(await find(away)).toEqual(ok(undefined))
    expect([asked(), behindMs()]).toEqual([2, 4 * hourMs])
    clock.advance(minuteMs)
    await find(said(clock, -5 * hourMs))
    expect([asked(), behindMs()]).toEqual([3, 5 * hourMs])
  })

  it('is never guessed: nothing is told before it is known', async () => {
    const { find, asked } = zoneOn(new ManualClock(start))
    expect([await find(away), await find(away), asked()]).toEqual([away, away, 2])
  })
})
