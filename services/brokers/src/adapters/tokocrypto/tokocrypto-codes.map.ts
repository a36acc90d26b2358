/**
 * What Tokocrypto's codes mean where ccxt's classes do not tell it: its own around those of Binance behind it.
 * Called by the Tokocrypto exchange through its api. Must never list a code as a refusal that can also follow an order which stands.
 */
import type { RateScope, RejectionCode } from '@tradewire/broker-kit/broker-error'
import { binanceCodes, type VenueCode, type VenueCodes } from '../ccxt/ccxt-error.map.ts'

export const tokocryptoCodes: VenueCodes = {
  ...binanceCodes,
  // The venue's own code comes first; what it says inside is the more exact text. Anchored: replies may be of any length.
  words: /^.*"msg":\s*"([^"]*)"/s,
  auth: new Set<VenueCode>([...binanceCodes.auth, -1_099, -1_109, -1_125]),
  limited: new Map<VenueCode, RateScope>([...binanceCodes.limited, [-1_003, 'egress']]),
  rejections: new Map<VenueCode, RejectionCode>([
    ...binanceCodes.rejections,
    [2_202, 'INSUFFICIENT_FUNDS'],
    [3_203, 'INVALID_QUANTITY'],
    [3_207, 'INVALID_PRICE'],
    [3_210, 'BELOW_MINIMUM_NOTIONAL'],
    [3_211, 'BELOW_MINIMUM_NOTIONAL'],
    [3_218, 'ORDER_NOT_FOUND'],
  ]),
}
