/**
 * The words of the direct protocol and how a request is signed. Called by the paper adapter only.
 * Must never accept a reply that the protocol's own schemas do not describe.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueFill, VenueOrder, VenueOrderStatus } from '@tradewire/broker-kit/broker-session'
import {
  type DirectErrorCode,
  type DirectFill,
  type DirectOrder,
  directError,
  type PlaceDirectOrder,
} from '@tradewire/contracts/paper/direct'
import { decimal } from '@tradewire/kernel/decimal'

export const directBase = '/direct/v1'

export interface DirectKey {
  readonly apiKey: string
  readonly secret: KeyObject
}

export function directKeyOf(credentials: { readonly apiKey: string; readonly secret: string }): DirectKey {
  return { apiKey: credentials.apiKey, secret: createSecretKey(Buffer.from(credentials.secret)) }
}

/** Headers of one request: `text` is the body as sent or, without a body, the request target. */
export function directHeaders(key: DirectKey, text: string): Record<string, string> {
  return {
    'x-api-key': key.apiKey,
    'x-signature': createHmac('sha256', key.secret).update(text).digest('hex'),
    'content-type': 'application/json',
  }
}

/** Null for what the protocol has no word for. */
export function directPlacementOf(order: ApprovedOrder): PlaceDirectOrder | null {
  if (order.type === 'stop-or-target') return null
  const trailing = order.type === 'trailing-stop'
  return {
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type === 'trailing-stop' ? 'trailing-stop-market' : order.type,
    quantity: order.quantity,
    ...(order.price === null ? {} : { price: order.price }),
    ...(order.triggerPrice === null
      ? {}
      : trailing
        ? { activationPrice: order.triggerPrice }
        : { triggerPrice: order.triggerPrice }),
    ...(order.callbackRatePercent === null ? {} : { callbackRate: order.callbackRatePercent }),
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
  }
}

const statusOf: Readonly<Record<DirectOrder['status'], VenueOrderStatus>> = {
  waiting: 'working',
  open: 'working',
  'partially-filled': 'working',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
}

/** In these an order was changed last by what was executed. */
const executing: ReadonlySet<DirectOrder['status']> = new Set(['partially-filled', 'filled'])

export function venueOrderOf(order: DirectOrder): VenueOrder {
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: order.orderId,
    symbol: order.symbol,
    status: statusOf[order.status],
    filledQuantity: decimal(order.filledQuantity).toString(),
    averagePrice: order.averagePrice,
    fee: order.fee,
    feeCurrency: order.feeCurrency,
    executedAt: executing.has(order.status) ? new Date(order.updatedAt) : null,
    message: order.reason,
  }
}

export function venueFillOf(fill: DirectFill): VenueFill {
  return {
    tradeId: fill.tradeId,
    venueOrderId: fill.orderId,
    clientOrderId: fill.clientOrderId,
    symbol: fill.symbol,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: fill.fee,
    feeCurrency: fill.feeCurrency,
    forced: fill.clientOrderId.startsWith('autoclose-') ? 'liquidation' : null,
    at: new Date(fill.at),
  }
}

const retryAfterDefaultMs = 1_000

/** The error of an answer that is not 2xx; `placing` says whether an order may stand behind an unclear one. */
export function directErrorOf(status: number, text: string, placing: boolean): BrokerError {
  const parsed = directError.safeParse(jsonOf(text))
  if (!parsed.success) {
    const message = `the venue answered HTTP ${status}`
    return placing ? brokerError.outcomeUnknown(message) : brokerError.connectivity(message)
  }
  const { code, message, retryAfterMs } = parsed.data
  if (code === 'OUTCOME_UNKNOWN')
    return placing ? brokerError.outcomeUnknown(message) : brokerError.connectivity(message)
  if (code === 'RATE_LIMITED') return brokerError.rateLimited(retryAfterMs ?? retryAfterDefaultMs, message)
  if (code === 'AUTHENTICATION_FAILED') return brokerError.authFailed(message)
  const filter = code === 'FILTER_FAILED' ? filters.find(([words]) => words.test(message)) : undefined
  return brokerError.rejected(filter?.[1] ?? rejectionOf[code], message)
}

/** All filters share a code; the message names the one. */
const filters: readonly (readonly [RegExp, brokerError.RejectionCode])[] = [
  [/^(PRICE|TRIGGER)_/, 'INVALID_PRICE'],
  [/^NOTIONAL/, 'BELOW_MINIMUM_NOTIONAL'],
]

/** Undefined for text that is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const rejectionOf: Readonly<
  Record<
    Exclude<DirectErrorCode, 'OUTCOME_UNKNOWN' | 'RATE_LIMITED' | 'AUTHENTICATION_FAILED'>,
    brokerError.RejectionCode
  >
> = {
  INVALID_REQUEST: 'INVALID_ORDER',
  UNKNOWN_SYMBOL: 'UNKNOWN_SYMBOL',
  FILTER_FAILED: 'INVALID_QUANTITY',
  NO_PRICE: 'MARKET_CLOSED',
  INSUFFICIENT_MARGIN: 'INSUFFICIENT_FUNDS',
  REDUCE_ONLY_REFUSED: 'REDUCE_ONLY_REFUSED',
  WOULD_TRIGGER_IMMEDIATELY: 'WOULD_TRIGGER_IMMEDIATELY',
  WOULD_TAKE_IMMEDIATELY: 'INVALID_PRICE',
  DUPLICATE_CLIENT_ORDER_ID: 'DUPLICATE_CLIENT_ORDER_ID',
  TOO_MANY_ORDERS: 'TOO_MANY_ORDERS',
  ORDER_NOT_FOUND: 'ORDER_NOT_FOUND',
  ORDER_ALREADY_FINAL: 'ORDER_NOT_FOUND',
  LEVERAGE_REFUSED: 'LEVERAGE_REFUSED',
  REFUSED: 'REFUSED_BY_VENUE',
}
