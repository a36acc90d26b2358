/**
 * What OKX's venues share as data: the client order id rule, the credentials form, the limits.
 * Called by the OKX adapters and streams. Must never promise what an adapter does not do.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'
import type { RateLimit, ReadWeights } from '@tradewire/broker-kit/define-broker'
import { z } from 'zod'

/** Letters and digits only. An id of an order that has ended must be expected to be free again. */
export const okxClientId: ClientIdRule = {
  field: 'clOrdId',
  lengthMax: 32,
  characters: 'base36',
  uniqueness: 'open-orders',
  queryable: true,
  readLagMs: 120_000,
}

export const okxCredentials = z.strictObject({
  apiKey: z.string().trim().min(1).max(200).meta({ title: 'API key' }),
  secret: z.string().trim().min(1).max(200).meta({ title: 'Secret key', secret: true }),
  passphrase: z.string().min(1).max(100).meta({ title: 'Passphrase', secret: true }),
})
export type OkxCredentials = z.output<typeof okxCredentials>

/** Per user, not per address: algo orders have the least, 20 in two seconds, and count for all. */
export const okxRateLimits: readonly RateLimit[] = [
  { name: 'orders-2s', scope: 'account', capacity: 20, intervalMs: 2_000 },
]

/** No budget is shared between accounts; what the reads cost is told in calls. */
export const okxReadWeights: ReadWeights = { order: 2, openOrders: 5, balances: 1, positions: 1, fills: 2, rates: 1 }
