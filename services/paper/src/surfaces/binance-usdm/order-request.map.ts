/**
 * Parameters of /order and /algoOrder to what the engine is asked.
 * Called by the order endpoints. Must never guess: a missing or impossible parameter is the venue's own error.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { OrderRequest } from '#domain/engine/check-order'
import type { OrderType, TimeInForce } from '#domain/order'
import { hasLimit } from '#domain/order'
import { invalidSide, invalidTimeInForce, invalidType, type Parameters } from '../binance/parameters.wire.ts'
import { missing, venueError, type VenueError } from '../binance/venue-error.wire.ts'
import { typeWords } from './order.map.ts'

const priceDecimals = 2
const quantityDecimals = 3
const rateDecimals = 2

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', GTX: 'post-only', GTE_GTC: 'gtc' } as const
const types = Object.fromEntries(Object.entries(typeWords).map(([type, word]) => [word, type as OrderType]))

const useAlgoEndpoint = venueError(
  -4120,
  'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
)
const wrongPositionSide = venueError(-4061, "Order's position side does not match user's setting.")
const closeWithReduceOnly = venueError(-1106, "Parameter 'reduceOnly' sent when not required.")
const closeWithQuantity = venueError(-4136, 'Target strategy invalid for orderType MARKET,closePosition true')

function timeInForceOf(parameters: Parameters, type: OrderType): TimeInForce {
  if (!hasLimit(type) && !parameters.has('timeInForce')) return 'gtc'
  const words = Object.keys(timesInForce) as (keyof typeof timesInForce)[]
  const word = parameters.word('timeInForce', words, invalidTimeInForce)
  return word === undefined ? 'gtc' : timesInForce[word]
}

function commonOf(parameters: Parameters, type: OrderType): Omit<OrderRequest, 'clientOrderId'> {
  const side = parameters.word('side', ['BUY', 'SELL'], invalidSide)
  const positionSide = parameters.text('positionSide') ?? 'BOTH'
  if (positionSide !== 'BOTH') parameters.fail(wrongPositionSide)
  return {
    side: side === 'SELL' ? 'sell' : 'buy',
    type,
    timeInForce: timeInForceOf(parameters, type),
    quantity: parameters.amount('quantity', quantityDecimals),
    price: hasLimit(type) ? parameters.amount('price', priceDecimals) : undefined,
    reduceOnly: parameters.flag('reduceOnly'),
  }
}

/** fapi/v1/order: market and limit only; conditional types have an endpoint of their own. */
export function orderRequestOf(parameters: Parameters, makeId: () => string): Result<OrderRequest, VenueError> {
  const type = types[parameters.needText('type')]
  if (type === undefined) return err(parameters.error ?? invalidType)
  if (type !== 'market' && type !== 'limit') return err(useAlgoEndpoint)
  const common = commonOf(parameters, type)
  if (common.quantity === undefined) parameters.fail(missing('quantity'))
  if (parameters.flag('closePosition')) parameters.fail(closeWithQuantity)
  const clientOrderId = parameters.clientId('newClientOrderId') ?? makeId()
  return parameters.error === undefined ? ok({ ...common, clientOrderId }) : err(parameters.error)
}

/** fapi/v1/algoOrder: stops, take-profits, trailing stops. */
export function algoRequestOf(parameters: Parameters, makeId: () => string): Result<OrderRequest, VenueError> {
  parameters.word('algoType', ['CONDITIONAL'], venueError(-1102, "Mandatory parameter 'algoType' was malformed."))
  const type = types[parameters.needText('type')]
  if (type === undefined || type === 'market' || type === 'limit') return err(parameters.error ?? invalidType)
  const common = commonOf(parameters, type)
  const closePosition = parameters.flag('closePosition')
  if (closePosition && common.reduceOnly === true) parameters.fail(closeWithReduceOnly)
  if (closePosition && common.quantity !== undefined) parameters.fail(closeWithQuantity)
  const activation = parameters.has('activationPrice') ? 'activationPrice' : 'activatePrice'
  const request: OrderRequest = {
    ...common,
    clientOrderId: parameters.clientId('clientAlgoId') ?? makeId(),
    triggerPrice: type === 'trailing-stop-market' ? undefined : parameters.amount('triggerPrice', priceDecimals),
    activationPrice: type === 'trailing-stop-market' ? parameters.amount(activation, priceDecimals) : undefined,
    callbackRate: parameters.amount('callbackRate', rateDecimals),
    closePosition,
  }
  return parameters.error === undefined ? ok(request) : err(parameters.error)
}
