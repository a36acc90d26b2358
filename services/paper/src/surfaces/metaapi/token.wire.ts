/**
 * Whose call it is: tokens have three parts and name the account that they were given out with.
 * Called for every call. Must never take a token whose signature is not that account's.
 */
import { timingSafeEqual } from 'node:crypto'
import { documentedLogin, terminalTokenOf } from '#domain/accounts/account-keys'
import type { Account, VenueState } from '#domain/state'

export const venueName = 'metaapi'

/** Undefined for a token that nobody has. The platform's token is another one of the documented account. */
export function ownerOf(state: VenueState, token: string, platformToken?: string): Account | undefined {
  if (platformToken !== undefined && isSame(token, platformToken))
    return state.accountsByKey.get(documentedLogin.apiKey)
  const payload = token.split('.')[1] ?? ''
  const accountId = /"_id":"([0-9a-f-]{36})"/.exec(Buffer.from(payload, 'base64url').toString())?.[1]
  const account = accountId === undefined ? undefined : state.accounts.get(accountId)
  if (account?.venue !== venueName || !state.accountsByKey.has(account.apiKey)) return undefined
  return isSame(token, terminalTokenOf(account.id, account.secret)) ? account : undefined
}

function isSame(one: string, other: string): boolean {
  const [given, wanted] = [Buffer.from(one), Buffer.from(other)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
