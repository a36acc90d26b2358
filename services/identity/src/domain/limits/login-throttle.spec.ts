import { describe, expect, it } from 'vitest'
import { attemptsMax, attemptWindowMs, judgeAttempt } from './login-throttle.ts'

const windowStartedAt = new Date('2026-01-01T00:00:00.000Z')

describe('log-in attempts', () => {
  it('are free up to the limit, whatever the time', () => {
    for (let attempts = 1; attempts <= attemptsMax; attempts += 1) {
      expect(judgeAttempt({ attempts, windowStartedAt }, windowStartedAt)).toEqual({ allowed: true })
    }
  })

  it('are refused past the limit and told how long to wait', () => {
    const now = new Date(windowStartedAt.getTime() + 60_000)
    expect(judgeAttempt({ attempts: attemptsMax + 1, windowStartedAt }, now)).toEqual({
      allowed: false,
      retryAfterSeconds: attemptWindowMs / 1_000 - 60,
    })
  })

  it('never ask to wait less than a second', () => {
    const now = new Date(windowStartedAt.getTime() + attemptWindowMs + 5)
    expect(judgeAttempt({ attempts: 9, windowStartedAt }, now)).toEqual({ allowed: false, retryAfterSeconds: 1 })
  })
})
