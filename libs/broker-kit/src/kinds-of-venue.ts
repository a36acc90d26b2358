/**
 * What venues of one kind have in common as data: exchanges of coins, of perpetual contracts, platforms that keep tickets.
 * Called by their adapters, which add what is each venue's own. Must never promise what an adapter does not do.
 */
import type { BrokerCapabilities } from './capabilities.ts'
import type { ClientIdRule } from './client-order-id.ts'

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

export const perpetualCapabilities: Omit<
  BrokerCapabilities,
  'leverage' | 'clientId' | 'streams' | 'feeInReply' | 'keyTold'
> = {
  orderTypes: [
    'market',
    'limit',
    'stop-market',
    'stop-limit',
    'take-profit-market',
    'take-profit-limit',
    'trailing-stop',
  ],
  reduceOnly: true,
  trailing: true,
  hedging: false,
  positions: 'net',
  targets: true,
  instrumentsPer: 'venue',
}

/** Accounts may hold long and short at once; we tell the net of them, and trade one side at a time. */
export const ticketCapabilities: Omit<BrokerCapabilities, 'clientId' | 'streams' | 'instrumentsPer'> = {
  orderTypes: ['market', 'limit', 'stop-market', 'take-profit-market'],
  reduceOnly: true,
  trailing: false,
  leverage: null,
  hedging: true,
  positions: 'net',
  targets: true,
  feeInReply: true,
  keyTold: [],
}

const ticketsShownAfterMs = 120_000

/** Our id in a field for the customer's own words, which the platform neither reads nor compares. */
export function idInWords(field: string, lengthMax: number): ClientIdRule {
  return {
    field,
    lengthMax,
    characters: 'base36',
    uniqueness: 'none',
    queryable: true,
    readLagMs: ticketsShownAfterMs,
  }
}
