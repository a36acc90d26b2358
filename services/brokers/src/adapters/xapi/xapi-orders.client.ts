/**
 * Our orders as transactions: entries open positions under our id, exits act on positions and can never open one.
 * Called by the session, one order at a time per account. Must never send an opening transaction twice.
 */
import { type ApprovedOrder, isExit } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { closingPieces, wholePositions } from '#domain/position-pieces'
import type { XapiAccount } from './xapi-account.client.ts'
import { type Closing, exitOfVenueId, type Protection } from './xapi-exits.map.ts'
import type { Answer } from './xapi-main.client.ts'
import { operation, transactionType, type TradeRecord } from './xapi-records.wire.ts'
import { commentFor, commentOf, sideOf } from './xapi-trades.map.ts'
import type { TransactionInfo, XapiTransactions } from './xapi-transactions.client.ts'

/** A record comes with its transaction, but by another way. */
const recordWithinMs = 400
const none = '0'
/** A market price is a hint only, but one must be given. */
const anyPrice = '1'

const commands = {
  market: { buy: operation.buy, sell: operation.sell },
  limit: { buy: operation.buyLimit, sell: operation.sellLimit },
  'stop-market': { buy: operation.buyStop, sell: operation.sellStop },
} as const

export class XapiOrders {
  /** One after the other: a change of a position says all of its levels, so two at once would undo each other. */
  private tail: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly account: XapiAccount,
    private readonly transactions: XapiTransactions,
  ) {}

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
    const name = await this.account.nameOf(order.symbol)
    if (!name.ok) return err(proven(name.error))
    if (!isExit(order) && !order.reduceOnly) return this.open(order, name.value)
    const read = await this.account.readTrades(null)
    if (!read.ok) return err(proven(read.error))
    const held = [...this.account.trades.open.values()].filter(
      (record) => record.symbol === name.value && sideOf(record) !== order.side,
    )
    // Positions of ours first: others have no comment that we could have made.
    const ours = held.toSorted((one, other) => rankOf(one) - rankOf(other) || one.position - other.position)
    if (ours.length === 0) return err(brokerError.rejected('REDUCE_ONLY_REFUSED', 'there is no position to reduce'))
    switch (order.type) {
      case 'market':
        return this.close(order, ours)
      case 'stop-market':
        return this.protect(order, ours, 'stop')
      case 'limit':
      case 'take-profit-market':
        return this.protect(order, ours, 'target')
      default:
        return err(brokerError.unsupported(`orderType:${order.type}`, `the venue takes no ${order.type} exits`))
    }
  }

  /** One transaction for each part that is to be closed by itself. */
  private async open(order: ApprovedOrder, symbol: string): Answer<VenueOrder> {
    const { type } = order
    if (type !== 'market' && type !== 'limit' && type !== 'stop-market') {
      return err(brokerError.unsupportedType(type))
    }
    const parts = order.parts ?? [order.quantity]
    for (const [index, volume] of parts.entries()) {
      const done = await this.transactions.run({
        cmd: commands[type][order.side],
        type: transactionType.open,
        symbol,
        volume,
        price: order.price ?? order.triggerPrice ?? anyPrice,
        sl: none,
        tp: none,
        order: 0,
        customComment: commentFor(order.clientOrderId, index + 1, parts.length),
      })
      if (done.ok) continue
      // What is proved not to stand is the whole order only while nothing of it stands.
      if (index === 0 || done.error.kind === 'outcome-unknown') return done
      return this.opened(order, done.error.message)
    }
    return this.opened(order, null)
  }

  private async opened(order: ApprovedOrder, failure: string | null): Answer<VenueOrder> {
    const { clientOrderId, symbol } = order
    const whole = () => {
      const told = this.account.entryOrder(clientOrderId, symbol)
      const complete = told !== null && (told.status === 'working' || told.status === 'filled')
      return complete || (told !== null && failure !== null) ? told : undefined
    }
    const told = await this.transactions.until(whole, recordWithinMs)
    if (told !== undefined) return ok(failure === null ? told : { ...told, message: failure })
    const read = await this.account.readTrades(null)
    const shown = read.ok ? this.account.entryOrder(clientOrderId, symbol) : null
    if (shown !== null) return ok(shown)
    // The venue has executed it and does not show it yet: it is looked for until it does.
    return err(brokerError.outcomeUnknown('the venue has executed the order and does not show it yet'))
  }

  private async close(order: ApprovedOrder, held: readonly TradeRecord[]): Answer<VenueOrder> {
    const { clientOrderId, symbol } = order
    const pieces = closingPieces(held, decimal(order.quantity))
    const quantity = sum(pieces.map(({ volume }) => volume)).toString()
    const exit: Closing = { kind: 'close', clientOrderId, symbol, quantity, transactions: new Set(), lost: new Map() }
    this.account.exits.add(exit)
    let failed: BrokerError | null = null
    for (const { position: record, volume } of pieces) {
      const part = { ...changeOf(record, clientOrderId), type: transactionType.close, volume: volume.toString() }
      const before = new Set(this.account.trades.closedOf(record.position).map(({ order2 }) => order2))
      let isNumbered = false
      const done = await this.transactions.run(part, (number) => {
        exit.transactions.add(number)
        isNumbered = true
      })
      if (!done.ok) failed = done.error
      if (failed?.kind !== 'outcome-unknown') continue
      if (!isNumbered) exit.lost.set(record.position, before)
      return err(failed)
    }
    // None of it went through: that is the venue's refusal. ORDER_NOT_FOUND means that the position had gone.
    if (failed !== null && exit.transactions.size === 0) return err(withoutPosition(failed))
    const complete = () => {
      const told = this.account.exitOrder(clientOrderId)
      return told !== null && told.status === 'filled' ? told : undefined
    }
    const told = await this.transactions.until(complete, recordWithinMs)
    if (told !== undefined) return ok(told)
    const read = await this.account.readTrades(this.account.now())
    const shown = read.ok ? this.account.exitOrder(clientOrderId) : null
    if (shown !== null && decimal(shown.filledQuantity).gt(ZERO)) return ok(shown)
    return err(failed ?? brokerError.outcomeUnknown('the venue has closed and does not show it yet'))
  }

  private async protect(
    order: ApprovedOrder,
    held: readonly TradeRecord[],
    kind: Protection['kind'],
  ): Answer<VenueOrder> {
    const price = kind === 'stop' ? order.triggerPrice : (order.price ?? order.triggerPrice)
    if (price === null) return err(brokerError.rejected('INVALID_ORDER', 'a level needs a price'))
    const free = held.filter(({ position }) => this.account.exits.holderOf(kind, position) === undefined)
    const quantity = decimal(order.quantity)
    const chosen = wholePositions(free, quantity) ?? (kind === 'stop' ? wholePositions(held, quantity) : null)
    if (chosen === null) {
      const message = `levels stand on whole positions, and none make up ${order.quantity}`
      return err(brokerError.rejected('INVALID_QUANTITY', message))
    }
    const { clientOrderId, symbol } = order
    const positions = chosen.map(({ position }) => position)
    const exit: Protection = {
      kind,
      clientOrderId,
      symbol,
      price,
      quantity: order.quantity,
      positions,
      cancelled: false,
    }
    for (const record of chosen) {
      const done = await this.change(record.position, kind, price, clientOrderId)
      if (done.ok) continue
      // Where the reply was lost the level may stand: the exit is remembered so that it can be looked for.
      if (done.error.kind === 'outcome-unknown') this.account.exits.add(exit)
      return done
    }
    this.account.exits.add(exit)
    return ok(this.account.exitOrder(clientOrderId)!)
  }

  /** Sets one level of a position and leaves the other as it is. */
  private async change(
    position: number,
    kind: Protection['kind'],
    price: string,
    customComment: string,
  ): Promise<Result<undefined, BrokerError>> {
    const record = this.account.trades.open.get(position)
    if (record === undefined) return err(brokerError.rejected('REDUCE_ONLY_REFUSED', 'the position has gone'))
    const level = kind === 'stop' ? { sl: price } : { tp: price }
    const done = await this.transactions.run({
      ...changeOf(record, customComment),
      ...level,
      type: transactionType.modify,
    })
    if (!done.ok) return err(withoutPosition(done.error))
    const now = this.account.trades.open.get(position)
    if (now !== undefined) this.account.trades.tell({ ...now, ...level })
    return ok(undefined)
  }

  private async takeBack(reference: OrderReference): Answer<VenueOrder> {
    const { clientOrderId, symbol } = reference
    const read = await this.account.readTrades(null)
    if (!read.ok) return read
    const known = this.account.exits.find(clientOrderId)
    const remembered = known ?? exitOfVenueId(reference.venueOrderId ?? '', clientOrderId, symbol)
    if (remembered === null || remembered === undefined) return this.takeBackPending(reference)
    if (remembered.kind === 'close') return err(notFound(clientOrderId))
    if (known === undefined) this.account.exits.add(remembered)
    if (remembered.cancelled || this.account.exitOrder(clientOrderId)?.status !== 'working') {
      return err(notFound(clientOrderId))
    }
    remembered.cancelled = true
    for (const position of remembered.positions) {
      // A later stop or target of ours may hold the level by now; after a restart nobody knows, so a stop stays.
      const held = this.account.exits.holderOf(remembered.kind, position) !== undefined
      if (held || (known === undefined && remembered.kind === 'stop')) continue
      if (!this.account.trades.open.has(position)) continue
      const done = await this.change(position, remembered.kind, none, clientOrderId)
      if (done.ok || (done.error.kind === 'rejected' && done.error.code === 'REDUCE_ONLY_REFUSED')) continue
      remembered.cancelled = false
      return done
    }
    const order = this.account.exitOrder(clientOrderId)
    return order === null ? err(notFound(clientOrderId)) : ok({ ...order, status: 'cancelled' })
  }

  private async takeBackPending({ clientOrderId, symbol }: OrderReference): Answer<VenueOrder> {
    const mine = [...this.account.trades.pending.values()].filter(
      ({ customComment }) => commentOf(customComment)?.clientOrderId === clientOrderId,
    )
    if (mine.length === 0) return err(notFound(clientOrderId))
    const before = this.account.entryOrder(clientOrderId, symbol)
    for (const record of mine) {
      const removal = { ...changeOf(record, clientOrderId), type: transactionType.remove }
      const done = await this.transactions.run(removal)
      if (!done.ok) return done
      this.account.trades.pending.delete(record.position)
    }
    const after = this.account.entryOrder(clientOrderId, symbol) ?? before
    return after === null ? err(notFound(clientOrderId)) : ok({ ...after, status: 'cancelled' })
  }
}

/** A transaction about a position or pending order that changes nothing yet. */
function changeOf(record: TradeRecord, customComment: string): Omit<TransactionInfo, 'type'> {
  return {
    cmd: record.cmd,
    symbol: record.symbol ?? '',
    volume: record.volume,
    price: record.close_price,
    sl: record.sl,
    tp: record.tp,
    order: record.position,
    customComment,
  }
}

function rankOf({ customComment }: TradeRecord): number {
  return commentOf(customComment) === null ? 1 : 0
}

/** Nothing was sent yet: a read that failed proves it. */
function proven(error: BrokerError): BrokerError {
  return error.kind === 'connectivity' ? brokerError.notSent(error.message) : error
}

function notFound(clientOrderId: string): BrokerError {
  return brokerError.rejected('ORDER_NOT_FOUND', `no open order has the id ${clientOrderId}`)
}

/** An exit whose position has gone has nothing to reduce. */
function withoutPosition(error: BrokerError): BrokerError {
  const gone = error.kind === 'rejected' && error.code === 'ORDER_NOT_FOUND'
  return gone ? brokerError.rejected('REDUCE_ONLY_REFUSED', error.message) : error
}
