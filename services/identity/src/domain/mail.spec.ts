import { SeededRandomness } from '@tradewire/kernel/randomness'
import { describe, expect, it } from 'vitest'
import { accountLink, judgeSending, mailRetryWaitsMs } from './mail.ts'

const randomness = new SeededRandomness(1)

describe('a mail that was handed over', () => {
  it('is sent, whichever attempt it was', () => {
    expect(judgeSending({ kind: 'sent' }, 7, randomness)).toEqual({ state: 'sent' })
  })

  it('waits longer after each failure and is given up after the last wait', () => {
    const verdicts = mailRetryWaitsMs.map((_, failed) =>
      judgeSending({ kind: 'retry', reason: 'away' }, failed + 1, randomness),
    )
    verdicts.forEach((verdict, index) => {
      const leastMs = mailRetryWaitsMs[index] ?? 0
      expect(verdict).toMatchObject({ state: 'waiting', reason: 'away' })
      expect(verdict.state === 'waiting' && verdict.waitMs).toBeGreaterThanOrEqual(leastMs)
      expect(verdict.state === 'waiting' && verdict.waitMs).toBeLessThanOrEqual(leastMs * 1.2)
    })
    const last = judgeSending({ kind: 'retry', reason: 'away' }, mailRetryWaitsMs.length + 1, randomness)
    expect(last).toEqual({ state: 'failed', reason: 'away' })
  })

  it('is not tried again when the server has refused it for good', () => {
    const verdict = judgeSending({ kind: 'refused', reason: '550 no such mailbox' }, 1, randomness)
    expect(verdict).toEqual({ state: 'failed', reason: '550 no such mailbox' })
  })
})

describe('a mailed link', () => {
  it('keeps its token out of what servers see, whether the address ends with a slash or not', () => {
    for (const base of ['https://trade.example', 'https://trade.example/']) {
      expect(accountLink(base, 'reset', 'twm_x')).toBe('https://trade.example/account#reset=twm_x')
    }
  })
})
