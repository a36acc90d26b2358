/**
 * Tokocrypto's client order id rule. Called by the Tokocrypto adapter and stream.
 * Must never promise what the adapter does not do.
 */
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'

/** Binance's behind it: unique among open orders only. A half of a pair has seven characters more. */
export const tokocryptoClientId: ClientIdRule = {
  field: 'clientId',
  lengthMax: 25,
  characters: 'base36',
  uniqueness: 'open-orders',
  queryable: true,
  readLagMs: 120_000,
}
