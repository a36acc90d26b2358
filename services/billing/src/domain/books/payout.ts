/** Paying out what is owed: who gets how much, and what it means in the books. Called by payout runs. Must never pay out what is not owed. */
import type { PayoutReply } from '@tradewire/contracts/rpc/billing/payouts'
import type { Currency } from '../money/currency.ts'
import { journalOf, type Journal } from './ledger.ts'
import { money, moneyText, parseMoney, type Money } from '../money/money.ts'

export interface Owed {
  readonly ownerId: string
  readonly currency: Currency
  readonly owedMinor: bigint
  /** Of what was earned long enough ago, less all that went off since. */
  readonly payableMinor: bigint
  readonly underWayMinor: bigint
  readonly pendingMinor: bigint
}

export type PayoutState = PayoutReply['state']

export interface Payout {
  readonly id: string
  readonly ownerId: string
  readonly amount: Money
  readonly state: PayoutState
  readonly reference: string | null
  readonly createdAt: Date
  readonly settledAt: Date | null
}

/** What is paid out of it now; undefined when it is too little. `minimum`: in whole units of the currency. */
export function payableNow({ payableMinor, currency }: Owed, minimum: string): Money | undefined {
  const least = parseMoney(minimum, currency)?.minor ?? 1n
  const isEnough = payableMinor > 0n && payableMinor >= least
  return isEnough ? money(payableMinor, currency) : undefined
}

/** A payout that was made may still come back; one that came back is over, and what it held is owed again. */
const moves: Readonly<Record<PayoutState, readonly PayoutState[]>> = {
  created: ['paid', 'returned'],
  paid: ['returned'],
  returned: [],
}

export function mayMove(from: PayoutState, to: PayoutState): boolean {
  return moves[from].includes(to)
}

/** The journal of a payout that moves; `from` is null when it is created. */
export function payoutJournal({ id, ownerId, amount }: Payout, from: PayoutState | null, to: PayoutState): Journal {
  const owner = { owed: `owed:owner:${ownerId}`, held: `payable:owner:${ownerId}` } as const
  const { minor, currency } = amount
  const holder = from === 'paid' ? 'paid-out' : from === 'created' ? owner.held : owner.owed
  const taker = to === 'paid' ? 'paid-out' : to === 'created' ? owner.held : owner.owed
  return journalOf({ source: 'rule:payout', object: id, kind: to }, currency, [
    { account: holder, minor },
    { account: taker, minor: -minor },
  ])
}

export function viewPayout({ id, ownerId, amount, state, reference, createdAt, settledAt }: Payout): PayoutReply {
  return {
    id,
    ownerId,
    amount: moneyText(amount),
    currency: amount.currency,
    state,
    reference,
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  }
}

export function viewOwed({ ownerId, currency, ...amounts }: Owed) {
  const shown = (minor: bigint) => moneyText(money(minor, currency))
  return {
    ownerId,
    currency,
    owed: shown(amounts.owedMinor),
    payable: shown(amounts.payableMinor),
    underWay: shown(amounts.underWayMinor),
    pending: shown(amounts.pendingMinor),
  }
}
