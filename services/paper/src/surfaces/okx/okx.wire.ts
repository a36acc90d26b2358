/**
 * OKX's envelope, its error codes and texts, and who signed a request.
 * Called by the endpoints of this protocol. Must never let a request pass whose text differs from what was signed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Operation } from '#domain/protocol/faults'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { headerOf, type ProtocolWords, type RawCall, type Refused } from '../protocol/protocol.controller.ts'

export type OkxVenue = 'okx-spot' | 'okx-swap'
export const okxVenues: readonly OkxVenue[] = ['okx-spot', 'okx-swap']
export type InstrumentType = 'SPOT' | 'SWAP'

const okHttp = 200
const badRequest = 400
const unauthorized = 401
const tooManyRequests = 429
const unavailable = 503
const windowMs = 2_000
const freshMs = 30_000
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/

/** A whole answer. */
export function envelope(data: readonly unknown[]) {
  return { code: '0', msg: '', data }
}

/** A request that was turned away as a whole. */
export function okxError(code: string, msg: string, status = okHttp): Refused {
  return { status, body: { code, msg, data: [] } }
}

/** One part of a placement or cancel that the venue refused. */
export interface PartRefused {
  readonly sCode: string
  readonly sMsg: string
}

export function parameterError(name: string): PartRefused {
  return { sCode: '51000', sMsg: `Parameter ${name} error` }
}

export function emptyParameter(name: string): Refused {
  return okxError('50014', `Parameter ${name} can not be empty.`, badRequest)
}

export const noSuchOrder = okxError('51603', 'Order does not exist')
export const noSuchInstrument = okxError('51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
export const bodyUnreadable = okxError('50002', 'JSON syntax error', badRequest)
export const nothingToCancel: PartRefused = {
  sCode: '51400',
  sMsg: 'Order cancellation failed as the order has been filled, canceled or does not exist.',
}

export function signatureOf(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64')
}

export function equalTexts(expected: string, given: string): boolean {
  const left = Buffer.from(expected)
  const right = Buffer.from(given)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** An account of one of this protocol's venues. */
export function accountOfKey(venue: RunningVenue, key: string): Account | undefined {
  const account = venue.state.accountsByKey.get(key)
  return account !== undefined && (okxVenues as readonly string[]).includes(account.venue) ? account : undefined
}

function accountOf(raw: RawCall, venue: RunningVenue, now: number): Account | Refused {
  const missing = (code: string, name: string) =>
    okxError(code, `Request header "${name}" can not be empty.`, unauthorized)
  const key = headerOf(raw, 'ok-access-key')
  if (key === undefined) return missing('50103', 'OK-ACCESS-KEY')
  const passphrase = headerOf(raw, 'ok-access-passphrase')
  if (passphrase === undefined) return missing('50104', 'OK-ACCESS-PASSPHRASE')
  const sign = headerOf(raw, 'ok-access-sign')
  if (sign === undefined) return missing('50106', 'OK-ACCESS-SIGN')
  const timestamp = headerOf(raw, 'ok-access-timestamp')
  if (timestamp === undefined) return missing('50107', 'OK-ACCESS-TIMESTAMP')
  if (!isoTime.test(timestamp)) return okxError('50112', 'Invalid OK-ACCESS-TIMESTAMP', unauthorized)
  if (Math.abs(now - Date.parse(timestamp)) > freshMs) {
    return okxError('50102', 'Timestamp request expired', unauthorized)
  }
  const account = accountOfKey(venue, key)
  if (account === undefined) return okxError('50111', 'Invalid OK-ACCESS-KEY', unauthorized)
  if (!equalTexts(account.passphrase ?? '', passphrase)) {
    return okxError('50105', 'Request header "OK-ACCESS-PASSPHRASE" incorrect.', unauthorized)
  }
  const query = raw.query === '' ? '' : `?${raw.query}`
  const signed = signatureOf(account.secret, timestamp + raw.method + raw.path + query + raw.body)
  return equalTexts(signed, sign) ? account : okxError('50113', 'Invalid Sign', unauthorized)
}

function rejected(operation: Operation): Refused {
  if (operation === 'read') return okxError('50026', 'System error. Try again later.', unavailable)
  const part = { ordId: '', clOrdId: '', tag: '', ts: '', sCode: '51119', sMsg: 'Insufficient balance' }
  return { status: okHttp, body: { code: '1', msg: 'All operations failed', data: [part] } }
}

export const okxWords: ProtocolWords = {
  accountOf,
  limited: () => okxError('50011', 'Too Many Requests', tooManyRequests),
  rejected,
  unknown: okxError(
    '50004',
    'API endpoint request timeout (does not mean that the request was successful or failed, please check the request result).',
    okHttp,
  ),
  windowMs,
}

/** One object of a body. */
export type Fields = Readonly<Record<string, unknown>>

/** The objects of a JSON body: one, or a list where the endpoint takes lists. Undefined when it is no such JSON. */
export function fieldsOf(body: string): { readonly items: readonly Fields[]; readonly list: boolean } | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  const items: unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  const objects = items.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  return objects ? { items: items as Fields[], list: Array.isArray(parsed) } : undefined
}

/** Texts, and numbers and booleans as the venue takes them too. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
