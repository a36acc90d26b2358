/**
 * The engine's refusals in the codes and texts of Binance spot.
 * Called by the order endpoints. Must never answer two different refusals alike where the venue tells them apart.
 */
import { unreachable } from '@tradewire/kernel/result'
import type { Refusal } from '#domain/engine/check-order'
import { idTaken, venueError, type VenueError } from '../binance/venue-error.wire.ts'

const filterFailure = (name: string) => venueError(-1013, `Filter failure: ${name}`)
const rejected = (msg: string) => venueError(-2010, msg)

export function refusalOf(refusal: Refusal, market: boolean): VenueError {
  switch (refusal.code) {
    case 'PRICE_STEP':
    case 'PRICE_RANGE':
    case 'TRIGGER_STEP':
      return filterFailure('PRICE_FILTER')
    case 'PRICE_PERCENT':
      return filterFailure('PERCENT_PRICE_BY_SIDE')
    case 'QUANTITY_STEP':
      return filterFailure('LOT_SIZE')
    case 'QUANTITY_RANGE':
      return filterFailure(market && refusal.detail === 'high' ? 'MARKET_LOT_SIZE' : 'LOT_SIZE')
    case 'NOTIONAL':
      return filterFailure('NOTIONAL')
    case 'TOO_MANY_ORDERS':
      return filterFailure('MAX_NUM_ORDERS')
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return filterFailure('MAX_NUM_ALGO_ORDERS')
    case 'CALLBACK_RATE':
      return filterFailure('TRAILING_DELTA')
    case 'INCOMPLETE':
      return venueError(
        -1102,
        `Mandatory parameter '${wireName(refusal.detail)}' was not sent, was empty/null, or malformed.`,
      )
    case 'DUPLICATE_CLIENT_ORDER_ID':
      return idTaken['binance-spot']
    case 'WOULD_TRIGGER':
      return rejected('Order would trigger immediately.')
    case 'WOULD_TAKE':
      return rejected('Order would immediately match and take.')
    case 'INSUFFICIENT_FUNDS':
      return rejected('Account has insufficient balance for requested action.')
    case 'LIST_PRICES':
      return rejected('The relationship of the prices for the orders is not correct.')
    case 'REDUCE_ONLY':
      return rejected('This action is disabled on this account.')
    default:
      return unreachable(refusal.code)
  }
}

function wireName(detail: string): string {
  return detail === 'triggerPrice' ? 'stopPrice' : detail
}
