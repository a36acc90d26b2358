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
  }
  readonly createdAt: string
  status: 'open' | 'cancelled'
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

  /** Ended orders are forgotten between measurements; ids are never used again by any party. */
  forgetEnded(): void {
    for (const orders of this.accounts.values()) {
      for (const [id, { status }] of orders) if (status === 'cancelled') orders.delete(id)
    }
  }

  forgetAll(): void {
    this.accounts.clear()
    this.open.clear()
  }

  textOf({ orderId, request, status, createdAt }: StubOrder): string {
    const { clientOrderId, symbol, side, type, quantity, price } = request
    return (
      `{"orderId":"${orderId}","clientOrderId":"${clientOrderId}","symbol":"${symbol}","side":"${side}","type":"${type}",` +
      `"status":"${status}","quantity":"${quantity}","filledQuantity":"0","averagePrice":null,` +
      `"price":${price === undefined ? 'null' : `"${price}"`},"triggerPrice":null,"reduceOnly":false,` +
      `"closePosition":false,"fee":"0","feeCurrency":null,"reason":null,"createdAt":"${createdAt}","updatedAt":"${createdAt}"}`
    )
  }
}
