/**
 * The account whose size others take in proportion, and whether its equity may be gone by.
 * Called by the planner once per signal. Must never let an old or an empty account stand for a size.
 */
import type { AccountEnvironment } from '@tradewire/contracts/common'
import type { DenialContext } from '@tradewire/contracts/denials/all'
import { type Decimal, ZERO } from '@tradewire/kernel/decimal'
import type { RatesByEnvironment } from './rates.ts'
import { err, ok, type Result } from '@tradewire/kernel/result'

/** The account that the strategy names, as its balance was told last. */
export interface ProviderAccount {
  readonly accountId: string
  /** Null when nothing is known of the account. */
  readonly environment: AccountEnvironment | null
  readonly balance: { readonly currency: string; readonly equity: Decimal; readonly observedAt: Date } | null
}

/** In the currency that the instrument is quoted in; or why there is none, which concerns only who sizes by it. */
export type ProviderEquity = Result<Decimal, DenialContext<'PROVIDER_EQUITY_UNKNOWN'>>

export function providerEquity(
  provider: ProviderAccount | null,
  needed: string,
  { now, ageMaxMs, rates }: { readonly now: Date; readonly ageMaxMs: number; readonly rates: RatesByEnvironment },
): ProviderEquity {
  const balance = provider?.balance ?? null
  const environment = provider?.environment ?? null
  const ageMs = balance === null ? null : now.getTime() - balance.observedAt.getTime()
  // Of where the provider trades, whoever follows.
  const rate = balance === null || environment === null ? null : rates[environment].between(balance.currency, needed)
  const fresh = ageMs !== null && ageMs <= ageMaxMs
  if (balance !== null && rate !== null && fresh && balance.equity.gt(ZERO)) {
    return ok(balance.equity.times(rate.rate))
  }
  return err({
    providerAccountId: provider?.accountId ?? null,
    equity: balance?.equity.toString() ?? null,
    currency: balance?.currency ?? null,
    needed,
    ageMs,
    ageMaxMs,
  })
}
