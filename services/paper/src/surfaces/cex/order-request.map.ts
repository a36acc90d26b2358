/**
 * Bodies of new orders to what the engine is asked. Called by the order endpoints.
 * Must never guess: amounts are text on this wire, and what is missing or impossible is the venue's own error.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { parseAmount, type Amount } from '#domain/amount'
import type { OrderRequest, Refusal } from '#domain/engine/check-order'
import type { Fields } from '../protocol/json-body.wire.ts'
import type { Refused } from '../protocol/protocol.controller.ts'
import { cexError, checkFailed } from './cex.wire.ts'

const plainNumber = /^\d{1,16}(\.\d{1,12})?$/
const clientIdCharactersMax = 36
const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const

/** Undefined when it is missing, null when it is no amount. */
function amountOf(body: Fields, name: string): Amount | null | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  const parsed = typeof value === 'string' && plainNumber.test(value) ? parseAmount(value) : undefined
  return parsed === undefined || parsed === 0n ? null : parsed
}

function clientIdOf(body: Fields, makeId: () => string): string | null {
  const given = body['clientOrderId']
  if (given === undefined) return makeId()
  return typeof given === 'string' && given !== '' && given.length <= clientIdCharactersMax ? given : null
}

export function orderRequestOf(body: Fields, makeId: () => string): Result<OrderRequest, Refused> {
  const { side, orderType } = body
  if (side !== 'BUY' && side !== 'SELL') return err(cexError('Mandatory parameter side should be one of BUY,SELL'))
  if (orderType !== 'Market' && orderType !== 'Limit') return err(checkFailed('orderType'))
  if (typeof body['timestamp'] !== 'number') return err(checkFailed('timestamp'))
  const clientOrderId = clientIdOf(body, makeId)
  if (clientOrderId === null) return err(checkFailed('clientOrderId'))
  const names = ['amountCcy1', 'amountCcy2', 'price', 'stopPrice'] as const
  const amounts = new Map(names.map((name) => [name, amountOf(body, name)]))
  for (const [name, value] of amounts) if (value === null) return err(checkFailed(name))
  const [quantity, quoteQuantity, price, triggerPrice] = names.map((name) => amounts.get(name) ?? undefined)
  const common = { clientOrderId, side: side === 'BUY' ? 'buy' : 'sell', quantity } as const
  if (orderType === 'Market') {
    if (triggerPrice !== undefined) return err(cexError('Market Trigger orders are not allowed'))
    return ok({ ...common, quoteQuantity, type: 'market', timeInForce: 'ioc' })
  }
  const timeInForce = timesInForce[body['timeInForce'] as keyof typeof timesInForce]
  if (timeInForce === undefined) return err(checkFailed('timeInForce'))
  if (quantity === undefined) return err(checkFailed('amountCcy1'))
  if (price === undefined) return err(checkFailed('price'))
  return ok({ ...common, type: triggerPrice === undefined ? 'limit' : 'stop-limit', timeInForce, price, triggerPrice })
}

export interface Rejection {
  readonly rejectCode: number
  readonly rejectReason: string
}

/** The order engine's refusals: the order is answered as a rejected one. */
export function rejectionOf({ code, detail }: Refusal): Rejection {
  switch (code) {
    case 'INSUFFICIENT_FUNDS':
      return { rejectCode: 403, rejectReason: 'Insufficient funds' }
    case 'QUANTITY_RANGE':
      return {
        rejectCode: 414,
        rejectReason: `Amount is ${detail === 'low' ? 'less than minimum' : 'more than maximum'}`,
      }
    case 'QUANTITY_STEP':
      return { rejectCode: 415, rejectReason: 'Amount is not a multiple of the lot size' }
    case 'NOTIONAL':
      return { rejectCode: 416, rejectReason: 'Order cost is less than minimum' }
    case 'PRICE_STEP':
    case 'TRIGGER_STEP':
    case 'PRICE_RANGE':
    case 'PRICE_PERCENT':
      return { rejectCode: 417, rejectReason: 'Price has wrong precision or is out of range' }
    case 'WOULD_TRIGGER':
      return { rejectCode: 418, rejectReason: 'Stop price would trigger immediately' }
    case 'TOO_MANY_ORDERS':
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return { rejectCode: 419, rejectReason: 'Open orders limit is exceeded' }
    default:
      return { rejectCode: 400, rejectReason: 'Order parameters are not allowed' }
  }
}

/** A market order names the one or the other amount. */
export const bothAmounts: Rejection = {
  rejectCode: 405,
  rejectReason:
    'Either AmountCcy1 (OrderQty) or AmountCcy2 (CashOrderQty) should be specified for market order not both',
}
