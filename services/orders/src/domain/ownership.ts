/** Who may see and change what. Called by the use cases. Must never trust an id from a request's body. */
import type { Caller } from '@tradewire/contracts/define-route'

export function isOperator(caller: Caller): boolean {
  return caller.roles.includes('operator')
}

/** Operators see everything; everyone else only what is theirs. */
export function maySee(caller: Caller, ownerId: string): boolean {
  return isOperator(caller) || caller.userId === ownerId
}

/** Whose brackets a caller may see: a provider's own and those of the strategies they own. */
export function scopeOf(caller: Caller): { readonly userId: string | null; readonly ownStrategies: boolean } {
  return isOperator(caller)
    ? { userId: null, ownStrategies: false }
    : { userId: caller.userId, ownStrategies: caller.roles.includes('provider') }
}
