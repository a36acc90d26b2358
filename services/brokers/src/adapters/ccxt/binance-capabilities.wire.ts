/**
 * What both Binance venues share as data: the client order id rule and the credentials form.
 * Called by the Binance adapters and streams. Must never promise what an adapter does not do.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'
import { z } from 'zod'

/** Unique among open orders only: a used id is free again once its order is filled (section 6 of the reliability rules). */
export const binanceClientId: ClientIdRule = {
  field: 'newClientOrderId',
  lengthMax: 36,
  characters: 'base36',
  uniqueness: 'open-orders',
  queryable: true,
  readLagMs: 120_000,
}

export const binanceCredentials = z.strictObject({
  apiKey: z.string().trim().min(1).max(200).meta({ title: 'API key' }),
  secret: z.string().trim().min(1).max(4_096).meta({ title: 'API secret', secret: true }),
})
export type BinanceCredentials = z.output<typeof binanceCredentials>
