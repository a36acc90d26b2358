/**
 * Adds up an order's fees from the trades that a stream tells. Called by the Binance streams.
 * Must never give a sum that misses a trade: it is told only when the trades add up to the filled quantity.
 */
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'

interface Running {
  readonly trades: Set<string>
  quantity: Decimal
  fee: Decimal
  currency: string | null
}

export interface StreamTrade {
  readonly clientOrderId: string
  readonly tradeId: string
  readonly quantity: string
  readonly fee: string
  /** Of the fee; null where it is not told. */
  readonly currency: string | null
}

const ordersKeptMax = 20_000

export class FeeLedger {
  private readonly orders = new Map<string, Running>()
  private readonly ordersMax: number

  constructor(ordersMax = ordersKeptMax) {
    this.ordersMax = ordersMax
  }

  add(trade: StreamTrade): void {
    const known = this.orders.get(trade.clientOrderId)
    const running = known ?? { trades: new Set(), quantity: ZERO, fee: ZERO, currency: null }
    if (running.trades.has(trade.tradeId)) return
    running.trades.add(trade.tradeId)
    running.quantity = running.quantity.plus(decimal(trade.quantity))
    running.fee = running.fee.plus(decimal(trade.fee))
    running.currency = trade.currency ?? running.currency
    this.orders.set(trade.clientOrderId, running)
    const [oldest] = this.orders.keys()
    if (this.orders.size > this.ordersMax && oldest !== undefined) this.orders.delete(oldest)
  }

  /** Null while trades are missing. */
  feeOf(clientOrderId: string, filledQuantity: string): string | null {
    const running = this.orders.get(clientOrderId)
    if (running === undefined || !running.quantity.eq(decimal(filledQuantity))) return null
    return running.fee.toString()
  }

  /** Null while no trade has told it. */
  currencyOf(clientOrderId: string): string | null {
    return this.orders.get(clientOrderId)?.currency ?? null
  }

  forget(clientOrderId: string): void {
    this.orders.delete(clientOrderId)
  }
}
