/**
 * Venue `okx-spot`: coins at OKX through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account. Orders are paid from the balance, never borrowed.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { coinCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { okxClientId, okxCredentials, okxRateLimits, okxReadWeights } from './okx-capabilities.wire.ts'
import { connectOkx } from './okx-connect.client.ts'

export const okxSpotBroker = defineBroker({
  id: 'okx-spot',
  title: 'OKX spot',
  credentials: okxCredentials,
  capabilities: { ...coinCapabilities, keyTold: ['mayWithdraw', 'ipBound'], clientId: okxClientId },
  rateLimits: okxRateLimits,
  readWeights: okxReadWeights,
  paperReadLagMs: 2_000,
  connect: (credentials, options) => connectOkx('SPOT', credentials, options),
})
