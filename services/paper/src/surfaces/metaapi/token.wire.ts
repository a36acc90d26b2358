/**
 * Whose call it is: tokens have three parts and name the account that they were given out with.
 * Called for every call. Must never take a token whose signature is not that account's.
 */
import { timingSafeEqual } from 'node:crypto'
import { terminalTokenOf } from '#domain/accounts/account-keys'
import type { Account, VenueState } from '#domain/state'

export const venueName = 'metaapi'

/** Undefined for a token that nobody has. */
export function ownerOf(state: VenueState, token: string): Account | undefined {
  const payload = token.split('.')[1] ?? ''
  const accountId = /"_id":"([0-9a-f-]{36})"/.exec(Buffer.from(payload, 'base64url').toString())?.[1]
  const account = accountId === undefined ? undefined : state.accounts.get(accountId)
  if (account?.venue !== venueName || !state.accountsByKey.has(account.apiKey)) return undefined
  const wanted = Buffer.from(terminalTokenOf(account.id, account.secret))
  const given = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? account : undefined
}
