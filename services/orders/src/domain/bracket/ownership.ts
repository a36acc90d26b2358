/** Whose brackets a caller may list. Called by the use cases. Must never trust an id from a request's body. */
import { seesAll, type Caller } from '@tradewire/contracts/caller'

/** Whose brackets a caller may see: a provider's own and those of the strategies they own. */
export function scopeOf(caller: Caller): { readonly userId: string | null; readonly ownStrategies: boolean } {
  return seesAll(caller)
    ? { userId: null, ownStrategies: false }
    : { userId: caller.userId, ownStrategies: caller.roles.includes('provider') }
}
