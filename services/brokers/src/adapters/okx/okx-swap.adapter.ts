/**
 * Venue `okx-swap`: perpetual swaps of OKX, settled in USDT, through ccxt. Called by the broker registry.
 * Must never share an account's key, options or stream with another account. The account must be in net mode.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { okxClientId, okxCredentials, okxRateLimits, okxReadWeights } from './okx-capabilities.wire.ts'
import { connectOkx } from './okx-connect.client.ts'

export const okxSwapBroker = defineBroker({
  id: 'okx-swap',
  title: 'OKX perpetual swaps',
  credentials: okxCredentials,
  capabilities: {
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
    leverage: { max: 100, told: false },
    hedging: false,
    positions: 'net',
    targets: true,
    clientId: okxClientId,
    streams: { orders: true, balances: false },
    feeInReply: true,
    keyTold: ['mayWithdraw', 'ipBound'],
    instrumentsPer: 'venue',
  },
  rateLimits: okxRateLimits,
  readWeights: okxReadWeights,
  paperReadLagMs: 2_000,
  connect: (credentials, options) => connectOkx('SWAP', credentials, options),
})
