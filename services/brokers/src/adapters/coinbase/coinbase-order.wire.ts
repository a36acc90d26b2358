/**
 * Coinbase's JSON of orders, fills, accounts and products, and what it means in our words.
 * Called by the Coinbase exchange and stream. Must never round: amounts are text on the wire and stay exact.
 */
import type {
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderStatus,
} from '@tradewire/broker-kit/broker-session'
import { Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import {
  amount,
  amountOrNone,
  inTradingOrder,
  plain,
  positiveOrNull,
  quantity,
  quantityOrNone,
  wordOf,
} from '../ccxt/amounts.wire.ts'
import type { CcxtMarket } from '../ccxt/ccxt-exchange.client.ts'

const statuses: Readonly<Record<string, VenueOrderStatus>> = {
  PENDING: 'working',
  OPEN: 'working',
  QUEUED: 'working',
  CANCEL_QUEUED: 'working',
  EDIT_QUEUED: 'working',
  FILLED: 'filled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  FAILED: 'rejected',
}
const status = wordOf(statuses)

const told = z.object({
  order_id: z.string().min(1),
  client_order_id: z.string(),
  product_id: z.string(),
  status,
  total_fees: amountOrNone.nullish(),
  reject_reason: z.string().nullish(),
})

export const coinbaseOrder = told
  .extend({
    filled_size: quantityOrNone,
    average_filled_price: quantityOrNone.nullish(),
    last_fill_time: z.iso.datetime({ offset: true }).nullish().catch(null),
  })
  .transform((raw) => ({ ...raw, filled: raw.filled_size, average: raw.average_filled_price }))

/** The stream has names of its own for the same. */
export const coinbasePush = told
  .extend({ cumulative_quantity: quantityOrNone, avg_price: quantityOrNone.nullish() })
  .transform((raw) => ({ ...raw, filled: raw.cumulative_quantity, average: raw.avg_price }))

type Told = z.output<typeof told> & {
  readonly filled: string | null
  readonly average?: string | null | undefined
  /** The stream does not tell it. */
  readonly last_fill_time?: string | null | undefined
}

/** Fees are always in the currency that the product is quoted in. */
export function venueOrderOf(raw: Told, symbol: string): VenueOrder {
  const filled = decimal(plain(raw.filled ?? '0'))
  const reason = raw.reject_reason ?? ''
  const fee = raw.total_fees ?? null
  return {
    clientOrderId: raw.client_order_id,
    venueOrderId: raw.order_id,
    symbol,
    status: statuses[raw.status] ?? 'working',
    filledQuantity: filled.toString(),
    averagePrice: filled.gt(ZERO) ? positiveOrNull(raw.average) : null,
    fee: filled.gt(ZERO) ? (fee === null ? null : plain(fee)) : '0',
    feeCurrency: symbol.split('/')[1] ?? null,
    executedAt: filled.gt(ZERO) && raw.last_fill_time ? new Date(raw.last_fill_time) : null,
    message: reason === '' || reason === 'REJECT_REASON_UNSPECIFIED' ? null : reason,
  }
}

export const coinbaseFill = z.object({
  trade_id: z.string(),
  order_id: z.string(),
  product_id: z.string(),
  trade_time: z.iso.datetime({ offset: true }),
  price: quantity.refine((text) => /[1-9]/.test(text), { error: 'is no price' }),
  size: quantity,
  size_in_quote: z.boolean(),
  commission: amountOrNone,
  side: z.enum(['BUY', 'SELL']),
})
export type CoinbaseFill = z.output<typeof coinbaseFill>

const quantityDigits = 18

export function venueFillOf(raw: CoinbaseFill, symbol: string, clientOrderId: string | null): VenueFill {
  const size = decimal(plain(raw.size))
  const units = raw.size_in_quote
    ? size.div(decimal(plain(raw.price))).round(quantityDigits, Decimal.roundHalfUp)
    : size
  return {
    tradeId: raw.trade_id,
    venueOrderId: raw.order_id,
    clientOrderId,
    symbol,
    side: raw.side === 'BUY' ? 'buy' : 'sell',
    quantity: units.toString(),
    price: plain(raw.price),
    fee: plain(raw.commission ?? '0'),
    feeCurrency: symbol.split('/')[1] ?? null,
    forced: null,
    at: new Date(raw.trade_time),
  }
}

const money = z.object({ value: amount })
export const coinbaseAccount = z.object({ currency: z.string(), available_balance: money, hold: money.nullish() })

export function balancesOf(accounts: readonly z.output<typeof coinbaseAccount>[]): VenueBalance[] {
  return inTradingOrder(
    accounts.map(({ currency, available_balance, hold }) => {
      const free = plain(available_balance.value)
      const total = decimal(free)
        .plus(decimal(plain(hold?.value ?? '0')))
        .toString()
      return { currency, total, free, equity: total }
    }),
  )
}

const product = z.object({
  base_increment: amount,
  price_increment: amount,
  base_min_size: amount,
  base_max_size: amount,
  quote_min_size: amount,
})
const symbolPart = /^[A-Z0-9]{1,20}$/

/** Null for products that our symbols cannot name or whose rules are incomplete. */
export function coinbaseInstrumentOf(market: CcxtMarket): VenueInstrument | null {
  const parsed = product.safeParse(market.info)
  if (!parsed.success || !symbolPart.test(market.base) || !symbolPart.test(market.quote)) return null
  const { base_increment, price_increment, base_min_size, base_max_size, quote_min_size } = parsed.data
  return {
    symbol: `${market.base}/${market.quote}`,
    kind: 'spot',
    base: market.base,
    quote: market.quote,
    active: market.active,
    priceStep: plain(price_increment),
    quantityStep: plain(base_increment),
    minimumQuantity: plain(base_min_size),
    maximumQuantity: plain(base_max_size),
    minimumNotional: plain(quote_min_size),
    contractSize: '1',
  }
}
