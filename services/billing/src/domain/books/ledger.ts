/**
 * Double-entry bookkeeping: a journal is one thing that happened, in lines that sum to nothing.
 * Called by whatever turns facts into money. Must never be asked for a balance that its lines do not give.
 */
import type { Currency } from '../money/currency.ts'
import type { ProviderCode } from '../payments/provider-code.ts'

/** Debits are positive. What providers hold of ours, what we owe, what we earn, what it costs. */
export type LedgerAccount =
  | `clearing:${ProviderCode}`
  | `disputed:${ProviderCode}`
  | `due:user:${string}`
  | `pending:owner:${string}`
  | `owed:owner:${string}`
  | `payable:owner:${string}`
  | 'paid-out'
  | `tax:${string}`
  | 'revenue:plans'
  | 'revenue:strategies'
  | 'revenue:products'
  | 'revenue:performance'
  | 'cost:provider-fees'

export interface Line {
  readonly account: LedgerAccount
  /** Debits are positive, credits negative. */
  readonly minor: bigint
}

/**
 * What a journal is of. At a provider: its name, the object's id there, and what happened to it. For a rule: the rule,
 * what it ran over, and what it did. No two journals have the same.
 */
export interface Origin {
  readonly source: ProviderCode | `rule:${string}`
  readonly object: string
  readonly kind: string
}

export interface Journal {
  readonly origin: Origin
  readonly currency: Currency
  readonly lines: readonly Line[]
}

/** Lines of nothing are left out. Throws when debits and credits differ: that is a mistake of the one who wrote them. */
export function journalOf(origin: Origin, currency: Currency, lines: readonly Line[]): Journal {
  const imbalance = lines.reduce((total, { minor }) => total + minor, 0n)
  if (imbalance !== 0n) throw new RangeError(`${origin.kind} of ${origin.object} is out of balance by ${imbalance}`)
  return { origin, currency, lines: lines.filter(({ minor }) => minor !== 0n) }
}

export function originText({ source, object, kind }: Origin): string {
  return `${source}|${object}|${kind}`
}

/** Balances by account and currency, as `account currency`. */
export function balancesOf(journals: Iterable<Journal>): Map<string, bigint> {
  const balances = new Map<string, bigint>()
  for (const { currency, lines } of journals) {
    for (const { account, minor } of lines) {
      const key = `${account} ${currency}`
      balances.set(key, (balances.get(key) ?? 0n) + minor)
    }
  }
  for (const [key, minor] of balances) if (minor === 0n) balances.delete(key)
  return balances
}
