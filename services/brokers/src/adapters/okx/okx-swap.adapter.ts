/**
 * Venue `okx-swap`: perpetual swaps of OKX, settled in USDT, through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account. The account must be in net mode.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { perpetualCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { okxClientId, okxCredentials, okxRateLimits, okxReadWeights } from './okx-capabilities.wire.ts'
import { connectOkx } from './okx-connect.client.ts'

export const okxSwapBroker = defineBroker({
  id: 'okx-swap',
  title: 'OKX perpetual swaps',
  credentials: okxCredentials,
  capabilities: {
    ...perpetualCapabilities,
    leverage: { max: 100, told: false },
    clientId: okxClientId,
    streams: { orders: true, balances: false },
    feeInReply: true,
    keyTold: ['mayWithdraw', 'ipBound'],
  },
  rateLimits: okxRateLimits,
  readWeights: okxReadWeights,
  paperReadLagMs: 2_000,
  connect: (credentials, options) => connectOkx('SWAP', credentials, options),
})
