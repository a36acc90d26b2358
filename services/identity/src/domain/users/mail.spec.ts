import { SeededRandomness } from '@tradewire/kernel/randomness'
import { describe, expect, it } from 'vitest'
import { accountLink, confirmationLetter, judgeSending, mailRetryWaitsMs } from './mail.ts'
import { newMailedToken } from '../credentials/mailed-token.ts'

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

describe('a letter', () => {
  it('has lines that no mail transport has to break, with the link of an installation on this machine', () => {
    const link = accountLink('http://localhost:65535', 'confirm', newMailedToken(randomness))
    const from = { organisationName: 'Acme', organisationContact: 'help@acme.example', publicUrl: 'http://localhost' }
    const { subject, text } = confirmationLetter(from, 'a@mail.example', 'a'.repeat(64), link)
    expect(subject).toBe('Acme: Confirm your registration')
    expect(text.endsWith('Help: help@acme.example\n')).toBe(true)
    const lines = text.split('\n')
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(76)
    expect(lines).toContain(link)
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`the user name ${'a'.repeat(64)}. If it was you`)
  })
})

describe('a mailed link', () => {
  it('keeps its token out of what servers see, whether the address ends with a slash or not', () => {
    for (const base of ['https://trade.example', 'https://trade.example/']) {
      expect(accountLink(base, 'reset', 'twm_x')).toBe('https://trade.example/account#reset=twm_x')
    }
  })
})
