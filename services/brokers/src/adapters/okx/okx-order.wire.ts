/**
 * OKX's JSON of orders, algo orders, fills, balances and positions, and what it means in our words.
 * Called by the OKX session and stream. Must never round, nor take a number of contracts for a quantity of the base.
 */
import {
  nothingExecuted,
  type VenueBalance,
  type VenueFill,
  type VenueOrder,
  type VenueOrderStatus,
  type VenuePosition,
} from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import {
  amount,
  amountOrNone,
  inTradingOrder,
  momentOrNone,
  plain,
  positiveOrNull,
  quantity,
  quantityOrNone,
  wordOf,
} from '../ccxt/amounts.wire.ts'

/** One part of the answer to a placement or cancel; the outer code may say success while a part says failure. */
export const okxPart = z.object({
  ordId: z.string().optional(),
  algoId: z.string().optional(),
  sCode: z.string(),
  sMsg: z.string().nullish(),
})
export type OkxPart = z.output<typeof okxPart>

// --- orders of the book ---

const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  live: 'working',
  partially_filled: 'working',
  filled: 'filled',
  canceled: 'cancelled',
  mmp_canceled: 'cancelled',
}

export const okxOrder = z.object({
  instId: z.string(),
  ordId: z.string().min(1),
  clOrdId: z.string(),
  /** Set when the order came from an algo order. */
  algoClOrdId: z.string().optional(),
  algoId: z.string().optional(),
  state: wordOf(statuses),
  accFillSz: quantityOrNone,
  avgPx: quantityOrNone.optional(),
  /** Negative is what we pay. */
  fee: amountOrNone.optional(),
  feeCcy: z.string().optional(),
  fillTime: momentOrNone,
  category: z.string().optional(),
  cancelSourceReason: z.string().optional(),
})
export type OkxOrder = z.output<typeof okxOrder>

/** What an order of the book is called by us; algo orders lend their id to the order that they became. */
export function clientIdOf(raw: OkxOrder): string {
  return raw.algoClOrdId !== undefined && raw.algoClOrdId !== '' ? raw.algoClOrdId : raw.clOrdId
}

/** Our name of an instrument and the base units of one of its contracts. */
export interface OkxMarket {
  readonly symbol: string
  readonly contractSize: Decimal
}

export function venueOrderOf(raw: OkxOrder, market: OkxMarket): VenueOrder {
  const filled = decimal(plain(raw.accFillSz ?? '0')).times(market.contractSize)
  const reason = raw.cancelSourceReason ?? ''
  return {
    clientOrderId: clientIdOf(raw),
    venueOrderId: raw.ordId,
    symbol: market.symbol,
    status: statuses[raw.state] ?? 'working',
    filledQuantity: filled.toString(),
    averagePrice: filled.gt(ZERO) ? positiveOrNull(raw.avgPx) : null,
    fee: paidOf(raw.fee ?? null, filled),
    feeCurrency: raw.feeCcy === undefined || raw.feeCcy === '' ? null : raw.feeCcy,
    executedAt: filled.gt(ZERO) ? raw.fillTime : null,
    message: reason === '' ? null : reason,
  }
}

/** What was paid: positive, and negative for a rebate. Unknown while something is filled and no fee is told. */
function paidOf(fee: string | null, filled: Decimal): string | null {
  if (!filled.gt(ZERO)) return '0'
  return fee === null ? null : ZERO.minus(decimal(plain(fee))).toString()
}

/** The venue itself made the order. */
export function forcedOf(category: string | undefined): VenueFill['forced'] {
  if (category === 'full_liquidation' || category === 'partial_liquidation') return 'liquidation'
  return category === 'adl' ? 'stop-out' : null
}

// --- algo orders ---

const algoStatuses: Readonly<Record<string, VenueOrderStatus>> = {
  live: 'working',
  pause: 'working',
  // The order that it became tells the rest.
  effective: 'working',
  partially_effective: 'working',
  partially_failed: 'working',
  canceled: 'cancelled',
  order_failed: 'rejected',
}

export const okxAlgoOrder = z.object({
  instId: z.string(),
  algoId: z.string().min(1),
  algoClOrdId: z.string(),
  state: wordOf(algoStatuses),
  /** The order that it became. */
  ordId: z.string().optional(),
  failCode: z.string().optional(),
})
export type OkxAlgoOrder = z.output<typeof okxAlgoOrder>

export function venueOrderOfAlgo(raw: OkxAlgoOrder, symbol: string): VenueOrder {
  const failed = raw.failCode ?? ''
  return {
    clientOrderId: raw.algoClOrdId,
    venueOrderId: raw.algoId,
    symbol,
    status: algoStatuses[raw.state] ?? 'working',
    ...nothingExecuted,
    message: failed === '' || failed === '0' ? null : `failed with code ${failed}`,
  }
}

/** The order in the book; null while the algo order waits. */
export function bookIdOf(raw: OkxAlgoOrder): string | null {
  return raw.ordId === undefined || raw.ordId === '' ? null : raw.ordId
}

// --- fills, balances, positions ---

export const okxFill = z.object({
  instId: z.string(),
  tradeId: z.string(),
  ordId: z.string(),
  clOrdId: z.string(),
  billId: z.string().min(1),
  side: z.enum(['buy', 'sell']),
  fillPx: quantity,
  fillSz: quantity,
  fee: amountOrNone.optional(),
  feeCcy: z.string().optional(),
  ts: z.string().regex(/^\d{1,15}$/),
})
export type OkxFill = z.output<typeof okxFill>

/** `of` is what the order of the fill told about itself. */
export function venueFillOf(
  raw: OkxFill,
  market: OkxMarket,
  of: { readonly clientOrderId: string | null; readonly forced: VenueFill['forced'] },
): VenueFill {
  return {
    ...of,
    tradeId: raw.tradeId,
    venueOrderId: raw.ordId,
    symbol: market.symbol,
    side: raw.side,
    quantity: decimal(plain(raw.fillSz)).times(market.contractSize).toString(),
    price: plain(raw.fillPx),
    fee: ZERO.minus(decimal(plain(raw.fee ?? '0'))).toString(),
    feeCurrency: raw.feeCcy === undefined || raw.feeCcy === '' ? null : raw.feeCcy,
    at: new Date(Number.parseInt(raw.ts, 10)),
  }
}

export const okxBalance = z.object({
  details: z.array(
    z.object({ ccy: z.string(), cashBal: amount, availBal: amountOrNone, availEq: amountOrNone, eq: amount }),
  ),
})

export function balancesOf(raw: z.output<typeof okxBalance>): VenueBalance[] {
  return inTradingOrder(
    raw.details.map((each) => ({
      currency: each.ccy,
      total: plain(each.cashBal),
      free: plain(each.availEq ?? each.availBal ?? '0'),
      equity: plain(each.eq),
    })),
  )
}

export const okxPosition = z.object({
  instId: z.string(),
  posSide: z.string(),
  pos: amountOrNone,
  avgPx: amountOrNone,
  upl: amountOrNone,
})

export function venuePositionOf(raw: z.output<typeof okxPosition>, market: OkxMarket): VenuePosition | null {
  const signed = decimal(plain(raw.pos ?? '0')).times(market.contractSize)
  if (signed.eq(ZERO)) return null
  // In long-short mode the number has no sign: the side of the position tells it.
  const short = raw.posSide === 'short' || signed.lt(ZERO)
  return {
    symbol: market.symbol,
    side: short ? 'sell' : 'buy',
    quantity: signed.abs().toString(),
    entryPrice: positiveOrNull(raw.avgPx),
    unrealizedPnl: plain(raw.upl ?? '0'),
  }
}

export const okxTicker = z.object({ instId: z.string(), last: quantityOrNone })

/** The list in an answer of OKX. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item) }).transform(({ data }) => data)
}
