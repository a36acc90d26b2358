/**
 * Orders, fills, accounts and products of the books in Coinbase's words. Called by the endpoints and the stream.
 * Must never invent a state: every word stands for one of ours.
 */
import { formatAmount, times, type Amount } from '#domain/amount'
import type { Instrument } from '#domain/listing/instruments'
import { averagePriceOf, remainingOf, type Fill, type Order } from '#domain/order'
import type { Account, Market } from '#domain/state'
import { idText } from './coinbase.wire.ts'

const iso = (at: number) => new Date(at).toISOString()
const text = (value: Amount | null | undefined) => formatAmount(value ?? 0n)

const statusWords = {
  waiting: 'OPEN',
  open: 'OPEN',
  'partially-filled': 'OPEN',
  filled: 'FILLED',
  cancelled: 'CANCELLED',
  expired: 'CANCELLED',
  rejected: 'FAILED',
} as const satisfies Record<Order['status'], string>

/** A stop and a target of one list are one bracket: the target is its limit, the stop its trigger. */
export interface Bracket {
  readonly target: Order
  readonly stop: Order
}

export function bracketOf(account: Account, order: Order): Bracket | undefined {
  if (order.listId === null) return undefined
  const halves = account.orders.filter(({ listId }) => listId === order.listId)
  const target = halves.find(({ type }) => type === 'limit')
  const stop = halves.find(({ type }) => type !== 'limit')
  return target === undefined || stop === undefined ? undefined : { target, stop }
}

export function idOfOrder(order: Order): number {
  return order.listId ?? order.id
}

export function clientIdOf(order: Order): string {
  return order.listClientOrderId ?? order.clientOrderId
}

function configurationOf(order: Order, bracket: Bracket | undefined) {
  const base_size = text(order.quantity)
  if (bracket !== undefined) {
    const prices = { limit_price: text(bracket.target.price), stop_trigger_price: text(bracket.stop.triggerPrice) }
    return { trigger_bracket_gtc: { base_size, ...prices } }
  }
  const limit_price = text(order.price)
  switch (order.type) {
    case 'market':
      return {
        market_market_ioc: order.quoteQuantity === null ? { base_size } : { quote_size: text(order.quoteQuantity) },
      }
    case 'stop-limit':
    case 'take-profit-limit': {
      const up = (order.type === 'stop-limit') === (order.side === 'buy')
      const stop_direction = up ? 'STOP_DIRECTION_STOP_UP' : 'STOP_DIRECTION_STOP_DOWN'
      return {
        stop_limit_stop_limit_gtc: { base_size, limit_price, stop_price: text(order.triggerPrice), stop_direction },
      }
    }
    default:
      if (order.timeInForce === 'ioc') return { sor_limit_ioc: { base_size, limit_price } }
      return { limit_limit_gtc: { base_size, limit_price, post_only: order.timeInForce === 'post-only' } }
  }
}

function typeWord(order: Order, bracket: Bracket | undefined): string {
  if (bracket !== undefined) return 'BRACKET'
  if (order.type === 'market') return 'MARKET'
  return order.type === 'limit' ? 'LIMIT' : 'STOP_LIMIT'
}

function triggerWord(order: Order): string {
  if (order.triggerPrice === null) return 'INVALID_ORDER_TYPE'
  return order.status === 'waiting' ? 'STOP_PENDING' : 'STOP_TRIGGERED'
}

/** The half of a bracket that tells what became of the whole. */
export function tellingHalf(order: Order, bracket: Bracket | undefined): Order {
  if (bracket === undefined) return order
  const { target, stop } = bracket
  return stop.triggeredId !== null || (stop.filled > 0n && target.filled === 0n) ? stop : target
}

export function orderView(account: Account, first: Order, { venueSymbol }: Instrument) {
  const bracket = bracketOf(account, first)
  const order = tellingHalf(first, bracket)
  const fills = account.fills.filter((fill) => fill.order === order)
  const total = order.side === 'buy' ? order.filledQuote + order.fee : order.filledQuote - order.fee
  const share = order.quantity === null || order.quantity === 0n ? 0n : (order.filled * 100n) / order.quantity
  return {
    order_id: idText(idOfOrder(order)),
    product_id: venueSymbol,
    user_id: account.id,
    order_configuration: configurationOf(order, bracket),
    side: order.side.toUpperCase(),
    client_order_id: clientIdOf(order),
    status: statusWords[order.status],
    time_in_force: order.timeInForce === 'gtc' ? 'GOOD_UNTIL_CANCELLED' : 'IMMEDIATE_OR_CANCEL',
    created_time: iso(order.acceptedAt),
    completion_percentage: String(share),
    filled_size: text(order.filled),
    average_filled_price: text(averagePriceOf(order)),
    fee: '',
    number_of_fills: String(fills.length),
    filled_value: text(order.filledQuote),
    pending_cancel: false,
    size_in_quote: order.quoteQuantity !== null,
    total_fees: text(order.fee),
    size_inclusive_of_fees: false,
    total_value_after_fees: text(total),
    trigger_status: triggerWord(order),
    order_type: typeWord(order, bracket),
    reject_reason: order.status === 'rejected' ? 'REJECT_REASON_UNSPECIFIED' : '',
    settled: order.status === 'filled',
    product_type: 'SPOT',
    reject_message: order.status === 'rejected' ? (order.reason ?? '') : '',
    cancel_message: order.status === 'cancelled' ? 'User requested cancel' : '',
    order_placement_source: 'RETAIL_ADVANCED',
    outstanding_hold_amount: '0',
    is_liquidation: false,
    last_fill_time: fills.length === 0 ? null : iso(fills.at(-1)?.at ?? 0),
    leverage: '',
    margin_type: 'UNKNOWN_MARGIN_TYPE',
    retail_portfolio_id: '',
    originating_order_id: '',
    attached_order_id: '',
  }
}

/** The stream's own, shorter form. */
export function pushView(account: Account, first: Order, instrument: Instrument) {
  const view = orderView(account, first, instrument)
  const order = tellingHalf(first, bracketOf(account, first))
  return {
    order_id: view.order_id,
    client_order_id: view.client_order_id,
    cumulative_quantity: view.filled_size,
    leaves_quantity: text(remainingOf(order)),
    avg_price: view.average_filled_price,
    total_fees: view.total_fees,
    status: view.status,
    product_id: view.product_id,
    creation_time: view.created_time,
    order_side: view.side,
    order_type:
      { MARKET: 'Market', LIMIT: 'Limit', STOP_LIMIT: 'Stop Limit', BRACKET: 'Bracket' }[view.order_type] ?? '',
    cancel_reason: view.cancel_message,
    reject_reason: view.reject_reason,
    total_value_after_fees: view.total_value_after_fees,
    contract_expiry_type: 'UNKNOWN_CONTRACT_EXPIRY_TYPE',
    product_type: 'SPOT',
    risk_managed_by: 'UNKNOWN_RISK_MANAGEMENT_TYPE',
    time_in_force: view.time_in_force,
    trigger_status: view.trigger_status,
  }
}

export function fillView(account: Account, fill: Fill, instrument: Instrument) {
  const { order } = fill
  return {
    entry_id: idText(fill.tradeId),
    trade_id: idText(fill.tradeId),
    order_id: idText(idOfOrder(order)),
    trade_time: iso(fill.at),
    trade_type: 'FILL',
    price: text(fill.price),
    size: text(fill.quantity),
    commission: text(fill.fee),
    product_id: instrument.venueSymbol,
    sequence_timestamp: iso(fill.at),
    liquidity_indicator: fill.maker ? 'MAKER' : 'TAKER',
    size_in_quote: false,
    user_id: account.id,
    side: order.side.toUpperCase(),
    retail_portfolio_id: '',
  }
}

export function accountViews(account: Account) {
  return [...account.balances].map(([currency, { free, locked }]) => ({
    uuid: `${account.id.slice(0, -currency.length)}${currency.toLowerCase()}`,
    name: `${currency} Wallet`,
    currency,
    available_balance: { value: text(free), currency },
    default: currency === account.currency,
    active: true,
    created_at: iso(account.createdAt),
    updated_at: iso(account.updatedAt),
    deleted_at: null,
    type: currency === 'USD' ? 'ACCOUNT_TYPE_FIAT' : 'ACCOUNT_TYPE_CRYPTO',
    ready: true,
    hold: { value: text(locked), currency },
    retail_portfolio_id: '',
  }))
}

export function productView({ instrument, price, bid, ask, candles }: Market) {
  const { base, quote, venueSymbol } = instrument
  const day = candles.day()
  return {
    product_id: venueSymbol,
    price: text(price),
    price_percentage_change_24h: '0',
    volume_24h: text(day?.volume),
    volume_percentage_change_24h: '0',
    base_increment: text(instrument.quantityStep),
    quote_increment: text(instrument.priceStep),
    quote_min_size: text(instrument.notionalMinimum),
    quote_max_size: '10000000',
    base_min_size: text(instrument.quantityMinimum),
    base_max_size: text(instrument.quantityMaximum),
    base_name: base,
    quote_name: quote,
    watched: false,
    is_disabled: false,
    new: false,
    status: 'online',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    product_type: 'SPOT',
    quote_currency_id: quote,
    base_currency_id: base,
    fcm_trading_session_details: null,
    mid_market_price: text((bid + ask) / 2n),
    alias: '',
    alias_to: [] as string[],
    base_display_symbol: base,
    quote_display_symbol: quote,
    view_only: false,
    price_increment: text(instrument.priceStep),
    display_name: venueSymbol,
    product_venue: 'CBE',
    approximate_quote_24h_volume: text(day === undefined ? 0n : times(day.volume, price)),
    new_at: '2023-01-01T00:00:00Z',
    market_cap: '',
    base_cbrn: '',
    quote_cbrn: '',
    product_cbrn: '',
    icon_color: '',
    icon_url: '',
    display_name_overwrite: '',
    is_alpha_testing: false,
    about_description: '',
    best_bid_price: text(bid),
    best_ask_price: text(ask),
  }
}
