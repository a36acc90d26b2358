/**
 * The engine's refusals in the codes and texts of OKX. Called by the order endpoints.
 * Must never answer two different refusals alike where the venue tells them apart.
 */
import { unreachable } from '@tradewire/kernel/result'
import type { Side } from '@tradewire/contracts/common'
import type { OrderRequest, Refusal } from '#domain/engine/check-order'
import { isConditional } from '#domain/order'
import { parameterError, type PartRefused } from './okx.wire.ts'

function part(sCode: string, sMsg: string): PartRefused {
  return { sCode, sMsg }
}

export function refusalOf(refusal: Refusal, request: OrderRequest, quote: string): PartRefused {
  switch (refusal.code) {
    case 'PRICE_STEP':
      return parameterError('px')
    case 'TRIGGER_STEP':
      return parameterError(request.type.startsWith('stop') ? 'slTriggerPx' : 'tpTriggerPx')
    case 'PRICE_RANGE':
    case 'PRICE_PERCENT':
      return part('51006', 'Order price is not within the price limit.')
    case 'QUANTITY_STEP':
      return part('51121', 'Order quantity must be a multiple of the lot size.')
    case 'QUANTITY_RANGE':
      return refusal.detail === 'low'
        ? part('51020', 'Your order should meet or exceed the minimum order amount.')
        : part('51202', 'Market order amount exceeds the maximum amount.')
    case 'NOTIONAL':
      return part('51020', 'Your order should meet or exceed the minimum order amount.')
    case 'CALLBACK_RATE':
      return part('51257', 'Trail order callback rate error.')
    case 'INCOMPLETE':
      return parameterError(refusal.detail)
    case 'DUPLICATE_CLIENT_ORDER_ID':
      return isConditional(request.type)
        ? part('51065', 'algoClOrdId already exists.')
        : part('51016', 'Client order ID already exists.')
    case 'TOO_MANY_ORDERS':
      return part('51174', 'The number of pending orders reached the upper limit.')
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return part('51261', 'Each user can hold up to 500 pending stop orders at the same time.')
    case 'WOULD_TRIGGER':
      return wouldTrigger(request.type.startsWith('stop'), request.side)
    case 'WOULD_TAKE':
      return parameterError('ordType')
    case 'REDUCE_ONLY':
      return part('51205', 'Reduce Only is not available.')
    case 'INSUFFICIENT_FUNDS':
      return part('51008', `Order failed. Insufficient ${quote} margin in account`)
    case 'LIST_PRICES':
      return parameterError('ordType')
    default:
      return unreachable(refusal.code)
  }
}

function wouldTrigger(stop: boolean, side: Side): PartRefused {
  if (stop) {
    return side === 'sell'
      ? part('51280', 'SL trigger price cannot be higher than the last price')
      : part('51278', 'SL trigger price cannot be lower than the last price')
  }
  return side === 'sell'
    ? part('51279', 'TP trigger price cannot be lower than the last price')
    : part('51277', 'TP trigger price cannot be higher than the last price')
}
