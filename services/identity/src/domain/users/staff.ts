/**
 * Which roles go together, and who may give them. Called by the use cases that make and change users. Pure.
 * Must never let an operator make a second one: only owners do.
 */
import { type Caller, type Role, staffRoles } from '@tradewire/contracts/caller'
import type { User } from '#domain/users/user'

/** Each once. An owner is an operator too; of those that cannot stand together, operators lose support, support the rest. */
export function settledRoles(wanted: readonly Role[]): Role[] {
  const roles = new Set(wanted)
  if (roles.has('owner')) roles.add('operator')
  if (roles.has('operator')) roles.delete('support')
  return roles.has('support') ? ['support'] : [...roles]
}

/** The code of why the caller may not give these roles, or null. */
export function givingFault(
  caller: Caller,
  wanted: readonly Role[],
): 'STAFF_IS_FOR_OWNERS' | 'SUPPORT_STANDS_ALONE' | null {
  if (!mayManage(caller, { roles: wanted })) return 'STAFF_IS_FOR_OWNERS'
  return wanted.includes('support') && new Set(wanted).size > 1 ? 'SUPPORT_STANDS_ALONE' : null
}

/** Whether the caller may change who such a user is, or shut them out. */
export function mayManage(caller: Caller, { roles }: Pick<User, 'roles'>): boolean {
  return caller.roles.includes('owner') || !roles.some((role) => staffRoles.has(role))
}

/** Whether these roles have one of staff among them that those before had not. */
export function becomesStaff(before: readonly Role[], after: readonly Role[]): boolean {
  return after.some((role) => staffRoles.has(role) && !before.includes(role))
}
