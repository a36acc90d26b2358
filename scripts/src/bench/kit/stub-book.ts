/** The orders of the stub exchange: unique by account and client order id, for ever. Called by the stub only. */

export interface StubOrder {
  readonly account: string
  readonly orderId: number
  readonly request: {
    readonly clientOrderId: string
    readonly symbol: string
    readonly side: string
    readonly type: string
    readonly quantity?: string
    readonly price?: string
    readonly reduceOnly?: boolean
  }
  readonly createdAt: string
  status: 'open' | 'cancelled' | 'filled'
}

export class OrderBook {
  private readonly accounts = new Map<string, Map<string, StubOrder>>()
  private readonly open = new Set<StubOrder>()
  private nextId = 1

  place(account: string, request: StubOrder['request']): { readonly order: StubOrder; readonly fresh: boolean } {
    let orders = this.accounts.get(account)
    if (orders === undefined) this.accounts.set(account, (orders = new Map()))
    const known = orders.get(request.clientOrderId)
    if (known !== undefined) return { order: known, fresh: false }
    const createdAt = new Date().toISOString()
    const order: StubOrder = { account, orderId: this.nextId++, request, createdAt, status: 'open' }
    orders.set(request.clientOrderId, order)
    this.open.add(order)
    return { order, fresh: true }
  }

  find(account: string, clientOrderId: string): StubOrder | undefined {
    return this.accounts.get(account)?.get(clientOrderId)
  }

  allOpen(): StubOrder[] {
    return [...this.open]
  }

  allOf(account: string): StubOrder[] {
    return [...(this.accounts.get(account)?.values() ?? [])]
  }

  openOf(account: string): StubOrder[] {
    return this.allOf(account).filter(({ status }) => status === 'open')
  }

  cancel(order: StubOrder): StubOrder {
    order.status = 'cancelled'
    this.open.delete(order)
    return order
  }

  /** The whole quantity at its own price. */
  fill(order: StubOrder): StubOrder {
    order.status = 'filled'
    this.open.delete(order)
    return order
  }

  /** The entry of that symbol that rests longest. */
  nextEntry(symbol: string): StubOrder | undefined {
    for (const order of this.open) {
      if (order.request.symbol === symbol && order.request.reduceOnly !== true) return order
    }
    return undefined
  }

  /** Ended orders are forgotten between measurements; ids are never used again by any party. */
  forgetEnded(): void {
    for (const orders of this.accounts.values()) {
      for (const [id, { status }] of orders) if (status !== 'open') orders.delete(id)
    }
  }

  forgetAll(): void {
    this.accounts.clear()
    this.open.clear()
  }

  /** The news of its fill, as the stream tells it. */
  fillTextOf({ orderId, request }: StubOrder): string {
    const { clientOrderId, symbol, side, quantity, price } = request
    return (
      `{"tradeId":"t${orderId}","orderId":"${orderId}","clientOrderId":"${clientOrderId}","symbol":"${symbol}",` +
      `"side":"${side}","price":"${price}","quantity":"${quantity}","fee":"0","feeCurrency":"USDT","realizedPnl":"0",` +
      `"maker":true,"at":"${new Date().toISOString()}"}`
    )
  }

  private filledText(status: StubOrder['status'], { quantity, price }: StubOrder['request']): string {
    return status === 'filled'
      ? `"filledQuantity":"${quantity}","averagePrice":"${price}"`
      : '"filledQuantity":"0","averagePrice":null'
  }

  textOf({ orderId, request, status, createdAt }: StubOrder): string {
    const { clientOrderId, symbol, side, type, quantity, price } = request
    return (
      `{"orderId":"${orderId}","clientOrderId":"${clientOrderId}","symbol":"${symbol}","side":"${side}","type":"${type}",` +
      `"status":"${status}","quantity":"${quantity}",${this.filledText(status, request)},` +
      `"price":${price === undefined ? 'null' : `"${price}"`},"triggerPrice":null,"reduceOnly":${request.reduceOnly === true},` +
      `"closePosition":false,"fee":"0","feeCurrency":null,"reason":null,"createdAt":"${createdAt}","updatedAt":"${createdAt}"}`
    )
  }
}
