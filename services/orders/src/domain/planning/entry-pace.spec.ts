import { describe, expect, it } from 'vitest'
import { EntryPace, PaceWindow } from './entry-pace.ts'

const usualMs = 8
const lateMs = 200

/** Exits at regular times, of which so many are late, while a chunk after the other is stored. */
function heard(window: PaceWindow, waits: readonly number[], fromMs = 0): number {
  let nowMs = fromMs
  for (const waitedMs of waits) {
    window.chunkStored(nowMs)
    window.exitWaited(waitedMs, (nowMs += 110))
  }
  return nowMs
}

describe('the window of entries', () => {
  it('is wide open without exits, and begins with half of the time of one chunk when they come', () => {
    const window = new PaceWindow()
    expect(window.at(0)).toBe(4)
    window.exitWaited(usualMs, 0)
    expect(window.at(1)).toBe(0.5)
  })

  it('grows by little with each exit that is as fast as usual, however slow clocks of two hosts make it look', () => {
    const window = new PaceWindow()
    const nowMs = heard(window, [5_000, 5_010, 5_004])
    expect(window.at(nowMs)).toBe(0.5 + 3 / 128)
  })

  it('shrinks to a quarter with a late exit, and takes a hundred in time to be as wide again', () => {
    const window = new PaceWindow()
    let nowMs = heard(window, [usualMs, lateMs])
    expect(window.at(nowMs)).toBeCloseTo(0.25, 2)
    nowMs = heard(window, [lateMs, lateMs], nowMs)
    expect(window.at(nowMs)).toBe(0.25)
    nowMs = heard(window, Array<number>(96).fill(usualMs), nowMs)
    expect(window.at(nowMs)).toBe(1)
  })

  it('is cut once for exits that were late together', () => {
    const window = new PaceWindow()
    let nowMs = heard(window, Array<number>(448).fill(usualMs))
    expect(window.at(nowMs)).toBe(4)
    for (let count = 0; count < 10; count += 1) window.exitWaited(lateMs, (nowMs += 1))
    expect(window.at(nowMs)).toBe(1)
  })

  it('learns nothing from exits while nothing is planned, neither from late ones nor from those in time', () => {
    const window = new PaceWindow()
    let nowMs = 10_000
    for (const waitedMs of [usualMs, lateMs, lateMs, usualMs]) window.exitWaited(waitedMs, (nowMs += 110))
    expect(window.at(nowMs)).toBe(0.5)
    nowMs = heard(window, [lateMs], nowMs)
    for (let count = 0; count < 20; count += 1) window.exitWaited(usualMs, (nowMs += 110))
    expect(window.at(nowMs)).toBe(0.5)
  })

  it('opens at once when no exit comes any more', () => {
    const window = new PaceWindow()
    const nowMs = heard(window, [usualMs, lateMs, lateMs, lateMs])
    expect(window.at(nowMs + 1_001)).toBe(4)
  })
})

describe('the pace of entries', () => {
  it('lets so many chunks run at once as the window says, in their order', async () => {
    const pace = new EntryPace(
      () => 0,
      () => Promise.resolve(),
    )
    pace.exitWaited(usualMs)
    const began: string[] = []
    const ends: (() => void)[] = []
    const chunk = (name: string) => () => {
      began.push(name)
      return new Promise<void>((resolve) => ends.push(resolve))
    }
    const runs = ['a', 'b', 'c'].map((name) => pace.run(chunk(name)))
    expect(began).toEqual(['a'])
    for (const [index, run] of runs.entries()) {
      ends[index]!()
      await run
      await new Promise(setImmediate)
    }
    expect(began).toEqual(['a', 'b', 'c'])
  })

  it('rests after a chunk while even one at a time is too many, and has the next one small', async () => {
    let nowMs = 0
    const rests: number[] = []
    const pace = new EntryPace(
      () => nowMs,
      (ms) => Promise.resolve(void rests.push(ms)),
    )
    const chunk = () =>
      pace.run(() => {
        nowMs += 20
        return Promise.resolve()
      })
    pace.exitWaited(usualMs)
    await chunk()
    expect([rests, pace.rows(250)]).toEqual([[20], 64])
    pace.exitWaited(lateMs)
    await chunk()
    expect([rests, pace.rows(250)]).toEqual([[20, 60], 64])
  })
})
