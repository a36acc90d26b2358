/**
 * Binance's words for an order's state and side, common to spot and futures. Called by the Binance surfaces.
 * Must never invent a state: every word stands for one of ours.
 */
import type { Order } from '#domain/order'

const statusWords = {
  waiting: 'NEW',
  open: 'NEW',
  'partially-filled': 'PARTIALLY_FILLED',
  filled: 'FILLED',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
  rejected: 'REJECTED',
} as const satisfies Record<Order['status'], string>

export function statusWord(order: Order): string {
  return statusWords[order.status]
}

export function sideWord(order: Order): 'BUY' | 'SELL' {
  return order.side === 'buy' ? 'BUY' : 'SELL'
}
