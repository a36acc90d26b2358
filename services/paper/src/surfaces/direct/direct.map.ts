/**
 * The books in the words of the direct protocol. Called by its routes and its stream.
 * Must never differ from libs/contracts/src/paper/direct.ts.
 */
import type {
  DirectBalance,
  DirectErrorCode,
  DirectInstrument,
  DirectOrder,
  DirectPosition,
  PlaceDirectOrder,
} from '@tradewire/contracts/paper/direct'
import { unreachable } from '@tradewire/kernel/result'
import { formatAmount, parseAmount, type Amount } from '#domain/amount'
import type { OrderRequest, Refusal } from '#domain/engine/check-order'
import { leverageMaxOf } from '#domain/listing/instruments'
import { orderFigures, timeText } from '#domain/ledger'
import { accountMargin, type SymbolMargin } from '#domain/margin/margin'
import type { Order } from '#domain/order'
import { entryPriceOf } from '#domain/margin/position'
import { leverageOf, type Account, type Market, type VenueState } from '#domain/state'

export function orderView(order: Order): DirectOrder {
  return { ...orderFigures(order), createdAt: timeText(order.acceptedAt) }
}

export function positionView(account: Account, { position, market, unrealizedPnl }: SymbolMargin): DirectPosition {
  return {
    symbol: position.symbol,
    quantity: formatAmount(position.quantity),
    entryPrice: formatAmount(entryPriceOf(position)),
    markPrice: formatAmount(market.price),
    unrealizedPnl: formatAmount(unrealizedPnl),
    leverage: leverageOf(account, position.symbol),
  }
}

export function positionViews(state: VenueState, account: Account): DirectPosition[] {
  const held = accountMargin(state, account).symbols.filter(({ position }) => position.quantity !== 0n)
  return held.map((symbol) => positionView(account, symbol))
}

export function balanceViews(state: VenueState, account: Account): DirectBalance[] {
  const { wallet, available, marginBalance } = accountMargin(state, account)
  return [
    {
      currency: account.currency,
      total: formatAmount(wallet),
      free: formatAmount(available),
      equity: formatAmount(marginBalance),
    },
  ]
}

export function instrumentView({ instrument, price, bid, ask }: Market): DirectInstrument {
  return {
    symbol: instrument.symbol,
    base: instrument.base,
    quote: instrument.quote,
    priceStep: formatAmount(instrument.priceStep),
    quantityStep: formatAmount(instrument.quantityStep),
    minimumQuantity: formatAmount(instrument.quantityMinimum),
    maximumQuantity: formatAmount(instrument.quantityMaximum),
    minimumNotional: formatAmount(instrument.notionalMinimum),
    leverageMax: leverageMaxOf(instrument),
    price: formatAmount(price),
    bid: formatAmount(bid),
    ask: formatAmount(ask),
  }
}

/** The engine's request; the name of the first amount with too many digits otherwise. */
export function requestOf(order: PlaceDirectOrder): OrderRequest | string {
  const names = ['quantity', 'price', 'triggerPrice', 'activationPrice', 'callbackRate'] as const
  const amounts: Partial<Record<(typeof names)[number], Amount>> = {}
  for (const name of names) {
    const text = order[name]
    if (text === undefined) continue
    const value = parseAmount(text)
    if (value === undefined) return name
    amounts[name] = value
  }
  return {
    clientOrderId: order.clientOrderId,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce ?? 'gtc',
    reduceOnly: order.reduceOnly ?? false,
    closePosition: order.closePosition ?? false,
    uniqueForEver: true,
    ...amounts,
  }
}

export function refusalCode(refusal: Refusal): DirectErrorCode {
  switch (refusal.code) {
    case 'PRICE_STEP':
    case 'PRICE_RANGE':
    case 'PRICE_PERCENT':
    case 'QUANTITY_STEP':
    case 'QUANTITY_RANGE':
    case 'NOTIONAL':
    case 'TRIGGER_STEP':
    case 'CALLBACK_RATE':
      return 'FILTER_FAILED'
    case 'INCOMPLETE':
      return 'INVALID_REQUEST'
    case 'DUPLICATE_CLIENT_ORDER_ID':
      return 'DUPLICATE_CLIENT_ORDER_ID'
    case 'TOO_MANY_ORDERS':
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return 'TOO_MANY_ORDERS'
    case 'WOULD_TRIGGER':
      return 'WOULD_TRIGGER_IMMEDIATELY'
    case 'WOULD_TAKE':
      return 'WOULD_TAKE_IMMEDIATELY'
    case 'REDUCE_ONLY':
      return 'REDUCE_ONLY_REFUSED'
    case 'INSUFFICIENT_FUNDS':
      return 'INSUFFICIENT_MARGIN'
    case 'LIST_PRICES':
      return 'REFUSED'
    default:
      return unreachable(refusal.code)
  }
}
