import { describe, expect, it } from 'vitest'
import type { Payment } from '../../domain/bills/bill.ts'
import { money } from '../../domain/money/money.ts'
import { nothingKnown, progressSteps, type PaymentFacts } from '../../domain/payments/payment.ts'
import { returnedPage, returnedPageOfNothing } from './returned-page.wire.ts'

function shown(facts: Partial<PaymentFacts>, description = 'PRO'): string {
  return returnedPage({ description, amount: money(4_000n, 'USD'), facts: { ...nothingKnown, ...facts } } as Payment)
}

describe('the page that a payer comes back to', () => {
  it('says that something is paid when it is, and never before', () => {
    for (const progress of progressSteps) {
      expect(shown({ progress, capturedMinor: 4_000n }).includes('<b>Paid</b>')).toBe(progress === 'succeeded')
    }
  })

  it('looks again while it is not known how it ended, and only then', () => {
    const looksAgain = progressSteps.filter((progress) => shown({ progress }).includes('http-equiv="refresh"'))
    expect(looksAgain).toEqual(['created', 'needs-action'])
  })

  it('tells a page that expired from a card that was declined', () => {
    expect(shown({ progress: 'failed', failure: 'page_expired' })).toContain('<b>Expired</b>')
    expect(shown({ progress: 'failed', failure: 'card_declined' })).toContain('<b>Not paid</b>')
  })

  it('shows nothing unescaped, and loads nothing from elsewhere', () => {
    const page = shown({}, '<script>alert("1")</script>')
    expect(page).not.toContain('<script>')
    expect(page + returnedPageOfNothing()).not.toMatch(/(src|href|url\()/)
  })
})
