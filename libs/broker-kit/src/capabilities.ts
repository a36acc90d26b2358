/**
 * What a venue can do, as data. Called by placement before each call and by the generated brokers page.
 * Must never be wider than what the adapter acts on: an undeclared capability is refused before the call.
 */
import type { OrderType } from '@tradewire/contracts/events/orders'
import type { ApprovedOrder } from './approved-order.ts'
import { type UnsupportedError, unsupported, unsupportedType } from './broker-error.ts'
import type { KeyFacts } from './broker-session.ts'
import type { ClientIdRule } from './client-order-id.ts'

export interface BrokerCapabilities {
  readonly orderTypes: readonly OrderType[]
  readonly reduceOnly: boolean
  /** Native trailing stops; false means that they cannot be placed. */
  readonly trailing: boolean
  /** `told`: the stream tells when somebody has set another one. */
  readonly leverage: { readonly max: number; readonly told: boolean } | null
  /** Long and short positions of one symbol at once. */
  readonly hedging: boolean
  /** `coins`: there are only balances, which fees and transfers change too. */
  readonly positions: 'net' | 'coins'
  /** Several take-profit orders for parts of one position. */
  readonly targets: boolean
  readonly clientId: ClientIdRule
  /** Updates that come by themselves. */
  readonly streams: { readonly orders: boolean; readonly balances: boolean }
  /** Whether the reply to a filled order carries its fee, or only the stream does. */
  readonly feeInReply: boolean
  /** What the venue says of a key: the rest is not known of it, and a key that may withdraw not refused. */
  readonly keyTold: readonly (keyof KeyFacts)[]
  /** `server`: the same symbol may have other contracts and steps on another server, which the session names. */
  readonly instrumentsPer: 'venue' | 'server'
}

/** Why the venue cannot take this order at all; null when it can. */
export function refusalOf(capabilities: BrokerCapabilities, order: ApprovedOrder): UnsupportedError | null {
  if (!capabilities.orderTypes.includes(order.type)) {
    return unsupportedType(order.type)
  }
  if (order.type === 'trailing-stop' && !capabilities.trailing) {
    return unsupported('trailing', 'the venue has no trailing stops')
  }
  if (order.leverage !== null && order.purpose === 'entry' && capabilities.leverage !== null) {
    if (order.leverage > capabilities.leverage.max) {
      return unsupported('leverage', `the venue allows at most ${capabilities.leverage.max}x`)
    }
  }
  return null
}
