/**
 * Parameters of /order and /orderList/oco to what the engine is asked.
 * Called by the order endpoints. Must never guess: a missing or impossible parameter is the venue's own error.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { OrderRequest } from '#domain/engine/check-order'
import type { OrderListRequest } from '#domain/engine/place-order'
import { hasLimit, type OrderType, type TimeInForce } from '#domain/order'
import { invalidSide, invalidTimeInForce, invalidType, type Parameters } from '../binance/parameters.wire.ts'
import { missing, venueError, type VenueError } from '../binance/venue-error.wire.ts'
import type { Detail } from './order.map.ts'

const decimals = 8

interface TypeWord {
  readonly type: OrderType
  readonly timeInForce?: TimeInForce
}

const types: Readonly<Record<string, TypeWord>> = {
  LIMIT: { type: 'limit' },
  LIMIT_MAKER: { type: 'limit', timeInForce: 'post-only' },
  MARKET: { type: 'market', timeInForce: 'gtc' },
  STOP_LOSS: { type: 'stop-market', timeInForce: 'gtc' },
  STOP_LOSS_LIMIT: { type: 'stop-limit' },
  TAKE_PROFIT: { type: 'take-profit-market', timeInForce: 'gtc' },
  TAKE_PROFIT_LIMIT: { type: 'take-profit-limit' },
}
const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const
const trailingNotAllowed = venueError(-1106, "Parameter 'trailingDelta' sent when not required.")
const bothQuantities = venueError(-1106, "Parameter 'quoteOrderQty' sent when not required.")

/** Where the parameters of one order stand: plain, or with `above` and `below` in front for lists. */
function named(prefix: string, name: string): string {
  return prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1)
}

function timeInForceOf(parameters: Parameters, prefix: string, word: TypeWord): TimeInForce {
  if (word.timeInForce !== undefined) return word.timeInForce
  const words = Object.keys(timesInForce) as (keyof typeof timesInForce)[]
  const given = parameters.word(named(prefix, 'timeInForce'), words, invalidTimeInForce)
  return given === undefined ? 'gtc' : timesInForce[given]
}

function readOrder(
  parameters: Parameters,
  prefix: string,
  clientIdName: string,
  fallbackId: string,
): OrderRequest | undefined {
  const word = types[parameters.needText(named(prefix, 'type'))]
  if (word === undefined) {
    parameters.fail(invalidType)
    return undefined
  }
  const side = parameters.word('side', ['BUY', 'SELL'], invalidSide)
  if (parameters.has(named(prefix, 'trailingDelta'))) parameters.fail(trailingNotAllowed)
  const triggered = word.type !== 'market' && word.type !== 'limit'
  const stopName = named(prefix, 'stopPrice')
  if (triggered && !parameters.has(stopName)) parameters.fail(missing(stopName))
  const priceName = named(prefix, 'price')
  if (hasLimit(word.type) && !parameters.has(priceName)) parameters.fail(missing(priceName))
  return {
    clientOrderId: parameters.clientId(clientIdName) ?? fallbackId,
    side: side === 'SELL' ? 'sell' : 'buy',
    type: word.type,
    timeInForce: timeInForceOf(parameters, prefix, word),
    quantity: parameters.amount('quantity', decimals),
    price: hasLimit(word.type) ? parameters.amount(priceName, decimals) : undefined,
    triggerPrice: triggered ? parameters.amount(stopName, decimals) : undefined,
  }
}

export function orderRequestOf(parameters: Parameters, makeId: () => string): Result<OrderRequest, VenueError> {
  const request = readOrder(parameters, '', 'newClientOrderId', makeId())
  const quoteQuantity = parameters.amount('quoteOrderQty', decimals)
  if (quoteQuantity !== undefined && request?.type !== 'market') parameters.fail(bothQuantities)
  if (quoteQuantity !== undefined && request?.quantity !== undefined) parameters.fail(bothQuantities)
  if (quoteQuantity === undefined && request?.quantity === undefined) parameters.fail(missing('quantity'))
  if (parameters.error !== undefined || request === undefined) return err(parameters.error ?? invalidType)
  return ok({ ...request, quoteQuantity })
}

export function listRequestOf(parameters: Parameters, makeId: () => string): Result<OrderListRequest, VenueError> {
  const id = makeId()
  const above = readOrder(parameters, 'above', 'aboveClientOrderId', `${id}-above`)
  const below = readOrder(parameters, 'below', 'belowClientOrderId', `${id}-below`)
  if (!parameters.has('quantity')) parameters.fail(missing('quantity'))
  const clientOrderId = parameters.clientId('listClientOrderId') ?? id
  if (parameters.error !== undefined || above === undefined || below === undefined) {
    return err(parameters.error ?? invalidType)
  }
  return ok({ clientOrderId, above, below })
}

export function detailOf(parameters: Parameters, type: OrderType): Detail {
  const given = parameters.text('newOrderRespType')
  if (given === 'ACK' || given === 'RESULT' || given === 'FULL') return given
  return type === 'market' || type === 'limit' ? 'FULL' : 'ACK'
}
