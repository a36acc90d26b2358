/**
 * Parameters of Tokocrypto's orders and order lists to what the engine is asked. Called by the order endpoints.
 * Must never guess: a missing or impossible parameter is the venue's own error.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { OrderRequest } from '#domain/engine/check-order'
import { hasLimit, isConditional, type OrderType, type TimeInForce } from '#domain/order'
import type { OrderListRequest } from '#domain/engine/place-order'
import { invalidSide, invalidTimeInForce, invalidType, type Parameters } from '../binance/parameters.wire.ts'
import { missing, venueError, type VenueError } from '../binance/venue-error.wire.ts'

const decimals = 8
const sides = { '0': 'buy', '1': 'sell' } as const
/** Stops and targets without a limit are none of a market's order types. */
const types: Readonly<Record<string, OrderType>> = {
  '1': 'limit',
  '2': 'market',
  '4': 'stop-limit',
  '6': 'take-profit-limit',
  '7': 'limit',
}
const limitMaker = '7'
const timesInForce = { '1': 'gtc', '2': 'ioc', '3': 'fok', '4': 'post-only' } as const
const byQuantityOnly = venueError(-1106, "Parameter 'quoteOrderQty' sent when not required.")

function sideOf(parameters: Parameters): 'buy' | 'sell' {
  return sides[parameters.word('side', ['0', '1'], invalidSide) ?? '0']
}

function timeInForceOf(parameters: Parameters, type: OrderType): TimeInForce {
  if (parameters.text('type') === limitMaker) return 'post-only'
  if (type === 'market' || !parameters.has('timeInForce')) return 'gtc'
  return timesInForce[parameters.word('timeInForce', ['1', '2', '3', '4'], invalidTimeInForce) ?? '1']
}

function needAmount(parameters: Parameters, name: string) {
  if (!parameters.has(name)) parameters.fail(missing(name))
  return parameters.amount(name, decimals)
}

export function orderRequestOf(parameters: Parameters, makeId: () => string): Result<OrderRequest, VenueError> {
  const type = types[parameters.needText('type')]
  if (type === undefined) return err(parameters.error ?? invalidType)
  const side = sideOf(parameters)
  // A purchase at the market is told by what it costs, everything else by its quantity.
  const byCost = type === 'market' && side === 'buy'
  if (!byCost && parameters.has('quoteOrderQty')) parameters.fail(byQuantityOnly)
  const request: OrderRequest = {
    clientOrderId: parameters.clientId('clientId') ?? makeId(),
    side,
    type,
    timeInForce: timeInForceOf(parameters, type),
    quantity: byCost ? undefined : needAmount(parameters, 'quantity'),
    quoteQuantity: byCost ? needAmount(parameters, 'quoteOrderQty') : undefined,
    price: hasLimit(type) ? needAmount(parameters, 'price') : undefined,
    triggerPrice: isConditional(type) ? needAmount(parameters, 'stopPrice') : undefined,
  }
  return parameters.error === undefined ? ok(request) : err(parameters.error)
}

/** The target waits in the book as a maker; the stop has a limit of its own. */
export function listRequestOf(parameters: Parameters, makeId: () => string): Result<OrderListRequest, VenueError> {
  const id = parameters.clientId('listClientId') ?? makeId()
  const side = sideOf(parameters)
  const quantity = needAmount(parameters, 'quantity')
  const target: OrderRequest = {
    clientOrderId: parameters.clientId('limitClientId') ?? `${id}-limit`,
    side,
    type: 'limit',
    timeInForce: 'post-only',
    quantity,
    price: needAmount(parameters, 'price'),
  }
  const stop: OrderRequest = {
    clientOrderId: parameters.clientId('stopClientId') ?? `${id}-stop`,
    side,
    type: 'stop-limit',
    timeInForce: 'gtc',
    quantity,
    price: needAmount(parameters, 'stopLimitPrice'),
    triggerPrice: needAmount(parameters, 'stopPrice'),
  }
  if (parameters.error !== undefined) return err(parameters.error)
  return ok({ clientOrderId: id, above: side === 'sell' ? target : stop, below: side === 'sell' ? stop : target })
}
