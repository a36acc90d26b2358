/**
 * What exchanges of coins have in common as data: capabilities, the form of a key and its secret.
 * Called by their adapters. Must never promise what an adapter does not do.
 */
import type { BrokerCapabilities } from '@tradewire/broker-kit/capabilities'
import { z } from 'zod'

/** Everything but the client order id rule and what is told of keys, which are each venue's own. */
export const coinCapabilities: Omit<BrokerCapabilities, 'clientId' | 'keyTold'> = {
  orderTypes: [
    'market',
    'limit',
    'stop-market',
    'stop-limit',
    'take-profit-market',
    'take-profit-limit',
    'stop-or-target',
  ],
  reduceOnly: false,
  trailing: false,
  leverage: null,
  hedging: false,
  positions: 'coins',
  targets: true,
  streams: { orders: true, balances: false },
  feeInReply: true,
  instrumentsPer: 'venue',
}

export const keyAndSecret = z.strictObject({
  apiKey: z.string().trim().min(1).max(200).meta({ title: 'API key' }),
  secret: z.string().trim().min(1).max(4_096).meta({ title: 'API secret', secret: true }),
})
export type KeyAndSecret = z.output<typeof keyAndSecret>
