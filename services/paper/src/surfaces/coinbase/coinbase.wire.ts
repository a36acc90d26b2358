/**
 * Coinbase Advanced Trade's errors, ids, and who signed a request: a token of two minutes for one method and path.
 * Called by the endpoints of this protocol. Must never take a token that was made for another request.
 */
import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Operation } from '#domain/protocol/faults'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { headerOf, type ProtocolWords, type RawCall, type Refused } from '../protocol/protocol.controller.ts'

export const coinbaseVenue = 'coinbase'

const okHttp = 200
const unauthorizedHttp = 401
const tooManyRequests = 429
const unavailable = 503
const windowMs = 1_000
const skewSeconds = 30
const lifeSecondsMax = 120
const secondMs = 1_000
const host = 'api.coinbase.com'
const algorithm = 'sha256'

export function coinbaseError(error: string, message: string, status = 400): Refused {
  return { status, body: { error, error_details: message, message } }
}

/** The real service says no more than this. */
const unauthorized: Refused = { status: unauthorizedHttp, body: 'Unauthorized\n' }

export const notFound = coinbaseError('NOT_FOUND', 'order with this orderID was not found', 404)
export const unknownProduct = coinbaseError('INVALID_ARGUMENT', 'ProductID is invalid')

interface Token {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: string
  readonly signature: Buffer
}

function partOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function tokenOf(text: string): Token | undefined {
  const [first, second, third, ...more] = text.split('.')
  if (first === undefined || second === undefined || third === undefined || more.length > 0) return undefined
  const [header, claims] = [partOf(first), partOf(second)]
  if (header === undefined || claims === undefined) return undefined
  return { header, claims, signed: `${first}.${second}`, signature: Buffer.from(third, 'base64url') }
}

const publicKeys = new WeakMap<Account, KeyObject>()

function publicKeyOf(account: Account): KeyObject {
  const known = publicKeys.get(account) ?? createPublicKey(createPrivateKey(account.secret))
  publicKeys.set(account, known)
  return known
}

/** The account that a token was signed by. `uri` is null for websockets, whose tokens name none. */
export function accountOfToken(text: string, uri: string | null, venue: RunningVenue): Account | undefined {
  const token = tokenOf(text)
  if (token === undefined || token.header['alg'] !== 'ES256') return undefined
  const { sub, iss, nbf, exp } = token.claims
  const account = venue.state.accountsByKey.get(typeof sub === 'string' ? sub : '')
  const named = token.header['kid'] === sub && (iss === 'cdp' || iss === 'coinbase-cloud')
  if (account?.venue !== coinbaseVenue || !named || !isFresh(nbf, exp, venue.now() / secondMs)) return undefined
  if (uri !== null && token.claims['uri'] !== uri) return undefined
  const key = { key: publicKeyOf(account), dsaEncoding: 'ieee-p1363' } as const
  return verify(algorithm, Buffer.from(token.signed), key, token.signature) ? account : undefined
}

function isFresh(from: unknown, to: unknown, nowSeconds: number): boolean {
  if (typeof from !== 'number' || typeof to !== 'number' || to - from > lifeSecondsMax) return false
  return from <= nowSeconds + skewSeconds && to > nowSeconds
}

function accountOf(raw: RawCall, venue: RunningVenue): Account | Refused {
  const bearer = /^Bearer (\S+)$/.exec(headerOf(raw, 'authorization') ?? '')?.[1]
  const account = bearer === undefined ? undefined : accountOfToken(bearer, `${raw.method} ${host}${raw.path}`, venue)
  return account ?? unauthorized
}

function rejected(operation: Operation): Refused {
  if (operation !== 'place') return coinbaseError('UNAVAILABLE', 'the service is unavailable', unavailable)
  return { status: okHttp, body: failureOf('UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_ORDER_CONFIG', {}) }
}

/** A placement that was refused; the status is that of a success. */
export function failureOf(error: string, preview: string, configuration: unknown) {
  return {
    success: false,
    error_response: { error, message: '', error_details: '', preview_failure_reason: preview },
    order_configuration: configuration,
  }
}

export const coinbaseWords: ProtocolWords = {
  accountOf,
  limited: () => coinbaseError('rate_limit_exceeded', 'Rate limit exceeded', tooManyRequests),
  rejected,
  unknown: coinbaseError('INTERNAL', 'Something went wrong', unavailable),
  windowMs,
}

const idPrefix = '00000000-0000-4000-8000-'
const idDigits = 12

/** Ids are numbers here and UUIDs there. */
export function idText(id: number): string {
  return idPrefix + String(id).padStart(idDigits, '0')
}

/** 0 for what is no id of ours. */
export function idOf(text: string): number {
  return text.startsWith(idPrefix) && /^\d{12}$/.test(text.slice(idPrefix.length))
    ? Number(text.slice(idPrefix.length))
    : 0
}
