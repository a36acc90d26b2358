/**
 * Binance's JSON of orders, trades, balances and stream events, and what it means in our words.
 * Called by the Binance sessions. Must never round: amounts are text on the wire and stay exact.
 */
import {
  nothingExecuted,
  type VenueBalance,
  type VenueFill,
  type VenueOrder,
  type VenueOrderStatus,
  type VenuePosition,
} from '@tradewire/broker-kit/broker-session'
import { Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import {
  amount,
  executing,
  idText,
  inTradingOrder,
  momentOrNone,
  plain,
  positiveOrNull,
  quantity,
  wordOf,
} from '../ccxt/amounts.wire.ts'
import { feeOf } from '../ccxt/order-fee.map.ts'
import type { StreamTrade } from './fee-ledger.client.ts'

const averageDigits = 18

const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'working',
  PENDING_NEW: 'working',
  PARTIALLY_FILLED: 'working',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  PENDING_CANCEL: 'working',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  NEW_INSURANCE: 'working',
  NEW_ADL: 'working',
}
const status = wordOf(statuses)

function statusOf(text: string): VenueOrderStatus {
  return statuses[text] ?? 'working'
}

// --- REST: orders ---

export const binanceOrder = z.object({
  symbol: z.string(),
  orderId: idText,
  /** Spot: the list that it belongs to; -1 for none. */
  orderListId: idText.optional(),
  clientOrderId: z.string(),
  /** Spot: on cancels the id of the order itself, while clientOrderId names the cancel. */
  origClientOrderId: z.string().optional(),
  status,
  executedQty: quantity,
  avgPrice: quantity.optional(),
  cummulativeQuoteQty: quantity.optional(),
  /** Of the last change. Spot calls it otherwise in the answer to placing. */
  updateTime: momentOrNone,
  transactTime: momentOrNone,
  fills: z
    .array(z.object({ price: quantity, qty: quantity, commission: amount, commissionAsset: z.string() }))
    .optional(),
})
export type BinanceOrder = z.output<typeof binanceOrder>

/** `symbol` is ours: BTC/USDT. */
export function venueOrderOf(raw: BinanceOrder, symbol: string): VenueOrder {
  const filled = decimal(raw.executedQty)
  return {
    clientOrderId: clientIdOfOrder(raw),
    venueOrderId: raw.orderId,
    symbol,
    status: statusOf(raw.status),
    filledQuantity: filled.toString(),
    averagePrice: averageOf(raw),
    ...(raw.fills === undefined ? { fee: filled.gt(ZERO) ? null : '0', feeCurrency: null } : feeOf(raw.fills)),
    executedAt: executing.has(raw.status) ? (raw.updateTime ?? raw.transactTime) : null,
    message: null,
  }
}

/** The id that the order was placed under. */
export function clientIdOfOrder(raw: BinanceOrder): string {
  return raw.origClientOrderId ?? raw.clientOrderId
}

function averageOf(raw: BinanceOrder): string | null {
  const filled = decimal(raw.executedQty)
  if (!filled.gt(ZERO)) return null
  const told = positiveOrNull(raw.avgPrice)
  if (told !== null || raw.cummulativeQuoteQty === undefined) return told
  return decimal(raw.cummulativeQuoteQty).div(filled).round(averageDigits, Decimal.roundHalfUp).toString()
}

// --- REST: algo (conditional) orders of USD-M ---

const algoStatuses: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'working',
  TRIGGERING: 'working',
  // Triggered says that an order went into the book: that order tells the rest.
  TRIGGERED: 'working',
  FINISHED: 'working',
  CANCELED: 'cancelled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
}

export const binanceAlgoOrder = z.object({
  symbol: z.string(),
  algoId: idText,
  clientAlgoId: z.string(),
  algoStatus: wordOf(algoStatuses),
  actualOrderId: idText.nullish(),
})
export type BinanceAlgoOrder = z.output<typeof binanceAlgoOrder>

export function venueOrderOfAlgo(raw: BinanceAlgoOrder, symbol: string): VenueOrder {
  return {
    clientOrderId: raw.clientAlgoId,
    venueOrderId: raw.algoId,
    symbol,
    status: algoStatuses[raw.algoStatus] ?? 'working',
    ...nothingExecuted,
    message: null,
  }
}

/** The id of the order in the book that a triggered algo order became; null before. */
export function actualOrderIdOf(raw: { readonly actualOrderId?: string | null | undefined }): string | null {
  const id = raw.actualOrderId ?? ''
  return id === '' || id === '0' ? null : id
}

/** An algo cancel answers with the ids only. */
export const binanceAlgoCancel = z.object({ algoId: idText, clientAlgoId: z.string() })

// --- REST: trades, balances, positions ---

export const binanceTrade = z.object({
  id: idText,
  orderId: idText,
  price: quantity,
  qty: quantity,
  commission: amount,
  commissionAsset: z.string(),
  time: z.number(),
  /** USD-M. */
  side: z.enum(['BUY', 'SELL']).optional(),
  /** Spot. */
  isBuyer: z.boolean().optional(),
})
export type BinanceTrade = z.output<typeof binanceTrade>

export function venueFillOf(raw: BinanceTrade, symbol: string, clientOrderId: string | null): VenueFill {
  return {
    tradeId: raw.id,
    venueOrderId: raw.orderId,
    clientOrderId,
    symbol,
    side: raw.side === 'BUY' || raw.isBuyer === true ? 'buy' : 'sell',
    quantity: plain(raw.qty),
    price: plain(raw.price),
    fee: plain(raw.commission),
    feeCurrency: raw.commissionAsset,
    forced: forcedOf(clientOrderId),
    at: new Date(raw.time),
  }
}

/** The venue names its own orders: liquidation, auto-deleveraging, settlement. */
function forcedOf(clientOrderId: string | null): VenueFill['forced'] {
  if (clientOrderId === null) return null
  if (clientOrderId.startsWith('autoclose-')) return 'liquidation'
  return /^(adl_autoclose|settlement_autoclose-)/.test(clientOrderId) ? 'stop-out' : null
}

export const usdmAccount = z.object({
  assets: z.array(
    z.object({ asset: z.string(), walletBalance: amount, marginBalance: amount, availableBalance: amount }),
  ),
})

export function usdmBalancesOf(raw: z.output<typeof usdmAccount>): VenueBalance[] {
  return inTradingOrder(
    raw.assets.map((each) => ({
      currency: each.asset,
      total: plain(each.walletBalance),
      free: plain(each.availableBalance),
      equity: plain(each.marginBalance),
    })),
  )
}

export const spotAccount = z.object({
  balances: z.array(z.object({ asset: z.string(), free: amount, locked: amount })),
})

export function spotBalancesOf(raw: z.output<typeof spotAccount>): VenueBalance[] {
  return inTradingOrder(
    raw.balances.map((each) => {
      const total = decimal(each.free).plus(decimal(each.locked)).toString()
      return { currency: each.asset, total, free: plain(each.free), equity: total }
    }),
  )
}

export const binancePrice = z.object({ symbol: z.string(), price: quantity })

/** Of the venue's prices, those of these symbols of ours by the venue's ids; an untraded one has no price. */
export function ratesOf(
  prices: readonly z.output<typeof binancePrice>[],
  byId: ReadonlyMap<string, string>,
): { symbol: string; price: string }[] {
  return prices.flatMap(({ symbol: id, price }) => {
    const symbol = byId.get(id)
    return symbol === undefined || !/[1-9]/.test(price) ? [] : [{ symbol, price }]
  })
}

export const usdmPosition = z.object({
  symbol: z.string(),
  positionAmt: amount,
  entryPrice: amount,
  unRealizedProfit: amount,
})

export function venuePositionOf(raw: z.output<typeof usdmPosition>, symbol: string): VenuePosition | null {
  const signed = decimal(raw.positionAmt)
  if (signed.eq(ZERO)) return null
  return {
    symbol,
    side: signed.gt(ZERO) ? 'buy' : 'sell',
    quantity: signed.abs().toString(),
    entryPrice: plain(raw.entryPrice),
    unrealizedPnl: plain(raw.unRealizedProfit),
  }
}

// --- streams ---

/** ORDER_TRADE_UPDATE.o of USD-M and executionReport of spot share these letters. */
export const orderReport = z.object({
  s: z.string(),
  c: z.string(),
  /** Spot: the order's id on cancels. USD-M has no such field. */
  C: z.string().optional(),
  X: status,
  i: idText,
  z: quantity,
  /** USD-M: average price. */
  ap: quantity.optional(),
  /** Spot: quote amount so far. */
  Z: quantity.optional(),
  /** Of the last trade: its id, its quantity, and the fee with its currency. */
  t: idText.nullish(),
  l: quantity.optional(),
  n: amount.nullish(),
  N: z.string().nullish(),
  x: z.string(),
  /** Of the transaction that is told. */
  T: momentOrNone,
  r: z.string().optional(),
  /** Spot: the list that it belongs to; -1 for none. */
  g: idText.optional(),
})
export type OrderReport = z.output<typeof orderReport>

/** ACCOUNT_CONFIG_UPDATE.ac of USD-M; the event may tell of another setting. */
export const leverageReport = z.object({ s: z.string(), l: z.int().positive() })

export const algoReport = z.object({
  caid: z.string(),
  aid: idText,
  s: z.string(),
  X: wordOf(algoStatuses),
  ai: idText.nullish(),
  rm: z.string().nullish(),
})
export type AlgoReport = z.output<typeof algoReport>

export function venueOrderOfReport(report: OrderReport, symbol: string, clientOrderId: string): VenueOrder {
  const filled = decimal(report.z)
  const quote = report.Z === undefined || !filled.gt(ZERO) ? null : decimal(report.Z).div(filled)
  return {
    clientOrderId,
    venueOrderId: report.i,
    symbol,
    status: statusOf(report.X),
    filledQuantity: filled.toString(),
    averagePrice:
      quote === null ? positiveOrNull(report.ap) : quote.round(averageDigits, Decimal.roundHalfUp).toString(),
    fee: null,
    feeCurrency: null,
    executedAt: report.x === 'TRADE' ? report.T : null,
    message: report.r === undefined || report.r === 'NONE' ? null : report.r,
  }
}

/** What the fee ledger wants to know of the trade that a report tells; null where it tells none. */
export function tradeOfReport({ x, t, l, n, N }: OrderReport): Omit<StreamTrade, 'clientOrderId'> | null {
  if (!isExecution(x) || t === null || t === undefined || l === undefined) return null
  return { tradeId: t, quantity: l, fee: n ?? '0', currency: N ?? null }
}

/** `CALCULATED`: by the venue's own hand, such as a liquidation. */
export function isExecution(execution: string): boolean {
  return execution === 'TRADE' || execution === 'CALCULATED'
}

export function venueOrderOfAlgoReport(report: AlgoReport, symbol: string): VenueOrder {
  const order = venueOrderOfAlgo(
    { symbol, algoId: report.aid, clientAlgoId: report.caid, algoStatus: report.X },
    symbol,
  )
  return { ...order, message: report.rm ?? null }
}

/** The id that an order report is about: a spot cancel names itself in `c` and its order in `C`. */
export function clientIdOfReport(report: OrderReport): string {
  return report.C !== undefined && report.C !== '' ? report.C : report.c
}
