/** Which strategies have a link to verify, and what came of it. Called by use cases. Must never ask anybody outside. */
import type { Verification } from '@tradewire/contracts/rpc/returns'

export interface LinkedStrategy {
  readonly strategyId: string
  readonly url: string
}

export abstract class Verifications {
  /** Those nobody has asked about since that moment; from now on they count as asked about. */
  abstract claim(askedBefore: Date, now: Date): Promise<LinkedStrategy[]>
  /** Kept unless the strategy has another link by now. */
  abstract keep(strategy: LinkedStrategy, verification: Verification): Promise<void>
  /** The link of a strategy and what is known of it. */
  abstract find(strategyId: string): Promise<{ url: string; verification: Verification | null } | null>
}
