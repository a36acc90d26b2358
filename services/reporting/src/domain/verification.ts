/**
 * Whether the figures of a strategy agree with what MyFxBook shows of the account that it names.
 * Called by the use case that verifies. Pure. Must never take an account for the strategy's that its link does not name.
 */
import type { OutsideFigures, Verdict } from '@tradewire/contracts/rpc/returns'
import { decimal } from '@tradewire/kernel/decimal'
import type { Returns } from './returns.ts'

export interface OutsideAccount {
  /** MyFxBook's own number of it, with which links end. */
  readonly id: number
  readonly figures: OutsideFigures
}

/** The account of a link such as .../members/trader/strategy123/1234567. */
export function accountAt(url: string, accounts: readonly OutsideAccount[]): OutsideAccount | undefined {
  const named = /\/(\d+)\/?$/.exec(url)?.[1]
  return named === undefined ? undefined : accounts.find(({ id }) => String(id) === named)
}

type Compared = Pick<Returns, 'trades' | 'monthlyReturnPercent' | 'maximumDrawdownPercent'>

/** `tolerance` in percentage points: a model account never does quite what a real one did. */
export function judge(ours: Compared, theirs: OutsideFigures | undefined, tolerance: number): Verdict {
  if (theirs === undefined) return 'not-found'
  if (ours.trades === 0) return 'nothing-to-compare'
  const near = (one: string, other: string): boolean =>
    decimal(one)
      .minus(decimal(other))
      .abs()
      .lte(decimal(String(tolerance)))
  const agrees =
    near(ours.monthlyReturnPercent, theirs.monthlyReturnPercent) &&
    near(ours.maximumDrawdownPercent, theirs.maximumDrawdownPercent)
  return agrees ? 'agrees' : 'differs'
}
