/** Whose plan is premium. Implemented by clients/. Must never fail: who cannot be asked about is not. */
import type { Caller } from '@tradewire/contracts/caller'

export abstract class PremiumPlans {
  abstract covers(caller: Caller): Promise<boolean>
}
