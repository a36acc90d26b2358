/**
 * The venue's statuses and codes as our closed union. Called by every call of the session.
 * Must never call a trade refused whose fate is open.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError, RejectionCode } from '@tradewire/broker-kit/broker-error'
import { parseExact } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { failure, type TradeReply } from './metaapi-records.wire.ts'

/** `trade`: something may have been done. `read`: nothing was changed. */
export type CallKind = 'trade' | 'read'

const messageCharactersMax = 200
const retryAfterDefaultMs = 1_000
const retryAfterMostMs = 3_600_000
const secondMs = 1_000

/** What the broker has executed, or will: done, done in part, placed, nothing to change. */
const doneCodes = new Set([
  'ERR_NO_ERROR',
  'TRADE_RETCODE_PLACED',
  'TRADE_RETCODE_DONE',
  'TRADE_RETCODE_DONE_PARTIAL',
  'TRADE_RETCODE_NO_CHANGES',
])
/** The terminal lost its broker during the trade, or nobody knows what became of it. */
const unclearCodes = new Set([
  'TRADE_RETCODE_UNKNOWN',
  'ERR_TRADE_TIMED_OUT',
  'TRADE_RETCODE_DISCONNECTED_DURING_TRADE',
  'TRADE_RETCODE_TIMEOUT',
  'TRADE_RETCODE_CONNECTION',
])
/** The trade never left for the broker: the terminal was cut off before it, or was not ready yet. */
const notSentCodes = new Set(['TRADE_RETCODE_DISCONNECTED_BEFORE_TRADE', 'ERR_NOT_SYNCHRONIZED'])
/** The password may only look. */
const investorCode = 'ERR_INVESTOR'
const tooManyRequestsCode = 'TRADE_RETCODE_TOO_MANY_REQUESTS'

const rejectionOf: ReadonlyMap<string, RejectionCode> = new Map<string, RejectionCode>([
  ['TRADE_RETCODE_ORDER_TYPE_NOT_SUPPORTED', 'INVALID_ORDER'],
  ['ERR_NO_QUOTES', 'MARKET_CLOSED'],
  ['ERR_MARKET_UNKNOWN_SYMBOL', 'UNKNOWN_SYMBOL'],
  ['ERR_TRADE_POSITION_NOT_FOUND', 'ORDER_NOT_FOUND'],
  ['ERR_TRADE_ORDER_NOT_FOUND', 'ORDER_NOT_FOUND'],
  ['TRADE_RETCODE_POSITION_CLOSED', 'ORDER_NOT_FOUND'],
  ['TRADE_RETCODE_REQUOTE', 'INVALID_PRICE'],
  ['TRADE_RETCODE_PRICE_CHANGED', 'INVALID_PRICE'],
  ['TRADE_RETCODE_INVALID_PRICE', 'INVALID_PRICE'],
  ['TRADE_RETCODE_INVALID', 'INVALID_ORDER'],
  ['TRADE_RETCODE_INVALID_ORDER', 'INVALID_ORDER'],
  ['TRADE_RETCODE_INVALID_EXPIRATION', 'INVALID_ORDER'],
  ['TRADE_RETCODE_INVALID_VOLUME', 'INVALID_QUANTITY'],
  ['TRADE_RETCODE_INVALID_STOPS', 'WOULD_TRIGGER_IMMEDIATELY'],
  ['TRADE_RETCODE_MARKET_CLOSED', 'MARKET_CLOSED'],
  ['TRADE_RETCODE_PRICE_OFF', 'MARKET_CLOSED'],
  ['TRADE_RETCODE_NO_MONEY', 'INSUFFICIENT_FUNDS'],
  ['TRADE_RETCODE_LIMIT_ORDERS', 'TOO_MANY_ORDERS'],
])

/** The reply, if its codes say that the trade was done; else why not, or that nobody knows. */
export function outcomeOf(reply: TradeReply): Result<TradeReply, BrokerError> {
  const { stringCode } = reply
  if (doneCodes.has(stringCode)) return ok(reply)
  const message = `${stringCode} ${reply.message}`.trim().slice(0, messageCharactersMax)
  if (unclearCodes.has(stringCode)) return err(brokerError.outcomeUnknown(message))
  if (notSentCodes.has(stringCode)) return err(brokerError.notSent(message))
  if (stringCode === investorCode) return err(brokerError.authFailed(message))
  if (stringCode === tooManyRequestsCode) return err(brokerError.rateLimited(retryAfterDefaultMs, message))
  return err(brokerError.rejected(rejectionOf.get(stringCode) ?? 'REFUSED_BY_VENUE', message))
}

export interface Refusal {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | undefined
  readonly now: Date
}

/** The error of an answer that is not 2xx. */
export function errorOfStatus({ status, text, retryAfter, now }: Refusal, kind: CallKind): BrokerError {
  const parsed = failure.safeParse(parseExact(text))
  const told = parsed.success ? `${parsed.data.error} ${parsed.data.message}` : ''
  const message = (told.trim() === '' ? `the venue answered HTTP ${status}` : told).slice(0, messageCharactersMax)
  switch (status) {
    case 401:
    case 403:
      return brokerError.authFailed(message)
    case 429: {
      const at = parsed.success ? parsed.data.metadata?.recommendedRetryTime : undefined
      return brokerError.rateLimited(waitMsOf(at, retryAfter, now), message)
    }
    case 400:
      return validationErrorOf(parsed.success ? parsed.data.details : undefined, message)
    case 404:
      // The account is not there, or its terminal is not up: nothing was tried.
      return kind === 'trade' ? brokerError.notSent(message) : brokerError.rejected('ORDER_NOT_FOUND', message)
    default:
      return kind === 'trade' ? brokerError.outcomeUnknown(message) : brokerError.connectivity(message)
  }
}

/** What provisioning says of login, password and server is about the credentials; anything else about the request. */
function validationErrorOf(details: unknown, message: string): BrokerError {
  const code = typeof details === 'string' ? details : (details as { readonly code?: unknown } | null | undefined)?.code
  if (code === 'E_AUTH') return brokerError.authFailed('the broker refuses login, password or server')
  if (code === 'E_SRV_NOT_FOUND') return brokerError.authFailed('MetaApi knows no such broker server')
  if (code === 'E_SERVER_TIMEZONE') return brokerError.connectivity('the settings of the broker are not known yet')
  return brokerError.rejected('INVALID_ORDER', message)
}

/** When to ask again: a moment in the body, or a header with seconds or a date. */
export function waitMsOf(at: string | undefined, retryAfter: string | undefined, now: Date): number {
  const moment = at ?? (retryAfter !== undefined && !/^\d{1,6}$/.test(retryAfter) ? retryAfter : undefined)
  const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined
  const untilMs = moment === undefined ? Number.NaN : Date.parse(moment) - now.getTime()
  const waitMs = Number.isNaN(untilMs) ? (seconds ?? retryAfterDefaultMs / secondMs) * secondMs : untilMs
  return Math.min(retryAfterMostMs, Math.max(1, waitMs))
}
