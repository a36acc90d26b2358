import { decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFacts } from '../../testing/arbitraries.ts'
import { chargedJournal, type PerformanceFee } from './fee.ts'
import { balancesOf } from '../books/ledger.ts'
import { money, shareOf } from '../money/money.ts'
import { journalsOf, type PaymentTerms } from '../books/payment-journals.ts'
import { givenBackMinor, learned, nothingKnown } from '../payments/payment.ts'
import { nothingTraded } from './performance-fee.ts'

const owner = { userId: 'o', sharePercent: decimal('33.3') }
const feeOf = (minor: bigint): PerformanceFee => ({
  id: 'f',
  agreementId: 'a',
  userId: 'u',
  strategyId: 's',
  strategyName: 'S',
  owner,
  periodStart: new Date(0),
  periodEnd: new Date(1),
  percent: decimal('20'),
  ledgerCurrency: 'USDT',
  rate: decimal('1'),
  before: nothingTraded,
  after: nothingTraded,
  result: decimal('0'),
  chargeable: decimal('0'),
  fee: money(minor, 'USD'),
  charged: money(minor, 'USD'),
  tax: null,
  invoiceId: null,
  closedAt: new Date(2),
})
const terms: PaymentTerms = {
  provider: 'mock',
  externalId: 'p',
  currency: 'USD',
  revenue: 'due:user:u',
  tax: null,
  owner,
}

describe('the books of a performance fee', () => {
  it('owe the owner nothing before it is paid, and all of the share once it is', () => {
    const charged = chargedJournal(feeOf(1_001n))
    const due = new Map([
      ['due:user:u USD', 1_001n],
      ['pending:owner:o USD', -333n],
      ['revenue:performance USD', -668n],
    ])
    expect(balancesOf([charged])).toEqual(due)
    const paid = { ...nothingKnown, progress: 'succeeded', capturedMinor: 1_001n } as const
    expect(balancesOf([charged, ...journalsOf(terms, nothingKnown, paid)])).toEqual(
      new Map([
        ['revenue:performance USD', -668n],
        ['clearing:mock USD', 1_001n],
        ['owed:owner:o USD', -333n],
      ]),
    )
  })

  it('say of any facts told of its payment, however often, what is due still and what the owner may be paid', () => {
    fc.assert(
      fc.property(
        fc.array(anyFacts, { minLength: 1, maxLength: 5 }),
        fc.bigInt({ min: 1n, max: 100_000n }),
        (told, minor) => {
          let known = nothingKnown
          const journals = [...told, ...told].flatMap((facts) => {
            const before = known
            known = learned(known, facts)
            return journalsOf(terms, before, known)
          })
          const balances = balancesOf([chargedJournal(feeOf(minor)), ...journals])
          const kept = known.capturedMinor - givenBackMinor(known)
          const share = shareOf(kept, owner.sharePercent)
          expect(balances.get('due:user:u USD') ?? 0n).toBe(minor - kept)
          expect(balances.get('owed:owner:o USD') ?? 0n).toBe(-share)
          expect(balances.get('pending:owner:o USD') ?? 0n).toBe(share - shareOf(minor, owner.sharePercent))
          expect(balances.get('revenue:performance USD') ?? 0n).toBe(shareOf(minor, owner.sharePercent) - minor)
        },
      ),
    )
  })
})
