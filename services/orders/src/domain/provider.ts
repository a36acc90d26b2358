/**
 * The account whose size others take in proportion, and whether its equity may be gone by.
 * Called by the planner once per signal. Must never let an old or an empty account stand for a size.
 */
import type { DenialContext } from '@tradewire/contracts/denials/all'
import { type Decimal, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'

/** The account that the strategy names, as its balance was told last. */
export interface ProviderAccount {
  readonly accountId: string
  readonly balance: { readonly currency: string; readonly equity: Decimal; readonly observedAt: Date } | null
}

/** In the currency that the instrument is quoted in; or why there is none, which concerns only who sizes by it. */
export type ProviderEquity = Result<Decimal, DenialContext<'PROVIDER_EQUITY_UNKNOWN'>>

export function providerEquity(
  provider: ProviderAccount | null,
  needed: string,
  { now, ageMaxMs }: { readonly now: Date; readonly ageMaxMs: number },
): ProviderEquity {
  const balance = provider?.balance ?? null
  const ageMs = balance === null ? null : now.getTime() - balance.observedAt.getTime()
  const known = ageMs !== null && ageMs <= ageMaxMs && balance?.currency === needed && balance.equity.gt(ZERO)
  if (known) return ok(balance.equity)
  return err({
    providerAccountId: provider?.accountId ?? null,
    equity: balance?.equity.toString() ?? null,
    currency: balance?.currency ?? null,
    needed,
    ageMs,
    ageMaxMs,
  })
}
