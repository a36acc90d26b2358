import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallKind, mapCcxtFailure, mapThrown, VenueTransportError } from './ccxt-error.map.ts'

function mapped(names: readonly string[], text: { code?: number; message?: string }, call: CallKind = 'place') {
  const { code = null, message = 'words' } = text
  return mapCcxtFailure({ names, code, message, retryAfterMs: null }, call)
}

const refusal = ['ExchangeError']
const network = ['NetworkError', 'OperationFailed']

describe("ccxt's errors", () => {
  it.each([
    [
      '-2010 insufficient balance',
      ['InsufficientFunds', ...refusal],
      { message: 'Account has insufficient balance for requested action.' },
      'INSUFFICIENT_FUNDS',
    ],
    [
      '-2010 would match',
      ['OrderImmediatelyFillable', 'InvalidOrder', ...refusal],
      { message: 'Order would immediately match and take.' },
      'WOULD_TRIGGER_IMMEDIATELY',
    ],
    [
      '-2010 duplicate',
      ['InvalidOrder', ...refusal],
      { code: -2010, message: 'Duplicate order sent.' },
      'DUPLICATE_CLIENT_ORDER_ID',
    ],
    [
      '-4116 duplicate',
      ['ExchangeError'],
      { code: -4116, message: 'ClientOrderId is duplicated.' },
      'DUPLICATE_CLIENT_ORDER_ID',
    ],
    [
      '-1013 LOT_SIZE',
      ['InvalidOrder', ...refusal],
      { code: -1013, message: 'Filter failure: LOT_SIZE' },
      'INVALID_QUANTITY',
    ],
    [
      '-1013 PRICE_FILTER',
      ['InvalidOrder', ...refusal],
      { code: -1013, message: 'Filter failure: PRICE_FILTER' },
      'INVALID_PRICE',
    ],
    [
      '-1013 NOTIONAL',
      ['BadRequest', ...refusal],
      { code: -1013, message: 'Filter failure: NOTIONAL' },
      'BELOW_MINIMUM_NOTIONAL',
    ],
    ['-2011', ['OrderNotFound', 'InvalidOrder', ...refusal], { code: -2011 }, 'ORDER_NOT_FOUND'],
    ['-2013', ['OrderNotFound', 'InvalidOrder', ...refusal], { code: -2013 }, 'ORDER_NOT_FOUND'],
    ['-1121', ['BadSymbol', 'BadRequest', ...refusal], { code: -1121 }, 'UNKNOWN_SYMBOL'],
    ['-2019', ['InsufficientFunds', ...refusal], { code: -2019 }, 'INSUFFICIENT_FUNDS'],
    ['-2021', ['OrderImmediatelyFillable', 'InvalidOrder', ...refusal], { code: -2021 }, 'WOULD_TRIGGER_IMMEDIATELY'],
    ['-2022', ['InvalidOrder', ...refusal], { code: -2022 }, 'REDUCE_ONLY_REFUSED'],
    ['-4061', ['ExchangeError'], { code: -4061 }, 'ACCOUNT_SETTINGS_UNSUITABLE'],
    ['-4164', ['InvalidOrder', ...refusal], { code: -4164 }, 'BELOW_MINIMUM_NOTIONAL'],
    ['an unknown code', ['ExchangeError'], { code: -9999 }, 'REFUSED_BY_VENUE'],
  ])('take %s as a refusal with its code', (_, names, text, code) => {
    expect(mapped(names, text)).toMatchObject({ kind: 'rejected', code })
  })

  it.each([
    ['-1007', ['RequestTimeout', ...network], { code: -1007 }],
    ['-1006', ['ExchangeError'], { code: -1006 }],
    ['-1000', ['OperationFailed'], { code: -1000 }],
    ['HTTP 503', ['ExchangeNotAvailable', ...network], {}],
    ['maintenance', ['OnMaintenance', 'ExchangeNotAvailable', ...network], {}],
    ['a reset socket', network, {}],
    ['an unreadable reply', ['BadResponse', 'OperationFailed'], {}],
    ['a mistake of the library', ['TypeError'], {}],
  ])('leave the outcome of a placement open after %s, and a read merely failed', (_, names, text) => {
    expect(mapped(names, text).kind).toBe('outcome-unknown')
    expect(mapped(names, text, 'read').kind).toBe('connectivity')
  })

  it('tell rate limits and failed authentication, also where ccxt takes one for the other', () => {
    expect(mapped(['DDoSProtection', ...network], {}).kind).toBe('rate-limited')
    expect(mapped(['RateLimitExceeded', ...network], {}).kind).toBe('rate-limited')
    expect(mapped(['RateLimitExceeded', ...network], { code: -1003 })).toMatchObject({ scope: 'egress' })
    // Orders are counted by account.
    expect(mapped(['RateLimitExceeded', ...network], { code: -1015 })).toMatchObject({ scope: 'account' })
    expect(mapped(['AuthenticationError', ...refusal], {}).kind).toBe('auth')
    expect(mapped(['DDoSProtection', ...network], { code: -2015 }).kind).toBe('auth')
  })

  it('take a stale time stamp as proof that nothing was executed', () => {
    expect(mapped(['InvalidNonce', ...network], { code: -1021 }).kind).toBe('not-sent')
  })

  it('take the promise of a busy venue as proof that nothing was executed, and no other words', () => {
    const overloaded = { code: -1008, message: 'Server is currently overloaded with other requests.' }
    const throttled = { code: -1008, message: 'Request throttled by system-level protection. Please try again.' }
    expect(mapped(['OperationFailed'], throttled).kind).toBe('not-sent')
    expect(mapped(['OperationFailed'], throttled, 'read').kind).toBe('connectivity')
    expect(mapped(['OperationFailed'], overloaded).kind).toBe('outcome-unknown')
  })

  it('tell a request that never left from one that may have arrived', () => {
    expect(mapThrown(new VenueTransportError(false, 'refused'), 'place', null).kind).toBe('not-sent')
    expect(mapThrown(new VenueTransportError(true, 'reset'), 'place', null).kind).toBe('outcome-unknown')
    expect(mapThrown(new VenueTransportError(true, 'reset'), 'read', null).kind).toBe('connectivity')
  })

  it('never call a failure of the network a refusal, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('RequestTimeout', 'ExchangeNotAvailable', 'NetworkError'),
        (message, name) => {
          expect(mapped([name, ...network], { message }).kind).toBe('outcome-unknown')
        },
      ),
    )
  })

  it('never show a signed URL', () => {
    const thrown = new Error('binance GET https://api.binance.com/api/v3/order?signature=abc fetch failed')
    expect(mapThrown(thrown, 'read', null).message).not.toContain('signature')
  })
})
