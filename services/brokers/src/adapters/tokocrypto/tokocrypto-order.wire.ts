/**
 * Tokocrypto's JSON of orders, trades and balances, and what it means in our words. Called by the Tokocrypto exchange.
 * Must never round: amounts are text on the wire and stay exact.
 */
import type { VenueBalance, VenueFill, VenueOrder, VenueOrderStatus } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import { amount, idText, inTradingOrder, plain, positiveOrNull, quantity, wordOf } from '../ccxt/amounts.wire.ts'
import { data } from '../ccxt/wrapped-data.wire.ts'

const averageDigits = 18
const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  '-2': 'working',
  '0': 'working',
  '1': 'working',
  '2': 'filled',
  '3': 'cancelled',
  '4': 'working',
  '5': 'rejected',
  '6': 'expired',
}
export const sideNumbers: Readonly<Record<Side, number>> = { buy: 0, sell: 1 }

const nonEmptyId = idText.refine((id) => id !== '')

export const tokocryptoOrder = z.object({
  orderId: nonEmptyId,
  clientId: z.string(),
  symbol: z.string(),
  status: wordOf(statuses),
  executedQty: quantity,
  executedPrice: quantity.nullish(),
  executedQuoteQty: quantity.nullish(),
})
export type TokocryptoOrder = z.output<typeof tokocryptoOrder>

export const orderList = data(z.object({ list: z.array(tokocryptoOrder) }).transform(({ list }) => list))

/** The fee and the time of an execution are told by the trades only. */
export function venueOrderOf(raw: TokocryptoOrder, symbol: string): VenueOrder {
  const filled = decimal(plain(raw.executedQty))
  return {
    clientOrderId: raw.clientId,
    venueOrderId: raw.orderId,
    symbol,
    status: statuses[raw.status] ?? 'working',
    filledQuantity: filled.toString(),
    averagePrice: filled.gt(ZERO) ? averageOf(raw, filled) : null,
    fee: filled.gt(ZERO) ? null : '0',
    feeCurrency: null,
    executedAt: null,
    message: null,
  }
}

function averageOf(raw: TokocryptoOrder, filled: Decimal): string | null {
  const quote = positiveOrNull(raw.executedQuoteQty)
  if (quote === null) return positiveOrNull(raw.executedPrice)
  return decimal(quote).div(filled).round(averageDigits, Decimal.roundHalfUp).toString()
}

export const tokocryptoTrade = z.object({
  tradeId: idText,
  orderId: idText,
  price: quantity,
  qty: quantity,
  commission: amount,
  commissionAsset: z.string(),
  isBuyer: z
    .union([z.boolean(), z.number(), z.string()])
    .transform((told) => String(told) === 'true' || Number(told) === 1),
  time: z.coerce.number().int().min(0).max(8.64e15),
})
export const tradeList = data(z.object({ list: z.array(tokocryptoTrade) }).transform(({ list }) => list))
export type TokocryptoTrade = z.output<typeof tokocryptoTrade>

export function venueFillOf(raw: TokocryptoTrade, symbol: string, clientOrderId: string | null): VenueFill {
  return {
    tradeId: raw.tradeId,
    venueOrderId: raw.orderId,
    clientOrderId,
    symbol,
    side: raw.isBuyer ? 'buy' : 'sell',
    quantity: plain(raw.qty),
    price: plain(raw.price),
    fee: plain(raw.commission),
    feeCurrency: raw.commissionAsset,
    forced: null,
    at: new Date(raw.time),
  }
}

export const tokocryptoAccount = data(
  z.object({ accountAssets: z.array(z.object({ asset: z.string(), free: amount, locked: amount })) }),
)

export function balancesOf({ accountAssets }: z.output<typeof tokocryptoAccount>): VenueBalance[] {
  return inTradingOrder(
    accountAssets.map(({ asset, free, locked }) => {
      const total = decimal(plain(free))
        .plus(decimal(plain(locked)))
        .toString()
      return { currency: asset, total, free: plain(free), equity: total }
    }),
  )
}
