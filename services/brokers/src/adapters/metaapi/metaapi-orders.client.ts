/**
 * Our orders as trades: entries open positions under our id, exits act on positions and can never open one.
 * Called by the session, one order at a time per account. Must never send a trade twice.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type ApprovedOrder, isExit } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { numberOf } from '@tradewire/kernel/exact-json'
import { err, ok } from '@tradewire/kernel/result'
import { closingPieces, wholePositions } from '#domain/position-pieces'
import { type MetaapiAccount, proven } from './metaapi-account.client.ts'
import type { Answer } from './metaapi-api.client.ts'
import { ownIdOf, partIdOf, sideOf } from './metaapi-book.map.ts'
import { type Level, type Protection, protectionOf } from './metaapi-exits.map.ts'
import type { PositionRecord, TradeReply } from './metaapi-records.wire.ts'

/** A deal that was done may be shown a moment later. */
const showPausesMs = [0, 150, 300, 600]
const actions = {
  market: { buy: 'ORDER_TYPE_BUY', sell: 'ORDER_TYPE_SELL' },
  limit: { buy: 'ORDER_TYPE_BUY_LIMIT', sell: 'ORDER_TYPE_SELL_LIMIT' },
  'stop-market': { buy: 'ORDER_TYPE_BUY_STOP', sell: 'ORDER_TYPE_SELL_STOP' },
} as const

export class MetaapiOrders {
  /** One after the other: a change of a position says both of its levels, so two at once would undo each other. */
  private tail: Promise<unknown> = Promise.resolve()

  constructor(private readonly account: MetaapiAccount) {}

  submit(order: ApprovedOrder): Answer<VenueOrder> {
    return this.inTurn(() => this.place(order))
  }

  cancel(reference: OrderReference): Answer<VenueOrder> {
    return this.inTurn(() => this.takeBack(reference))
  }

  private inTurn<Value>(work: () => Answer<Value>): Answer<Value> {
    const turn = this.tail.then(work, work)
    this.tail = turn
    return turn
  }

  private async place(order: ApprovedOrder): Answer<VenueOrder> {
    const terminal = await this.account.terminal()
    if (!terminal.ok) return err(proven(terminal.error))
    const name = terminal.value.symbols.nameOf(order.symbol)
    if (!name.ok) return name
    if (!isExit(order) && !order.reduceOnly) return this.open(order, name.value)
    const read = await this.account.readOpen()
    if (!read.ok) return err(proven(read.error))
    const held = [...this.account.book.positions.values()]
      .filter((position) => position.symbol === name.value && sideOf(position) !== order.side)
      .toSorted((one, other) => rankOf(one) - rankOf(other) || (decimal(one.id).lt(decimal(other.id)) ? -1 : 1))
    if (held.length === 0) return err(brokerError.rejected('REDUCE_ONLY_REFUSED', 'there is no position to reduce'))
    switch (order.type) {
      case 'market':
        return this.close(order, held)
      case 'stop-market':
        return this.protect(order, held, 'stop')
      case 'limit':
      case 'take-profit-market':
        return this.protect(order, held, 'target')
      default:
        return err(brokerError.unsupported(`orderType:${order.type}`, `the venue takes no ${order.type} exits`))
    }
  }

  /** One trade for each part that is to be closed by itself. */
  private async open(order: ApprovedOrder, symbol: string): Answer<VenueOrder> {
    const { type, clientOrderId } = order
    if (type !== 'market' && type !== 'limit' && type !== 'stop-market') {
      return err(brokerError.unsupported(`orderType:${type}`, `the venue takes no ${type} orders`))
    }
    const parts = order.parts ?? [order.quantity]
    const price = order.price ?? order.triggerPrice
    const done: TradeReply[] = []
    for (const [index, volume] of parts.entries()) {
      const reply = await this.account.trade({
        actionType: actions[type][order.side],
        symbol,
        volume: numberOf(volume),
        ...(type === 'market' || price === null ? {} : { openPrice: numberOf(price) }),
        clientId: partIdOf(clientOrderId, index + 1, parts.length),
      })
      if (reply.ok) {
        done.push(reply.value)
        continue
      }
      // What is proved not to stand is the whole order only while nothing of it stands.
      if (done.length === 0 || reply.error.kind === 'outcome-unknown') return reply
      return this.shown(order, done, reply.error.message)
    }
    return this.shown(order, done, null)
  }

  /** The reply says that it was done, and not at what price: that is read. */
  private async shown(order: ApprovedOrder, done: readonly TradeReply[], failure: string | null): Answer<VenueOrder> {
    const { clientOrderId, symbol } = order
    const currency = await this.account.feeCurrency()
    for (const pauseMs of showPausesMs) {
      if (pauseMs > 0) await delay(pauseMs)
      const read = await this.readDone(order, done)
      if (!read.ok || !currency.ok) continue
      const told = this.account.orderOf(clientOrderId, symbol)
      if (told === null) continue
      if (failure !== null) return ok({ ...told, message: failure })
      if (told.status === 'working' || told.status === 'filled') return ok(told)
    }
    return err(brokerError.outcomeUnknown('the venue has done the trade and does not show it yet'))
  }

  private async readDone(order: ApprovedOrder, done: readonly TradeReply[]): Answer<undefined> {
    if (order.type !== 'market') return this.account.readOpen()
    for (const { positionId, orderId } of done) {
      const read = await this.account.readDealsOf(positionId === '' ? orderId : positionId)
      if (!read.ok) return read
    }
    return ok(undefined)
  }

  private async close(order: ApprovedOrder, held: readonly PositionRecord[]): Answer<VenueOrder> {
    const pieces = closingPieces(held, decimal(order.quantity))
    const done: TradeReply[] = []
    let failed: BrokerError | null = null
    for (const [index, { position, volume }] of pieces.entries()) {
      const whole = volume.eq(decimal(position.volume))
      const reply = await this.account.trade({
        actionType: whole ? 'POSITION_CLOSE_ID' : 'POSITION_PARTIAL',
        positionId: position.id,
        ...(whole ? {} : { volume: numberOf(volume.toString()) }),
        clientId: partIdOf(order.clientOrderId, index + 1, pieces.length),
      })
      if (reply.ok) done.push({ ...reply.value, positionId: position.id })
      else failed = reply.error
      if (failed?.kind === 'outcome-unknown') return err(failed)
    }
    if (failed !== null && done.length === 0) return err(withoutPosition(failed))
    return this.shown(order, done, failed === null ? null : failed.message)
  }

  private async protect(order: ApprovedOrder, held: readonly PositionRecord[], kind: Level): Answer<VenueOrder> {
    const price = kind === 'stop' ? order.triggerPrice : (order.price ?? order.triggerPrice)
    if (price === null) return err(brokerError.rejected('INVALID_ORDER', 'a level needs a price'))
    const free = held.filter(({ id }) => this.account.exits.holderOf(kind, id) === undefined)
    const quantity = decimal(order.quantity)
    const chosen = wholePositions(free, quantity) ?? (kind === 'stop' ? wholePositions(held, quantity) : null)
    if (chosen === null) {
      const message = `levels stand on whole positions, and none make up ${order.quantity}`
      return err(brokerError.rejected('INVALID_QUANTITY', message))
    }
    const { clientOrderId, symbol } = order
    const positions = chosen.map(({ id }) => id)
    const covers = { symbol, price, quantity: order.quantity, positions }
    const exit: Protection = { kind, clientOrderId, ...covers, cancelled: false }
    for (const { id } of chosen) {
      const done = await this.change(id, kind, price)
      if (done.ok) continue
      // Where the reply was lost the level may stand: the exit is remembered so that it can be looked for.
      if (done.error.kind === 'outcome-unknown') this.account.exits.add(exit)
      return done
    }
    this.account.exits.add(exit)
    const told = this.account.orderOf(clientOrderId, symbol)
    return told === null ? err(brokerError.outcomeUnknown('the level is not shown yet')) : ok(told)
  }

  /** Sets or takes off one level of a position and leaves the other as it is. */
  private async change(id: string, kind: Level, price: string | null): Answer<undefined> {
    const position = this.account.book.positions.get(id)
    if (position === undefined) return err(brokerError.rejected('REDUCE_ONLY_REFUSED', 'the position has gone'))
    const stopLoss = kind === 'stop' ? price : position.stopLoss
    const takeProfit = kind === 'target' ? price : position.takeProfit
    const done = await this.account.trade({
      actionType: 'POSITION_MODIFY',
      positionId: id,
      ...(stopLoss === null ? {} : { stopLoss: numberOf(stopLoss) }),
      ...(takeProfit === null ? {} : { takeProfit: numberOf(takeProfit) }),
    })
    if (!done.ok) return err(withoutPosition(done.error))
    this.account.book.see({ ...position, stopLoss, takeProfit })
    return ok(undefined)
  }

  private async takeBack(reference: OrderReference): Answer<VenueOrder> {
    const { clientOrderId, symbol, venueOrderId } = reference
    const read = await this.account.readOpen()
    if (!read.ok) return read
    const known = this.account.exits.find(clientOrderId)
    const exit = known ?? protectionOf(venueOrderId ?? '', clientOrderId, symbol)
    if (exit === null) return this.takeBackPending(reference)
    if (known === undefined) this.account.exits.add(exit)
    if (this.account.orderOf(clientOrderId, symbol)?.status !== 'working') return err(notFound(clientOrderId))
    exit.cancelled = true
    for (const id of exit.positions) {
      // A later stop or target of ours may hold the level by now; after a restart nobody knows, so a stop stays.
      const held = this.account.exits.holderOf(exit.kind, id) !== undefined
      if (held || (known === undefined && exit.kind === 'stop') || !this.account.book.positions.has(id)) continue
      const done = await this.change(id, exit.kind, null)
      if (done.ok || (done.error.kind === 'rejected' && done.error.code === 'REDUCE_ONLY_REFUSED')) continue
      exit.cancelled = false
      return done
    }
    const order = this.account.orderOf(clientOrderId, symbol)
    return order === null ? err(notFound(clientOrderId)) : ok({ ...order, status: 'cancelled' })
  }

  private async takeBackPending({ clientOrderId, symbol }: OrderReference): Answer<VenueOrder> {
    const { pending } = this.account.book
    const mine = [...pending.values()].filter(({ clientId }) => ownIdOf(clientId)?.clientOrderId === clientOrderId)
    const before = this.account.orderOf(clientOrderId, symbol)
    if (mine.length === 0 || before === null) return err(notFound(clientOrderId))
    for (const { id } of mine) {
      const done = await this.account.trade({ actionType: 'ORDER_CANCEL', orderId: id })
      if (!done.ok) return done
      pending.delete(id)
    }
    const filled = decimal(before.filledQuantity).gt(ZERO) ? before.filledQuantity : '0'
    return ok({ ...before, filledQuantity: filled, status: 'cancelled' })
  }
}

/** Positions of ours before others. */
function rankOf({ clientId }: PositionRecord): number {
  return ownIdOf(clientId) === null ? 1 : 0
}

function notFound(clientOrderId: string): BrokerError {
  return brokerError.rejected('ORDER_NOT_FOUND', `no open order has the id ${clientOrderId}`)
}

/** An exit whose position has gone has nothing to reduce. */
function withoutPosition(error: BrokerError): BrokerError {
  const gone = error.kind === 'rejected' && error.code === 'ORDER_NOT_FOUND'
  return gone ? brokerError.rejected('REDUCE_ONLY_REFUSED', error.message) : error
}
