/**
 * Accounts whose credentials are sealed and opened again through the service under test. Called by the specs of key holders.
 * Must never ask a venue: what is shown is who can open what.
 */
import { UuidV7Source } from '@tradewire/kernel/ids'
import type { TestService } from '@tradewire/testkit/start-test-service'
import { Accounts } from '#ports/accounts.port'

const ids = new UuidV7Source()
const at = new Date('2026-01-15T08:00:00.000Z')

export const operator = { userId: ids.next(), roles: ['operator' as const] }

export async function connected(service: TestService, secret = 'secret'): Promise<string> {
  const account = { userId: ids.next(), venue: 'paper', environment: 'paper', label: '', keyHint: null } as const
  const key = { ipBound: null, expiresAt: null }
  const stored = await service.app
    .get(Accounts)
    .connect(
      { ...account, key, status: 'AUTHORIZED', reason: null, createdAt: at, changedAt: at },
      { apiKey: 'key', secret },
    )
  if (!stored.ok) throw new Error('the account was not connected')
  return stored.value.id
}

/** In order; undefined for an account that cannot be opened. */
export async function secretsOf(
  service: TestService,
  accountIds: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const opened = await service.app.get(Accounts).unseal(accountIds)
  return accountIds.map((id) => opened.find(({ account }) => account.id === id)?.credentials['secret'])
}
