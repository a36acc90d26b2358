/** A command to place an order, as `orders` sends it. Called by the specs of brokers. Must never be one twice. */
import type { Venue } from '@tradewire/contracts/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { orderSubmit } from '@tradewire/contracts/events/orders'
import { UuidV7Source } from '@tradewire/kernel/ids'

export type Submit = DataOf<typeof orderSubmit>

const ids = new UuidV7Source()

export function submitOf(account: { readonly id: string; readonly venue: Venue }, part: Partial<Submit> = {}): Submit {
  return {
    intentId: ids.next(),
    bracketId: ids.next(),
    signalId: ids.next(),
    strategyId: ids.next(),
    accountId: account.id,
    venue: account.venue,
    symbol: 'BTC/USDT',
    purpose: 'entry',
    leg: 'entry',
    side: 'buy',
    type: 'market',
    quantity: '0.02',
    price: null,
    triggerPrice: null,
    callbackRatePercent: null,
    reduceOnly: false,
    leverage: account.venue === 'binance-spot' ? null : 5,
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    ...part,
  }
}
