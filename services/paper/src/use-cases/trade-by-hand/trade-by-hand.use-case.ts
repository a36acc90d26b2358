/**
 * Trades on an account as its owner would with the venue's own app, under an id of that app.
 * Called by the control surface. Must never use a client order id that one of our adapters could have made.
 */
import { Injectable } from '@nestjs/common'
import { type HandTrade, type HandTradeOrder, handOrderPrefix } from '@tradewire/contracts/paper/control'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { absolute, amount, type Amount, floorTo, formatAmount } from '#domain/amount'
import type { OrderRequest } from '#domain/engine/check-order'
import { closeDeal, openDeal, type DealRequest } from '#domain/cfd/deal'
import { textOrNull } from '#domain/ledger'
import { averagePriceOf, type Order } from '#domain/order'
import { placeOrder } from '#domain/engine/place-order'
import { type Account, balanceOf, findMarket, type Market } from '#domain/state'
import { paperErrors } from '#paper.errors'
import { RunningVenue } from '#ports/running-venue.port'

@Injectable()
export class TradeByHand {
  constructor(private readonly venue: RunningVenue) {}

  async execute(trade: HandTradeOrder): Promise<Result<HandTrade, CodedError>> {
    const { state } = this.venue
    const account = state.accounts.get(trade.accountId)
    if (account === undefined) return err(paperErrors.of('PAPER_ACCOUNT_UNKNOWN'))
    const market = findMarket(state, account.venue, trade.symbol)
    if (market === undefined) return err(paperErrors.of('PAPER_SYMBOL_UNKNOWN', { symbol: trade.symbol }))
    if (account.mode !== 'one-way') return this.deal(trade, account, market)
    const request = requestOf(trade, account, market, `${handOrderPrefix}${state.nextId}`)
    const order = this.venue.execute((session) => placeOrder({ session, account, market }, request))
    await this.venue.settled()
    if (!order.ok) return err(paperErrors.of('PAPER_TRADE_REFUSED', { ...order.error }))
    return ok(viewOf(order.value))
  }

  /** Positions of contracts have ids of their own: each is closed by itself. */
  private async deal(trade: HandTradeOrder, account: Account, market: Market): Promise<Result<HandTrade, CodedError>> {
    const clientOrderId = `${handOrderPrefix}${this.venue.state.nextId}`
    const done = this.venue.execute((session) => {
      const desk = { session, account, market }
      if (!('close' in trade)) return openDeal(desk, dealOf(trade, clientOrderId))
      const held = [...account.tickets.values()].filter(({ symbol }) => symbol === market.instrument.symbol)
      const closed = held.map(({ id }) => closeDeal(desk, { ticketId: id, clientOrderId }))
      return closed.at(-1) ?? err('UNKNOWN_POSITION' as const)
    })
    await this.venue.settled()
    return done.ok ? ok(viewOf(done.value)) : err(paperErrors.of('PAPER_TRADE_REFUSED', { code: done.error }))
  }
}

function viewOf(order: Order): HandTrade {
  const { clientOrderId, status, filled } = order
  return {
    clientOrderId,
    status,
    filledQuantity: formatAmount(filled),
    averagePrice: textOrNull(averagePriceOf(order)),
  }
}

function dealOf(trade: Exclude<HandTradeOrder, { close: true }>, clientOrderId: string): DealRequest {
  const order = { clientOrderId, side: trade.side, volume: amount(trade.quantity) }
  return 'price' in trade ? { ...order, type: 'limit', price: amount(trade.price) } : { ...order, type: 'market' }
}

function requestOf(trade: HandTradeOrder, account: Account, market: Market, clientOrderId: string): OrderRequest {
  if ('close' in trade) {
    const held = heldOf(account, market)
    const side = held > 0n ? 'sell' : 'buy'
    return { clientOrderId, side, type: 'market', timeInForce: 'ioc', quantity: absolute(held) }
  }
  const { side, quantity } = trade
  if (!('price' in trade)) {
    return { clientOrderId, side, type: 'market', timeInForce: 'ioc', quantity: amount(quantity) }
  }
  const [size, price] = [amount(quantity), amount(trade.price)]
  return { clientOrderId, side, type: 'limit', timeInForce: 'gtc', quantity: size, price }
}

/** Signed. On spot, the coins that no order has set aside. */
function heldOf(account: Account, { instrument }: Market): Amount {
  if (instrument.kind === 'spot') return floorTo(balanceOf(account, instrument.base).free, instrument.quantityStep)
  return account.positions.get(instrument.symbol)?.quantity ?? 0n
}
