/**
 * CEX.IO's JSON of orders, balances and pairs, and what it means in our words. Called by the CEX.IO exchange and stream.
 * Must never round: amounts are text on the wire and stay exact.
 */
import type {
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderStatus,
} from '@tradewire/broker-kit/broker-session'
import { Decimal, decimal, ONE, ZERO } from '@tradewire/kernel/decimal'
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
import type { CcxtMarket } from '../ccxt/ccxt-exchange.client.ts'
import { data } from '../ccxt/wrapped-data.wire.ts'

const averageDigits = 18
const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  PENDING_NEW: 'working',
  NEW: 'working',
  PARTIALLY_FILLED: 'working',
  PENDING_CANCEL: 'working',
  FILLED: 'filled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
}

export const cexOrder = z.object({
  orderId: idText.refine((id) => /^\d{1,18}$/.test(id), { error: 'is not an order id' }),
  clientOrderId: z.string().nullish(),
  status: wordOf(statuses),
  currency1: z.string(),
  currency2: z.string(),
  side: z.enum(['BUY', 'SELL']),
  executedAmountCcy1: quantity.nullish(),
  executedAmountCcy2: quantity.nullish(),
  averagePrice: quantity.nullish(),
  feeAmount: amount.nullish(),
  feeCurrency: z.string().nullish(),
  rejectReason: z.string().nullish(),
  lastUpdateTimestamp: momentOrNone,
})
export type CexOrder = z.output<typeof cexOrder>

export function executedOf(raw: CexOrder): Decimal {
  return decimal(plain(raw.executedAmountCcy1 ?? '0'))
}

export function symbolOf({ currency1, currency2 }: CexOrder): string {
  return `${currency1}/${currency2}`
}

export function venueOrderOf(raw: CexOrder): VenueOrder {
  const filled = executedOf(raw)
  const fee = raw.feeAmount ?? null
  return {
    clientOrderId: raw.clientOrderId ?? '',
    venueOrderId: raw.orderId,
    symbol: symbolOf(raw),
    status: statuses[raw.status] ?? 'working',
    filledQuantity: filled.toString(),
    averagePrice: filled.gt(ZERO) ? averageOf(raw, filled) : null,
    fee: filled.gt(ZERO) ? (fee === null ? null : plain(fee)) : '0',
    feeCurrency: raw.feeCurrency ?? null,
    executedAt: executing.has(raw.status) ? raw.lastUpdateTimestamp : null,
    message: raw.rejectReason ?? null,
  }
}

function averageOf(raw: CexOrder, filled: Decimal): string | null {
  const quote = positiveOrNull(raw.executedAmountCcy2)
  if (quote === null) return positiveOrNull(raw.averagePrice)
  return decimal(quote).div(filled).round(averageDigits, Decimal.roundHalfUp).toString()
}

/** The venue tells no single executions: what an order that has ended came to is one. */
export function venueFillOf(raw: CexOrder): VenueFill {
  const { clientOrderId, filledQuantity, averagePrice, fee, feeCurrency, symbol } = venueOrderOf(raw)
  return {
    tradeId: raw.orderId,
    venueOrderId: raw.orderId,
    clientOrderId: clientOrderId === '' ? null : clientOrderId,
    symbol,
    side: raw.side === 'BUY' ? 'buy' : 'sell',
    quantity: filledQuantity,
    price: averagePrice ?? '0',
    fee: fee ?? '0',
    feeCurrency,
    forced: null,
    at: raw.lastUpdateTimestamp ?? new Date(0),
  }
}

const balance = z.object({ balance: amount, balanceOnHold: amount.nullish() })
export const cexBalances = data(z.object({ balancesPerAccounts: z.record(z.string(), z.record(z.string(), balance)) }))

export function balancesOf(raw: z.output<typeof cexBalances>, accountId: string): VenueBalance[] {
  return inTradingOrder(
    Object.entries(raw.balancesPerAccounts[accountId] ?? {}).map(([currency, told]) => {
      const total = decimal(plain(told.balance))
      const free = total.minus(decimal(plain(told.balanceOnHold ?? '0'))).toString()
      return { currency, total: total.toString(), free, equity: total.toString() }
    }),
  )
}

const pair = z.object({
  baseMin: amount,
  baseMax: amount,
  baseLotSize: amount,
  quoteMin: amount,
  pricePrecision: z.coerce.number().int().min(0).max(18),
})
const symbolPart = /^[A-Z0-9]{1,20}$/

/** Null for pairs that our symbols cannot name or whose rules are incomplete. */
export function cexInstrumentOf(market: CcxtMarket): VenueInstrument | null {
  const parsed = pair.safeParse(market.info)
  if (!parsed.success || !symbolPart.test(market.base) || !symbolPart.test(market.quote)) return null
  const { baseMin, baseMax, baseLotSize, quoteMin, pricePrecision } = parsed.data
  return {
    symbol: `${market.base}/${market.quote}`,
    kind: 'spot',
    base: market.base,
    quote: market.quote,
    active: true,
    priceStep: ONE.div(decimal(`1${'0'.repeat(pricePrecision)}`)).toString(),
    quantityStep: plain(baseLotSize),
    minimumQuantity: plain(baseMin),
    maximumQuantity: plain(baseMax),
    minimumNotional: plain(quoteMin),
    contractSize: '1',
  }
}
