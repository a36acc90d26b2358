/** What a venue of the specs takes as our ids of orders. Called by specs that read accounts. Must never be a real venue's rule. */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'

export const clientIdRule: ClientIdRule = {
  field: 'clientOrderId',
  lengthMax: 36,
  characters: 'base36',
  uniqueness: 'forever',
  queryable: true,
  readLagMs: 2_000,
}
