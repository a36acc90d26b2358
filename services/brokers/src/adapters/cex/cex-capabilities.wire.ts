/**
 * What CEX.IO's adapter and stream share as data: the client order id rule, the credentials form.
 * Called by the CEX.IO adapter and stream. Must never promise what the adapter does not do.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'
import { z } from 'zod'
import { keyAndSecret } from '../ccxt/key-and-secret.wire.ts'

/** Nothing is known of a refusal of a used id, so none is counted on. */
export const cexClientId: ClientIdRule = {
  field: 'clientOrderId',
  lengthMax: 36,
  characters: 'uuid',
  uniqueness: 'none',
  queryable: true,
  readLagMs: 120_000,
}

/** Orders through the API are taken of a sub-account only, never of the main account. */
export const cexCredentials = keyAndSecret.extend({
  accountId: z.string().trim().min(1).max(100).meta({ title: 'Sub-account' }),
})
export type CexCredentials = z.output<typeof cexCredentials>
