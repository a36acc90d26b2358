import { beforeEach, describe, expect, it } from 'vitest'
import { BelievedLeverages, untoldBelievedMs } from './believed-leverages.ts'

const symbol = 'BTC/USDT'
const nowMs = 1_000

function change(leverages: BelievedLeverages, leverage: number, atMs = nowMs): void {
  leverages.setting(symbol, leverage)
  leverages.set(symbol, leverage, atMs)
}

describe('a leverage at a venue that tells changes', () => {
  let leverages: BelievedLeverages
  const stands = (leverage: number, atMs = nowMs): boolean => leverages.stands(symbol, leverage, atMs)

  beforeEach(() => {
    leverages = new BelievedLeverages(true, [{ symbol, leverage: 5, ageMs: 0 }], nowMs)
    leverages.hearing(true)
  })

  it('stands once the venue has taken it, for as long as the stream does', () => {
    expect(stands(5)).toBe(false)
    leverages.setting(symbol, 5)
    expect(stands(5)).toBe(false)
    leverages.set(symbol, 5, nowMs)
    expect([stands(5), stands(20), stands(5, nowMs + untoldBelievedMs)]).toEqual([true, false, true])
    expect(leverages.stands('ETH/USDT', 5, nowMs)).toBe(false)
  })

  it('stands no more when another one is heard of', () => {
    change(leverages, 5)
    expect(leverages.heard(symbol, 50)).toBe(true)
    expect(stands(5)).toBe(false)
  })

  it('is not believed when another one was heard of before the venue had answered', () => {
    leverages.setting(symbol, 5)
    leverages.heard(symbol, 5)
    leverages.heard(symbol, 50)
    leverages.set(symbol, 5, nowMs)
    expect(stands(5)).toBe(false)
  })

  it('survives the news of what was set here, however late', () => {
    change(leverages, 5)
    change(leverages, 20)
    change(leverages, 5)
    for (const leverage of [5, 20, 5]) {
      expect(leverages.heard(symbol, leverage)).toBe(false)
      expect(stands(5)).toBe(true)
    }
  })

  it('falls to somebody who sets what was set here before the last change', () => {
    change(leverages, 5)
    change(leverages, 20)
    leverages.heard(symbol, 20)
    expect(leverages.heard(symbol, 5)).toBe(true)
    expect(stands(20)).toBe(false)
  })

  it('is forgotten with whatever was set here when the venue has not taken one', () => {
    change(leverages, 5)
    leverages.setting(symbol, 20)
    leverages.forget(symbol)
    expect([stands(5), stands(20)]).toEqual([false, false])
    leverages.setting(symbol, 5)
    expect(leverages.heard(symbol, 20)).toBe(true)
  })

  it.each([
    ['is away', [false]],
    ['was away', [false, true]],
    ['has come', [true]],
  ])('is not believed when the stream %s', (_, turns) => {
    change(leverages, 5)
    for (const hears of turns) leverages.hearing(hears)
    expect(stands(5)).toBe(false)
  })

  it('is not believed when it was set while the stream was away, nor when that came in between', () => {
    leverages.hearing(false)
    change(leverages, 5)
    expect(stands(5)).toBe(false)
    leverages.hearing(true)
    leverages.setting(symbol, 5)
    leverages.hearing(true)
    leverages.set(symbol, 5, nowMs)
    expect(stands(5)).toBe(false)
  })
})

describe('a leverage at a venue that tells no changes', () => {
  it('is believed for a while after it was set, whatever the stream does', () => {
    const leverages = new BelievedLeverages(false, [], nowMs)
    change(leverages, 20)
    change(leverages, 5)
    leverages.hearing(false)
    leverages.hearing(true)
    const after = (elapsedMs: number): boolean => leverages.stands(symbol, 5, nowMs + elapsedMs)
    expect([after(0), after(untoldBelievedMs - 1), after(untoldBelievedMs)]).toEqual([true, true, false])
  })

  it('is believed for as long when the session before has set it', () => {
    const leverages = new BelievedLeverages(false, [{ symbol, leverage: 5, ageMs: 60_000 }], nowMs)
    const after = (elapsedMs: number): boolean => leverages.stands(symbol, 5, nowMs + elapsedMs)
    expect([after(0), after(untoldBelievedMs - 60_001), after(untoldBelievedMs - 60_000)]).toEqual([true, true, false])
    expect(leverages.stands(symbol, 20, nowMs)).toBe(false)
  })

  it('replaces one that the next session would believe, whether set here or by the session before', () => {
    const leverages = new BelievedLeverages(false, [{ symbol, leverage: 5, ageMs: 0 }], nowMs)
    expect([leverages.replaces(symbol, 5), leverages.replaces(symbol, 20)]).toEqual([false, true])
    change(leverages, 20)
    expect([leverages.replaces(symbol, 20), leverages.replaces(symbol, 5)]).toEqual([false, true])
    expect(leverages.replaces('ETH/USDT', 5)).toBe(false)
  })
})
