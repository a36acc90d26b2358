/**
 * What Coinbase's adapter and stream share as data: the client order id rule and the credentials form.
 * Called by the Coinbase adapter and stream. Must never promise what the adapter does not do.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'
import { z } from 'zod'

/** A used id is answered with the order that has it, so nothing is ever placed twice; but an order cannot be asked for by it. */
export const coinbaseClientId: ClientIdRule = {
  field: 'client_order_id',
  lengthMax: 64,
  characters: 'uuid',
  uniqueness: 'none',
  queryable: false,
  readLagMs: 120_000,
}

export const coinbaseCredentials = z.strictObject({
  apiKey: z
    .string()
    .trim()
    .regex(/^organizations\/[^/]{1,100}\/apiKeys\/[^/]{1,100}$/, { error: 'must be like organizations/…/apiKeys/…' })
    .meta({ title: 'API key name' }),
  secret: z.string().trim().min(1).max(4_096).meta({ title: 'Private key (EC, PEM)', secret: true }),
})
