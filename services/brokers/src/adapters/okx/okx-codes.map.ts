/**
 * What OKX's error codes mean where ccxt's classes do not tell it. Called by the OKX session through its api.
 * Must never list a code as a refusal that can also follow an order which stands.
 */
import type { RateScope, RejectionCode } from '@tradewire/broker-kit/broker-error'
import type { VenueCode, VenueCodes } from '../ccxt/ccxt-error.map.ts'

/** 51112 says that orders under way leave too little of a position to close: one that stands, so it proves no loss. */
const rejections: Readonly<Partial<Record<RejectionCode, string>>> = {
  UNKNOWN_SYMBOL: '51001',
  INVALID_QUANTITY: '51004 51005 51007 51020 51100 51101 51112 51118 51120 51121 51202 51203',
  INVALID_PRICE: '51006 51116 51122 51250 51252',
  DUPLICATE_CLIENT_ORDER_ID: '51016 51065',
  MARKET_CLOSED: '51021 51022 51027 51028 51029 51030',
  TOO_MANY_ORDERS: '51025 51102 51103 51174 51260 51261',
  REDUCE_ONLY_REFUSED: '51023 51169 51205',
  WOULD_TRIGGER_IMMEDIATELY: '51277 51278 51279 51280',
  ORDER_NOT_FOUND: '51400 51401 51402 51603',
  INSUFFICIENT_FUNDS: '51008 51119 51127 51131',
  ACCOUNT_SETTINGS_UNSUITABLE: '51010',
  LEVERAGE_REFUSED: '59100 59101 59102 59103 59104 59105 59106 59107 59108 59109',
}

export const okxCodes: VenueCodes = {
  // The part's own code stands behind the outer one, which has a single digit.
  code: /"s?[cC]ode":\s*"?(\d{4,6})/,
  words: /"s?[mM]sg":\s*"((?!All operations failed)[^"]+)"/,
  auth: numbersIn('50100 50101 50103 50104 50105 50106 50107 50110 50111 50113 50114 50119'),
  unknown: numbersIn('50004'),
  stale: numbersIn('50102 50112'),
  // Orders of one account and of one sub-account count for it alone.
  limited: new Map<VenueCode, RateScope>([
    ...[...numbersIn('50011')].map((code) => [code, 'egress'] as const),
    ...[...numbersIn('50061 51113')].map((code) => [code, 'account'] as const),
  ]),
  rejections: new Map(
    Object.entries(rejections).flatMap(([code, numbers]) =>
      [...numbersIn(numbers)].map((number) => [number, code as RejectionCode] as const),
    ),
  ),
  // One code, 51000, for every parameter.
  meanings: [
    [/^Parameter sz error/i, 'INVALID_QUANTITY'],
    [/^Parameter posSide error/i, 'ACCOUNT_SETTINGS_UNSUITABLE'],
    [/^Parameter (px|\w*triggerPx|\w*ordPx) error/i, 'INVALID_PRICE'],
  ],
  // The outer codes 1 and 2 only say that a part failed.
  refuses: (code) => /^5\d{4}$/.test(String(code)),
}

function numbersIn(text: string): ReadonlySet<number> {
  return new Set(text.split(' ').map((number) => Number.parseInt(number, 10)))
}
