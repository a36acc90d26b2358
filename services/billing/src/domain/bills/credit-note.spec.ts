import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFacts } from '../../testing/arbitraries.ts'
import { taxIn } from '../money/tax.ts'
import { givenBackMinor, learned, nothingKnown, type PaymentFacts } from '../payments/payment.ts'
import { creditsOf } from './credit-note.ts'

const tax = { country: 'DE', name: 'VAT', percent: '19', included: true }
const paid: PaymentFacts = { ...nothingKnown, progress: 'succeeded', capturedMinor: 11_900n }
const refund = (minor: bigint, stage: 'made' | 'undone' = 'made') => ({ ...paid, refunds: { re_1: { minor, stage } } })

describe('credit notes of a payment', () => {
  it('come to what was given back and to the tax in it, whichever order and however often that is told', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 6 }), (told) => {
        let known: PaymentFacts = { ...nothingKnown, capturedMinor: 100_000n }
        const credits = [...told, ...told].flatMap((facts) => {
          const before = known
          known = learned(known, { ...facts, capturedMinor: 0n })
          return creditsOf(before, known, tax)
        })
        const sum = (of: (credit: (typeof credits)[number]) => bigint) =>
          credits.reduce((all, one) => all + of(one), 0n)
        const back = givenBackMinor(known)
        expect(sum(({ minor }) => minor)).toBe(back)
        const kept = known.capturedMinor - back
        expect(sum(({ taxMinor }) => taxMinor)).toBe(taxIn(known.capturedMinor, tax) - taxIn(kept, tax))
        expect(
          new Set(credits.map(({ reference, upToMinor }) => `${reference} ${upToMinor}`)).size,
        ).toBeLessThanOrEqual(credits.length)
      }),
    )
  })

  it('are one for each refund, with its part of the tax, and none for the same again', () => {
    const first = creditsOf(paid, refund(1_190n), tax)
    expect(first).toEqual([{ reason: 'refund', reference: 're_1', minor: 1_190n, taxMinor: 190n, upToMinor: 1_190n }])
    expect(creditsOf(refund(1_190n), refund(1_190n), tax)).toEqual([])
  })

  it('take back what could not be given back after all', () => {
    expect(creditsOf(refund(1_190n), refund(1_190n, 'undone'), tax)).toEqual([
      { reason: 'correction', reference: 're_1', minor: -1_190n, taxMinor: -190n, upToMinor: 0n },
    ])
  })

  it('are made for a dispute when it is lost, and not while it is open', () => {
    const dispute = (stage: 'open' | 'lost' | 'won') => ({ ...paid, disputes: { dp_1: { minor: 11_900n, stage } } })
    expect(creditsOf(paid, dispute('open'), null)).toEqual([])
    expect(creditsOf(dispute('open'), dispute('lost'), null)).toMatchObject([{ reason: 'dispute', minor: 11_900n }])
    expect(creditsOf(dispute('lost'), dispute('won'), null)).toMatchObject([{ reason: 'correction', minor: -11_900n }])
  })
})
