/**
 * The engine's refusals in the codes and texts of Binance USD-M futures.
 * Called by the order endpoints. Must never answer two different refusals alike where the venue tells them apart.
 */
import { unreachable } from '@tradewire/kernel/result'
import { formatFixed } from '#domain/amount'
import type { Refusal } from '#domain/engine/check-order'
import type { Instrument } from '#domain/listing/instruments'
import { idTaken, tooMuchPrecision, venueError, type VenueError } from '../binance/venue-error.wire.ts'

export function refusalOf(refusal: Refusal, instrument: Instrument): VenueError {
  switch (refusal.code) {
    case 'PRICE_STEP':
    case 'TRIGGER_STEP':
      return venueError(-4014, 'Price not increased by tick size.')
    case 'PRICE_RANGE':
      return venueError(-4013, 'Price less than min price.')
    case 'PRICE_PERCENT':
      return refusal.detail === 'up'
        ? venueError(-4016, "Limit price can't be higher than the price limit.")
        : venueError(-4024, "Limit price can't be lower than the price limit.")
    case 'QUANTITY_STEP':
      return tooMuchPrecision
    case 'QUANTITY_RANGE':
      return refusal.detail === 'low'
        ? venueError(-4003, 'Quantity less than or equal to zero.')
        : venueError(-4005, 'Quantity greater than max quantity.')
    case 'NOTIONAL': {
      const minimum = formatFixed(instrument.notionalMinimum, 0)
      return venueError(-4164, `Order's notional must be no smaller than ${minimum} (unless you choose reduce only).`)
    }
    case 'CALLBACK_RATE':
      return venueError(-2007, 'Invalid callBack rate.')
    case 'INCOMPLETE':
      return venueError(-1102, `Mandatory parameter '${refusal.detail}' was not sent, was empty/null, or malformed.`)
    case 'DUPLICATE_CLIENT_ORDER_ID':
      return idTaken['binance-usdm']
    case 'TOO_MANY_ORDERS':
      return venueError(-2025, 'Reach max open order limit.')
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return venueError(-4045, 'Reach max stop order limit.')
    case 'WOULD_TRIGGER':
      return venueError(-2021, 'Order would immediately trigger.')
    case 'WOULD_TAKE':
      return venueError(-5022, 'Due to the order could not be executed as maker, the Post Only order will be rejected.')
    case 'REDUCE_ONLY':
      return venueError(-2022, 'ReduceOnly Order is rejected.')
    case 'INSUFFICIENT_FUNDS':
      return venueError(-2019, 'Margin is insufficient.')
    case 'LIST_PRICES':
      return venueError(-2010, 'Order would be rejected.')
    default:
      return unreachable(refusal.code)
  }
}
