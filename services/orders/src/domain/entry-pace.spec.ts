import { describe, expect, it } from 'vitest'
import { EntryPace, PaceWindow } from './entry-pace.ts'

const usualMs = 8
const lateMs = 200

/** Exits at regular times, of which so many are late. */
function heard(window: PaceWindow, waits: readonly number[], fromMs = 0): number {
  let nowMs = fromMs
  for (const waitedMs of waits) window.exitWaited(waitedMs, (nowMs += 110))
  return nowMs
}

describe('the window of entries', () => {
  it('is wide open while exits are as fast as usual, however slow clocks of two hosts make them look', () => {
    const window = new PaceWindow()
    const nowMs = heard(window, [5_000, 5_010, 5_004])
    expect(window.at(nowMs)).toBe(4)
  })

  it('halves with each late exit down to a quarter, and grows again step by step', () => {
    const window = new PaceWindow()
    let nowMs = heard(window, [usualMs, lateMs, lateMs])
    expect(window.at(nowMs)).toBe(1)
    nowMs = heard(window, [lateMs, lateMs, lateMs, lateMs], nowMs)
    expect(window.at(nowMs)).toBe(0.25)
    nowMs = heard(window, [usualMs, usualMs, usualMs], nowMs)
    expect(window.at(nowMs)).toBe(1)
  })

  it('is cut once for exits that were late together', () => {
    const window = new PaceWindow()
    window.exitWaited(usualMs, 0)
    for (let count = 0; count < 10; count += 1) window.exitWaited(lateMs, 1_000 + count)
    expect(window.at(1_010)).toBe(2)
  })

  it('opens at once when no exit comes any more', () => {
    const window = new PaceWindow()
    const nowMs = heard(window, [usualMs, lateMs, lateMs, lateMs])
    expect(window.at(nowMs + 1_001)).toBe(4)
  })
})

describe('the pace of entries', () => {
  it('lets so many chunks run at once as the window says, in their order', async () => {
    let nowMs = 0
    const pace = new EntryPace(
      () => nowMs,
      () => Promise.resolve(),
    )
    for (const waitedMs of [usualMs, lateMs, lateMs]) {
      nowMs += 110
      pace.exitWaited(waitedMs)
    }
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

  it('rests after a chunk while even one at a time is too many', async () => {
    let nowMs = 0
    const rests: number[] = []
    const pace = new EntryPace(
      () => nowMs,
      (ms) => Promise.resolve(void rests.push(ms)),
    )
    for (const waitedMs of [usualMs, lateMs, lateMs, lateMs, lateMs]) {
      nowMs += 110
      pace.exitWaited(waitedMs)
    }
    await pace.run(() => {
      nowMs += 20
      return Promise.resolve()
    })
    expect(rests).toEqual([60])
  })
})
