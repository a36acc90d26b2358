/**
 * What CEX.IO's words for errors mean: it has no codes. Called by the CEX.IO exchange through its api.
 * Must never list words as a refusal that can also follow an order which stands.
 */
import type { RateScope, RejectionCode } from '@tradewire/broker-kit/broker-error'
import type { VenueCode, VenueCodes } from '../ccxt/ccxt-error.map.ts'

/** How the library tells an order that was answered as rejected. */
const rejectedOrder = 'createOrder() '
/** Words of what was turned away before it was an order. */
const turnedAway =
  /not allowed|not supported|does not exist|should be one of|check failed|is mandatory|must be|must not/i

export const cexCodes: VenueCodes = {
  code: /(createOrder\(\) [^"\n]+|(?<="error":\s?")[^"]+)/,
  words: /(?:createOrder\(\) |"error":\s?")([^"\n]+)/,
  auth: new Set(),
  unknown: new Set(),
  stale: new Set<VenueCode>(['Request timestamp check failed']),
  limited: new Map<VenueCode, RateScope>([['API rate limit reached', 'egress']]),
  rejections: new Map<VenueCode, RejectionCode>([
    ['Order not found', 'ORDER_NOT_FOUND'],
    ['Currency pair is not supported', 'UNKNOWN_SYMBOL'],
  ]),
  meanings: [
    [/cost is less than/i, 'BELOW_MINIMUM_NOTIONAL'],
    [/^(Field )?amount/i, 'INVALID_QUANTITY'],
    [/^(Field )?(stop ?)?price (check failed|has wrong)/i, 'INVALID_PRICE'],
  ],
  refuses: (code) => typeof code === 'string' && (code.startsWith(rejectedOrder) || turnedAway.test(code)),
}
