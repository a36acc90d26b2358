import { Decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFacts } from '../../testing/arbitraries.ts'
import { balancesOf, originText, type Journal } from './ledger.ts'
import { shareOf } from '../money/money.ts'
import { journalsOf, type PaymentTerms } from './payment-journals.ts'
import { givenBackMinor, learned, nothingKnown, type PaymentFacts } from '../payments/payment.ts'
import { taxIn, withoutTax } from '../money/tax.ts'

const owner = { userId: 'o', sharePercent: new Decimal('33.3') }
const terms: PaymentTerms = {
  provider: 'stripe',
  externalId: 'pi_1',
  currency: 'USD',
  revenue: 'revenue:strategies',
  tax: null,
  owner,
}

function bookedFrom(told: readonly PaymentFacts[]): Journal[] {
  let known = nothingKnown
  return told.flatMap((facts) => {
    const before = known
    known = learned(known, facts)
    return journalsOf(terms, before, known)
  })
}

/** What the ledger must say, from the end alone. */
function modelOf(facts: PaymentFacts): Map<string, bigint> {
  const withheld = Object.values(facts.disputes).reduce(
    (sum, { minor, stage }) => sum + (stage === 'open' ? minor : 0n),
    0n,
  )
  const kept = facts.capturedMinor - givenBackMinor(facts)
  const owed = shareOf(kept, owner.sharePercent)
  const balances = new Map([
    ['clearing:stripe USD', kept - facts.feeMinor - withheld],
    ['disputed:stripe USD', withheld],
    ['cost:provider-fees USD', facts.feeMinor],
    ['owed:owner:o USD', -owed],
    ['revenue:strategies USD', -(kept - owed)],
  ])
  for (const [key, minor] of balances) if (minor === 0n) balances.delete(key)
  return balances
}

const sorted = (balances: Map<string, bigint>) =>
  new Map([...balances].toSorted(([left], [right]) => (left < right ? -1 : 1)))

describe('the ledger of a payment', () => {
  it('says the same whichever order, however often and from wherever its facts are told', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), (told, shuffle) => {
        const end = told.reduce(learned, nothingKnown)
        const thrice = [...told, ...told, ...told]
          .map((facts) => ({ facts, place: shuffle.next().value as number }))
          .toSorted((left, right) => left.place - right.place)
          .map(({ facts }) => facts)
        for (const sequence of [told, told.toReversed(), thrice]) {
          const journals = bookedFrom(sequence)
          expect(sorted(balancesOf(journals))).toEqual(sorted(modelOf(end)))
        }
      }),
    )
  })

  it('sets the tax aside, and shares only what is left without it', () => {
    const tax = { country: 'DE', name: 'VAT', percent: '19', included: true }
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 6 }), (told) => {
        let known = nothingKnown
        const journals = told.flatMap((facts) => {
          const before = known
          known = learned(known, facts)
          return journalsOf({ ...terms, tax }, before, known)
        })
        const kept = known.capturedMinor - givenBackMinor(known)
        const share = shareOf(withoutTax(kept, tax), owner.sharePercent)
        const balances = balancesOf(journals)
        expect(balances.get('tax:DE USD') ?? 0n).toBe(-taxIn(kept, tax))
        expect(balances.get('owed:owner:o USD') ?? 0n).toBe(-share)
        expect(balances.get('revenue:strategies USD') ?? 0n).toBe(share + taxIn(kept, tax) - kept)
      }),
    )
  })

  it('balances in every journal, and books no origin twice', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { maxLength: 8 }), (told) => {
        const journals = bookedFrom([...told, ...told])
        for (const { lines } of journals) expect(lines.reduce((sum, { minor }) => sum + minor, 0n)).toBe(0n)
        const origins = journals.map(({ origin }) => originText(origin))
        expect(new Set(origins).size).toBe(origins.length)
      }),
    )
  })

  it('gives a payment that was refunded in parts back to the last unit', () => {
    const captured: PaymentFacts = { ...nothingKnown, progress: 'succeeded', capturedMinor: 9_900n }
    const refunds = { a: { minor: 3_333n, stage: 'made' }, b: { minor: 6_567n, stage: 'made' } } as const
    expect(
      balancesOf(bookedFrom([captured, { ...captured, refunds: { a: refunds.a } }, { ...captured, refunds }])),
    ).toEqual(new Map())
  })
})
