/**
 * What both Binance venues share as data: the client order id rule.
 * Called by the Binance adapters and streams. Must never promise what an adapter does not do.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'

/** Unique among open orders only: a used id is free again once its order is filled (section 6 of the reliability rules). */
export const binanceClientId: ClientIdRule = {
  field: 'newClientOrderId',
  lengthMax: 36,
  characters: 'base36',
  uniqueness: 'open-orders',
  queryable: true,
  readLagMs: 120_000,
}
