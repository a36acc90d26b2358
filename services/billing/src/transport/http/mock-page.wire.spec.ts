import { describe, expect, it } from 'vitest'
import { money } from '../../domain/money/money.ts'
import { progressSteps } from '../../domain/payments/payment.ts'
import { mockPage, mockPageOfNothing } from './mock-page.wire.ts'

const checkout = { id: 'm', description: 'PRO', amount: money(4_000n, 'USD'), progress: 'created' as const }

describe('the page of the mock provider', () => {
  it('says what is bought, for how much, and how it may end', () => {
    const page = mockPage(checkout)
    expect(page).toContain('40.00 <span>USD</span>')
    for (const outcome of ['succeeded', 'needs-action', 'failed']) expect(page).toContain(`value="${outcome}"`)
  })

  it('offers nothing more once it is paid', () => {
    for (const progress of progressSteps) {
      expect(mockPage({ ...checkout, progress }).includes('<form')).toBe(progress !== 'succeeded')
    }
  })

  it('shows nothing unescaped, and loads nothing from elsewhere', () => {
    const page = mockPage({ ...checkout, description: '<script>alert("1")</script>' })
    expect(page).not.toContain('<script>')
    expect(page + mockPageOfNothing()).not.toMatch(/(src|href|url\()/)
  })
})
