/**
 * The organisation of a client and its trade platforms, one of each kind. Called by the server.
 * Must never show those of another client.
 */
import { organizationIdOf, platformIdOf } from '#domain/accounts/account-keys'
import type { Account, VenueState } from '#domain/state'
import { timeText } from './call.wire.ts'

export function organizationsOf(owner: Account) {
  return [{ id: organizationIdOf(owner.id), name: 'Tradewire Demo', created: timeText(owner.createdAt) }]
}

export function platformsOf(state: VenueState, owner: Account) {
  const [organization] = organizationsOf(owner)
  return (['MT4', 'MT5'] as const).map((type) => ({
    id: platformIdOf(owner.id, type),
    name: `Demo ${type}`,
    type,
    login: state.users.get(owner.id)?.login ?? 0,
    organizationId: organization?.id ?? '',
    organization,
    created: timeText(owner.createdAt),
  }))
}
