/**
 * The gateway's statuses and codes, and those of the trade server, as our closed union. Called by every call.
 * Must never call a trade refused whose fate is open: what is not known to prove a refusal is an unknown outcome.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError, RejectionCode } from '@tradewire/broker-kit/broker-error'

/** `trade`: something may have been done. `read`: nothing was changed. */
export type CallKind = 'trade' | 'read'

const messageCharactersMax = 200
const retryAfterDefaultMs = 1_000
const retryAfterMostMs = 3_600_000
const secondMs = 1_000

/** The trade server's names by its numbers, for those that a gateway has no name for. */
const namesByNumber: ReadonlyMap<string, string> = new Map([
  ['2', 'Error'],
  ['3', 'InvalidData'],
  ['4', 'TechProblem'],
  ['6', 'NoConnect'],
  ['7', 'NotEnoughRights'],
  ['8', 'TooFrequent'],
  ['64', 'AccountDisabled'],
  ['65', 'BadAccountInfo'],
  ['128', 'TradeTimeout'],
  ['129', 'TradeBadPrices'],
  ['130', 'TradeBadStops'],
  ['131', 'TradeBadVolume'],
  ['132', 'TradeMarketClosed'],
  ['133', 'TradeDisable'],
  ['134', 'TradeNoMoney'],
  ['135', 'TradePriceChanged'],
  ['136', 'TradeOffquotes'],
  ['137', 'TradeBrokerBusy'],
  ['138', 'TradeRequote'],
  ['139', 'TradeOrderLocked'],
  ['140', 'TradeLongOnly'],
  ['141', 'TradeTooManyReq'],
  ['144', 'TradeUserCancel'],
  ['145', 'TradeModifyDenied'],
  ['146', 'TradeContextBusy'],
  ['147', 'TradeExpirationDenied'],
  ['148', 'TradeTooManyOrders'],
])

const rejections: ReadonlyMap<string, RejectionCode> = new Map<string, RejectionCode>([
  ['InvalidData', 'INVALID_ORDER'],
  ['TradeBadPrices', 'INVALID_PRICE'],
  ['TradePriceChanged', 'INVALID_PRICE'],
  ['TradeRequote', 'INVALID_PRICE'],
  ['TradeBadStops', 'WOULD_TRIGGER_IMMEDIATELY'],
  ['TradeBadVolume', 'INVALID_QUANTITY'],
  ['TradeMarketClosed', 'MARKET_CLOSED'],
  ['TradeOffquotes', 'MARKET_CLOSED'],
  ['TradeNoMoney', 'INSUFFICIENT_FUNDS'],
  ['TradeTooManyOrders', 'TOO_MANY_ORDERS'],
  ['TradeExpirationDenied', 'INVALID_ORDER'],
  ['TradeDisable', 'REFUSED_BY_VENUE'],
  ['TradeOrderLocked', 'REFUSED_BY_VENUE'],
  ['TradeLongOnly', 'REFUSED_BY_VENUE'],
  ['TradeUserCancel', 'REFUSED_BY_VENUE'],
  ['TradeModifyDenied', 'REFUSED_BY_VENUE'],
  ['TradeHedgeProhibited', 'REFUSED_BY_VENUE'],
  ['TradeProhibitedByFIFO', 'REFUSED_BY_VENUE'],
])
const authCodes = new Set(['NotEnoughRights', 'AccountDisabled', 'BadAccountInfo', 'InvalidCompany', 'SecuritySession'])
const rateCodes = new Set(['TooFrequent', 'TradeTooManyReq'])
/** The server had no time for it, or the gateway gave up before it asked: nothing was done. */
const notSentCodes = new Set(['TradeBrokerBusy', 'TradeContextBusy', 'Timeout'])

export interface Failure {
  readonly code: string
  readonly managerCode?: string | null | undefined
  readonly message: string
}

/** The error of an envelope. */
export function errorOfEnvelope({ code, managerCode, message }: Failure, kind: CallKind): BrokerError {
  const told =
    managerCode === null || managerCode === undefined ? code : (namesByNumber.get(managerCode) ?? managerCode)
  const words = `${told} ${message}`.trim().slice(0, messageCharactersMax)
  const rejection = rejections.get(told)
  if (rejection !== undefined) return brokerError.rejected(rejection, words)
  if (authCodes.has(told) || code === 'Forbidden') return brokerError.authFailed(words)
  if (rateCodes.has(told)) return brokerError.rateLimited(retryAfterDefaultMs, words)
  if (code === 'Validation') return brokerError.rejected('INVALID_ORDER', words)
  if (code === 'NotFound') return brokerError.rejected('ORDER_NOT_FOUND', words)
  if (kind === 'read') return brokerError.connectivity(words)
  return notSentCodes.has(told) ? brokerError.notSent(words) : brokerError.outcomeUnknown(words)
}

/** The error of an answer that is not 200: outside of the envelope. */
export function errorOfStatus(status: number, retryAfter: string | undefined, kind: CallKind): BrokerError {
  const message = `the venue answered HTTP ${status}`
  switch (status) {
    case 401:
    case 403:
      return brokerError.authFailed(message)
    case 429:
      return brokerError.rateLimited(waitMsOf(retryAfter), message)
    case 400:
    case 415:
      return brokerError.rejected('INVALID_ORDER', message)
    case 404:
      // Nobody is there who could have done it.
      return kind === 'trade' ? brokerError.notSent(message) : brokerError.connectivity(message)
    default:
      return kind === 'trade' ? brokerError.outcomeUnknown(message) : brokerError.connectivity(message)
  }
}

function waitMsOf(retryAfter: string | undefined): number {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : retryAfterDefaultMs / secondMs
  return Math.min(retryAfterMostMs, Math.max(1, seconds * secondMs))
}
