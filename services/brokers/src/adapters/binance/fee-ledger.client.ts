/**
 * Adds up an order's fees from the trades that a stream tells. Called by the Binance streams.
 * Must never give a sum that misses a trade: it is told only when the trades add up to the filled quantity.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import { feeOf } from '../ccxt/order-fee.map.ts'

interface Running {
  readonly trades: Map<string, { readonly commission: string; readonly commissionAsset: string | null }>
  quantity: Decimal
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

  add({ clientOrderId, tradeId, quantity, fee, currency }: StreamTrade): void {
    const running = this.orders.get(clientOrderId) ?? { trades: new Map(), quantity: ZERO }
    if (running.trades.has(tradeId)) return
    running.trades.set(tradeId, { commission: fee, commissionAsset: currency })
    running.quantity = running.quantity.plus(decimal(quantity))
    this.orders.set(clientOrderId, running)
    const [oldest] = this.orders.keys()
    if (this.orders.size > this.ordersMax && oldest !== undefined) this.orders.delete(oldest)
  }

  /** Untold while trades are missing. */
  feeOf(clientOrderId: string, filledQuantity: string): Pick<VenueOrder, 'fee' | 'feeCurrency'> {
    const running = this.orders.get(clientOrderId)
    if (running === undefined || !running.quantity.eq(decimal(filledQuantity))) return { fee: null, feeCurrency: null }
    return feeOf([...running.trades.values()])
  }

  forget(clientOrderId: string): void {
    this.orders.delete(clientOrderId)
  }
}
