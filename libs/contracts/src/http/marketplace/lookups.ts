/**
 * How the whole numbers that the marketplace surface shows are found again as ids. Called by the surface's route contracts.
 * Must never find an account that is not the caller's: the questions say who asks.
 */
import { numberOfId } from '@tradewire/kernel/ids'
import type { RouteLookup } from '../../define-route.ts'
import { listAccounts } from '../../rpc/accounts.ts'
import { listStrategies } from '../../rpc/signals.ts'

interface Listed {
  readonly items: readonly { readonly id: string; readonly label?: string }[]
}
type Place = Pick<RouteLookup, 'location' | 'field'>

export function strategyNumbered(place: Place): RouteLookup {
  return {
    ...place,
    rpc: listStrategies,
    toRequest: (caller, given) => ({ caller, page: { limit: 1 }, number: Number(given) }),
    toId: (answer) => (answer as Listed).items[0]?.id ?? null,
  }
}

/** By its number, or by the login that the document calls `account_id` too; the login goes first, the latest of several. */
export function accountNumbered(place: Place): RouteLookup {
  return {
    ...place,
    rpc: listAccounts,
    toRequest: (caller, given) => ({ caller, page: {}, called: given }),
    toId: (answer, given) => {
      const { items } = answer as Listed
      const found =
        items.find(({ label }) => label === given) ?? items.find(({ id }) => numberOfId(id) === Number(given))
      return found?.id ?? null
    },
  }
}
