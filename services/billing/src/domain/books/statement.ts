/** A statement of what is owed to an owner: every movement with the balance after it, and the same as a table. Called by its use cases. Must never leave out a movement. */
import type { StatementReply } from '@tradewire/contracts/rpc/billing/payouts'
import type { Currency } from '../money/currency.ts'
import { money, moneyText } from '../money/money.ts'

export interface Movement {
  readonly at: Date
  /** Of the journal. */
  readonly source: string
  readonly kind: string
  readonly description: string
  /** What is owed more by it. */
  readonly minor: bigint
}

export interface StatementWindow {
  readonly ownerId: string
  readonly currency: Currency
  readonly from: Date
  readonly before: Date
}

export function statementOf(
  window: StatementWindow,
  openingMinor: bigint,
  movements: readonly Movement[],
): StatementReply {
  const { ownerId, currency, from, before } = window
  const shown = (minor: bigint) => moneyText(money(minor, currency))
  let balance = openingMinor
  const lines = movements.map((movement) => {
    balance += movement.minor
    const { at, description, minor } = movement
    return { at: at.toISOString(), kind: kindOf(movement), description, amount: shown(minor), balance: shown(balance) }
  })
  return {
    ownerId,
    currency,
    from: from.toISOString(),
    before: before.toISOString(),
    opening: shown(openingMinor),
    closing: shown(balance),
    lines,
  }
}

/** By RFC 4180, with a heading; amounts stay numbers, and no text is taken for a formula. */
export function statementTable({ currency, from, before, opening, closing, lines }: StatementReply): string {
  const rows = [
    ['at', 'kind', 'description', 'amount', 'balance', 'currency'],
    [from, 'opening', '', '', opening, currency],
    ...lines.map(({ at, kind, description, amount, balance }) => [
      at,
      kind,
      harmless(description),
      amount,
      balance,
      currency,
    ]),
    [before, 'closing', '', '', closing, currency],
  ]
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
}

function kindOf({ source, kind, minor }: Movement): StatementReply['lines'][number]['kind'] {
  if (source === 'rule:payout') return minor < 0n ? 'payout' : 'payout-returned'
  if (kind.startsWith('refund')) return minor < 0n ? 'refund' : 'refund-undone'
  if (kind.startsWith('dispute')) return minor < 0n ? 'charged-back' : 'dispute-won'
  return 'earned'
}

/** Spreadsheets run what begins like this. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
