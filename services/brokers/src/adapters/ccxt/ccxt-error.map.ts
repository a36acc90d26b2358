/**
 * ccxt's exceptions as our closed union. Called by the sessions for every failed call.
 * A placement that may have arrived is always "outcome unknown"; nothing here may call such a thing rejected.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError, RateScope, RejectionCode } from '@tradewire/broker-kit/broker-error'

/** `place`: an order may stand behind a failure. `read`: nothing was changed. */
export type CallKind = 'place' | 'cancel' | 'read'

/** Thrown by our fetch implementation; ccxt passes on classes it does not know. */
export class VenueTransportError extends Error {
  override readonly name = 'VenueTransportError'

  constructor(
    readonly sent: boolean,
    message: string,
  ) {
    super(message)
  }
}

export interface CcxtFailure {
  /** The exception's class and its base classes, nearest first. */
  readonly names: readonly string[]
  /** The venue's own code when the text carries one. */
  readonly code: VenueCode | null
  /** The venue's own words. */
  readonly message: string
  readonly retryAfterMs: number | null
}

const messageCharactersMax = 300
const retryAfterDefaultMs = 5_000

/** Reads what the mapping needs from anything thrown. The text never carries a signed URL. */
export function failureOf(thrown: unknown, retryAfterMs: number | null, codes: VenueCodes): CcxtFailure {
  const names: string[] = []
  let prototype: object | null = thrown instanceof Error ? Object.getPrototypeOf(thrown) : null
  while (prototype !== null && prototype !== Error.prototype) {
    names.push(prototype.constructor.name)
    prototype = Object.getPrototypeOf(prototype)
  }
  const text = thrown instanceof Error ? thrown.message : 'an unknown failure'
  const code = codes.code.exec(text)?.[1]
  const said = codes.words.exec(text)?.[1]
  return {
    names,
    code: code === undefined ? null : codeOf(code),
    message: (said ?? text.replaceAll(/https?:\S+/g, '[url]').replace(/^[a-z]+ /, '')).slice(0, messageCharactersMax),
    retryAfterMs,
  }
}

/** Numbers, or words where the venue gives its errors names. */
export type VenueCode = number | string

function codeOf(text: string): VenueCode {
  return /^-?\d+$/.test(text) ? Number.parseInt(text, 10) : text
}

/** What one venue's codes mean where ccxt's classes do not say it. */
export interface VenueCodes {
  /** Finds the code, and the venue's words, in the text of an exception. */
  readonly code: RegExp
  readonly words: RegExp
  readonly auth: ReadonlySet<VenueCode>
  /** The order may stand. */
  readonly unknown: ReadonlySet<VenueCode>
  /** Turned away at the door because of the time stamp. */
  readonly stale: ReadonlySet<VenueCode>
  /** Words of a venue that is too busy to look at an order, where it promises that such an order was not taken. */
  readonly busy?: RegExp
  /** Rates that are too high, and whose. */
  readonly limited: ReadonlyMap<VenueCode, RateScope>
  readonly rejections: ReadonlyMap<VenueCode, RejectionCode>
  /** What its words mean where one code stands for many refusals, or there is none. */
  readonly meanings?: readonly (readonly [RegExp, RejectionCode])[]
  /** Whether a code that nothing else explains still proves a refusal. */
  readonly refuses: (code: VenueCode) => boolean
}

export const binanceCodes: VenueCodes = {
  code: /"code":\s*"?(-?\d+)/,
  words: /"msg":\s*"([^"]*)"/,
  auth: new Set([-1002, -1005, -1011, -1022, -1109, -2008, -2014, -2015, -2017]),
  // Order status unknown (-1006, -1007), internal error or disconnect (-1000, -1001).
  unknown: new Set([-1000, -1001, -1006, -1007]),
  stale: new Set([-1021]),
  // Of USD-M (-1008). The same code in other words, as spot tells it, leaves the outcome open.
  busy: /throttled by system-level protection/i,
  // Orders are counted by account, everything else by address.
  limited: new Map<VenueCode, RateScope>([[-1015, 'account']]),
  rejections: new Map<VenueCode, RejectionCode>([
    [-1121, 'UNKNOWN_SYMBOL'],
    [-1111, 'INVALID_QUANTITY'],
    [-2011, 'ORDER_NOT_FOUND'],
    [-2013, 'ORDER_NOT_FOUND'],
    [-2019, 'INSUFFICIENT_FUNDS'],
    [-2021, 'WOULD_TRIGGER_IMMEDIATELY'],
    [-2022, 'REDUCE_ONLY_REFUSED'],
    [-4003, 'INVALID_QUANTITY'],
    [-4014, 'INVALID_PRICE'],
    [-4028, 'LEVERAGE_REFUSED'],
    [-4045, 'TOO_MANY_ORDERS'],
    [-4061, 'ACCOUNT_SETTINGS_UNSUITABLE'],
    [-4116, 'DUPLICATE_CLIENT_ORDER_ID'],
    [-4164, 'BELOW_MINIMUM_NOTIONAL'],
  ]),
  refuses: (code) => typeof code === 'number' && code < 0,
}
/** Classes that ccxt derives from the one of failed authentication. */
const forbidden: ReadonlySet<string> = new Set(['PermissionDenied', 'AccountNotEnabled', 'AccountSuspended'])

/** Exceptions that prove a refusal, by class; the first class of the chain that is listed decides. */
const rejectionByName: ReadonlyMap<string, RejectionCode> = new Map<string, RejectionCode>([
  ['InsufficientFunds', 'INSUFFICIENT_FUNDS'],
  ['OrderNotFound', 'ORDER_NOT_FOUND'],
  ['DuplicateOrderId', 'DUPLICATE_CLIENT_ORDER_ID'],
  ['OrderImmediatelyFillable', 'WOULD_TRIGGER_IMMEDIATELY'],
  ['OrderNotFillable', 'INVALID_ORDER'],
  ['InvalidOrder', 'INVALID_ORDER'],
  ['BadSymbol', 'UNKNOWN_SYMBOL'],
  ['MarketClosed', 'MARKET_CLOSED'],
  ['BadRequest', 'INVALID_ORDER'],
  ['ArgumentsRequired', 'INVALID_ORDER'],
  ['NotSupported', 'INVALID_ORDER'],
  ['OperationRejected', 'REFUSED_BY_VENUE'],
])

export function mapCcxtFailure(failure: CcxtFailure, call: CallKind, codes: VenueCodes = binanceCodes): BrokerError {
  const { names, code, message } = failure
  if (code !== null && codes.auth.has(code)) return brokerError.authFailed(message)
  if ((code !== null && codes.stale.has(code)) || codes.busy?.test(message) === true) return turnedAway(call, message)
  if (code !== null && codes.unknown.has(code)) return unclear(call, message)
  const limitOf = code === null ? undefined : codes.limited.get(code)
  if (limitOf !== undefined || names.includes('DDoSProtection') || names.includes('RateLimitExceeded')) {
    return brokerError.rateLimited(failure.retryAfterMs ?? retryAfterDefaultMs, message, limitOf)
  }
  if (names.includes('AuthenticationError') && !forbidsAccount(failure, codes)) return brokerError.authFailed(message)
  if (names.includes('InvalidNonce')) return turnedAway(call, message)
  if (names.includes('OperationFailed') || names.includes('NullResponse')) return unclear(call, message)
  const rejection = rejectionOf(failure, codes)
  if (rejection !== null) return brokerError.rejected(rejection, message)
  if (code !== null && codes.refuses(code) && names.includes('ExchangeError'))
    return brokerError.rejected('REFUSED_BY_VENUE', message)
  return unclear(call, message)
}

/**
 * What the account may not do is no fault of its key: another order, such as one that only reduces, may well be taken. To
 * call the key refused would end the session, and with it the care for what the account holds.
 */
function forbidsAccount({ names, code }: CcxtFailure, codes: VenueCodes): boolean {
  return forbidden.has(names[0] ?? '') && code !== null && codes.refuses(code)
}

/** Maps what ccxt or our transport threw. */
export function mapThrown(
  thrown: unknown,
  call: CallKind,
  retryAfterMs: number | null,
  codes: VenueCodes = binanceCodes,
): BrokerError {
  if (thrown instanceof VenueTransportError) {
    if (thrown.sent) return unclear(call, thrown.message)
    return call === 'place' ? brokerError.notSent(thrown.message) : brokerError.connectivity(thrown.message)
  }
  return mapCcxtFailure(failureOf(thrown, retryAfterMs, codes), call, codes)
}

function unclear(call: CallKind, message: string): BrokerError {
  return call === 'read' ? brokerError.connectivity(message) : brokerError.outcomeUnknown(message)
}

/** By the venue at its door, because of the time stamp or the crowd: proved not executed. */
function turnedAway(call: CallKind, message: string): BrokerError {
  return call === 'read' ? brokerError.connectivity(message) : brokerError.notSent(message)
}

function rejectionOf(failure: CcxtFailure, codes: VenueCodes): RejectionCode | null {
  const { code, message, names } = failure
  if (code !== null) {
    const known = codes.rejections.get(code)
    if (known !== undefined) return known
  }
  const meant = codes.meanings?.find(([words]) => words.test(message))
  if (meant !== undefined) return meant[1]
  if (/duplicate/i.test(message)) return 'DUPLICATE_CLIENT_ORDER_ID'
  if (/insufficient/i.test(message)) return 'INSUFFICIENT_FUNDS'
  if (/LOT_SIZE/.test(message)) return 'INVALID_QUANTITY'
  if (/PRICE_FILTER|PERCENT_PRICE/.test(message)) return 'INVALID_PRICE'
  if (/NOTIONAL/.test(message)) return 'BELOW_MINIMUM_NOTIONAL'
  if (/MAX_NUM/.test(message)) return 'TOO_MANY_ORDERS'
  if (/trigger immediately|relationship of the prices/i.test(message)) return 'WOULD_TRIGGER_IMMEDIATELY'
  if (/market is closed/i.test(message)) return 'MARKET_CLOSED'
  for (const name of names) {
    const known = rejectionByName.get(name)
    if (known !== undefined) return known
  }
  return null
}
