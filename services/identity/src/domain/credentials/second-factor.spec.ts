import { SeededRandomness } from '@tradewire/kernel/randomness'
import { generateSync } from 'otplib'
import { describe, expect, it } from 'vitest'
import { judgeCode, newRecoveryCodes, newSecret, offerOf, recoveryHashOf, type SecondFactor } from './second-factor.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const step = Math.floor(now.getTime() / 30_000)
const secret = newSecret(new SeededRandomness(1))
const factor: SecondFactor = { secret, confirmedAt: now, lastStep: 0, attempts: 0, windowStartedAt: now }

function codeAt(offsetSeconds: number): string {
  return generateSync({ secret, epoch: Math.floor(now.getTime() / 1_000) + offsetSeconds })
}

describe('a code of the authenticator app', () => {
  it('is right in its own half minute, the one before and the one after, and then no more', () => {
    const kinds = [-60, -30, 0, 30, 60].map((seconds) => judgeCode(factor, codeAt(seconds), now).verdict.kind)
    expect(kinds).toEqual(['wrong', 'right', 'right', 'right', 'wrong'])
  })

  it('never works twice, and no older one works after it', () => {
    const used = { ...factor, lastStep: step }
    expect(judgeCode(used, codeAt(0), now).verdict.kind).toBe('wrong')
    expect(judgeCode(used, codeAt(-30), now).verdict.kind).toBe('wrong')
    expect(judgeCode(used, codeAt(30), now).verdict).toEqual({ kind: 'right', step: step + 1 })
  })

  it('may be typed with spaces', () => {
    const spaced = `${codeAt(0).slice(0, 3)} ${codeAt(0).slice(3)}`
    expect(judgeCode(factor, spaced, now).verdict.kind).toBe('right')
  })

  it('is not looked at after five guesses in a quarter of an hour, and is again afterwards', () => {
    const guessed = { ...factor, attempts: 5 }
    expect(judgeCode(guessed, codeAt(0), now).verdict).toEqual({ kind: 'closed', retryAfterSeconds: 900 })
    const later = new Date(now.getTime() + 901_000)
    const { verdict, counted } = judgeCode(guessed, generateSync({ secret, epoch: later.getTime() / 1_000 }), later)
    expect(verdict.kind).toBe('right')
    expect(counted).toEqual({ attempts: 1, windowStartedAt: later })
  })
})

describe('recovery codes', () => {
  it('are ten different ones, and are known however they are typed', () => {
    const codes = newRecoveryCodes(new SeededRandomness(2))
    expect(new Set(codes).size).toBe(10)
    expect(codes[0]).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/)
    const typed = codes[0]!.toLowerCase().replaceAll('-', ' ')
    expect(judgeCode(factor, typed, now).verdict).toEqual({ kind: 'recovery', hash: recoveryHashOf(codes[0]!) })
  })
})

it('offers the secret as text and for a QR code', () => {
  expect(offerOf(secret, 'johndoe', 'Acme')).toEqual({
    secret,
    uri: `otpauth://totp/Acme:johndoe?secret=${secret}&issuer=Acme`,
  })
})
