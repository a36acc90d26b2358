/**
 * The only thing that may be submitted to a venue: a checked order.submit with its client order id.
 * Called by placement, which makes it from the command; adapters take nothing else (style rule 8).
 * Must never be made by an adapter or by hand.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { OrderType, orderSubmit } from '@tradewire/contracts/events/orders'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { type RejectedError, rejected } from './broker-error.ts'

/** A parsed order.submit: only the contract's schema makes one. */
export type SubmitCommand = DataOf<typeof orderSubmit>

declare const brand: unique symbol
export type ApprovedOrder = SubmitCommand & {
  readonly clientOrderId: string
  readonly [brand]: 'ApprovedOrder'
}

const pricedTypes: ReadonlySet<OrderType> = new Set(['limit', 'stop-limit', 'take-profit-limit', 'stop-or-target'])
const conditionalTypes: ReadonlySet<OrderType> = new Set([
  'stop-market',
  'stop-limit',
  'take-profit-market',
  'take-profit-limit',
  'trailing-stop',
  'stop-or-target',
])

/** True for orders that wait for a price before they enter the book. */
export function isConditional(type: OrderType): boolean {
  return conditionalTypes.has(type)
}

/** True for orders that reduce or protect a position: they never expire and go first. */
export function isExit(command: Pick<SubmitCommand, 'purpose'>): boolean {
  return command.purpose !== 'entry'
}

/** The command with its client order id, if its parts fit together; else the reason, which no venue needs to be asked for. */
export function approveOrder(command: SubmitCommand, clientOrderId: string): Result<ApprovedOrder, RejectedError> {
  if (pricedTypes.has(command.type) !== (command.price !== null)) {
    return err(
      rejected('INVALID_ORDER', `a ${command.type} order ${command.price === null ? 'needs a' : 'takes no'} price`),
    )
  }
  if (command.type === 'trailing-stop') {
    if (command.callbackRatePercent === null)
      return err(rejected('INVALID_ORDER', 'a trailing stop needs a callback rate'))
  } else if (conditionalTypes.has(command.type) !== (command.triggerPrice !== null)) {
    const need = command.triggerPrice === null ? 'needs a' : 'takes no'
    return err(rejected('INVALID_ORDER', `a ${command.type} order ${need} trigger price`))
  }
  return ok({ ...command, clientOrderId } as ApprovedOrder)
}
