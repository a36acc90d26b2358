import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balancesOf, type Journal } from './ledger.ts'
import { money } from '../money/money.ts'
import { mayMove, payableNow, payoutJournal, type Owed, type Payout, type PayoutState } from './payout.ts'
import { statementOf, statementTable, type Movement } from './statement.ts'

const payout: Payout = {
  id: 'p',
  ownerId: 'o',
  amount: money(5_000n, 'USD'),
  state: 'created',
  reference: null,
  createdAt: new Date(0),
  settledAt: null,
}
const owed = (payableMinor: bigint, currency: Owed['currency'] = 'USD'): Owed => ({
  ownerId: 'o',
  currency,
  owedMinor: payableMinor,
  payableMinor,
  underWayMinor: 0n,
  pendingMinor: 0n,
})

describe('a payout', () => {
  it('takes all that is payable, if it is worth a transfer in its currency', () => {
    expect(payableNow(owed(4_999n), '50')).toBeUndefined()
    expect(payableNow(owed(5_000n), '50')).toEqual(money(5_000n, 'USD'))
    expect(payableNow(owed(50n, 'JPY'), '50')).toEqual(money(50n, 'JPY'))
    expect(payableNow(owed(-1n), '0')).toBeUndefined()
    expect(payableNow(owed(0n), '0')).toBeUndefined()
  })

  it('moves what is owed out of the books however it goes on, and back when it comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<PayoutState>('paid', 'returned'), { maxLength: 5 }), (wanted) => {
        const journals: Journal[] = [payoutJournal(payout, null, 'created')]
        let state: PayoutState = 'created'
        for (const next of wanted) {
          if (!mayMove(state, next)) continue
          journals.push(payoutJournal(payout, state, next))
          state = next
        }
        const places = {
          created: [
            ['owed:owner:o USD', 5_000n],
            ['payable:owner:o USD', -5_000n],
          ],
          paid: [
            ['owed:owner:o USD', 5_000n],
            ['paid-out USD', -5_000n],
          ],
          returned: [],
        } as const satisfies Record<PayoutState, unknown>
        expect(balancesOf(journals)).toEqual(new Map<string, bigint>(places[state] as Iterable<[string, bigint]>))
      }),
    )
  })
})

describe('a statement', () => {
  const window = { ownerId: 'o', currency: 'USD', from: new Date(0), before: new Date(1_000) } as const
  const movement = (minor: bigint, kind: string, source = 'stripe', description = 'STRATEGY #1'): Movement => ({
    at: new Date(5),
    source,
    kind,
    description,
    minor,
  })

  it('goes from what was owed to what is owed by every movement', () => {
    const told = statementOf(window, 1_000n, [
      movement(7_920n, 'captured up to 9900'),
      movement(-2_666n, 'refunded up to 3333'),
      movement(-5_000n, 'created', 'rule:payout'),
      movement(5_000n, 'returned', 'rule:payout'),
      movement(-6_254n, 'dispute lost over 6567'),
    ])
    expect(told).toMatchObject({ opening: '10.00', closing: '0.00' })
    expect(told.lines.map(({ kind, balance }) => [kind, balance])).toEqual([
      ['earned', '89.20'],
      ['refund', '62.54'],
      ['payout', '12.54'],
      ['payout-returned', '62.54'],
      ['charged-back', '0.00'],
    ])
  })

  it('ends where its lines add up to, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -9_999n, max: 9_999n }),
        fc.array(fc.bigInt({ min: -9_999n, max: 9_999n })),
        (opening, minors) => {
          const {
            lines,
            closing,
            opening: shown,
          } = statementOf(
            window,
            opening,
            minors.map((minor) => movement(minor, 'captured')),
          )
          expect(lines.at(-1)?.balance ?? shown).toBe(closing)
        },
      ),
    )
  })

  it('is a table whose texts can neither break it nor run in a spreadsheet', () => {
    const table = statementTable(statementOf(window, 0n, [movement(100n, 'captured', 'stripe', '=SUM(A1),"x"\nnext')]))
    expect(table.split('\r\n')).toEqual([
      'at,kind,description,amount,balance,currency',
      '1970-01-01T00:00:00.000Z,opening,,,0.00,USD',
      '1970-01-01T00:00:00.005Z,earned,"\'=SUM(A1),""x""\nnext",1.00,1.00,USD',
      '1970-01-01T00:00:01.000Z,closing,,,1.00,USD',
      '',
    ])
  })
})
