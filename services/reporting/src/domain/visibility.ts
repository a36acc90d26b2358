/** Whose trades a caller may see. Called by the reading use cases. Must never trust an id from a request's body. */
import type { Caller } from '@tradewire/contracts/define-route'

/** The user to narrow to; undefined when the caller is an operator and sees all. */
export function visibleTo(caller: Caller): string | undefined {
  return caller.roles.includes('operator') ? undefined : caller.userId
}
