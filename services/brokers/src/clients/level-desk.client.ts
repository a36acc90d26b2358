/**
 * Our orders at a venue of positions with levels: entries open positions under our id, exits act on positions and can never
 * open one. Called by the sessions of such venues, one order at a time per account. Must never send a trade twice.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type ApprovedOrder, isExit } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { type Level, type LevelExits, type LeveledPosition, type Protection } from '#domain/positions/level-exits'
import { partIdOf } from '#domain/positions/part-ids'
import { closingPieces, wholePositions } from '#domain/positions/position-pieces'

type Answer<Value> = Promise<Result<Value, BrokerError>>

export interface DeskPosition extends LeveledPosition {
  readonly volume: string
  /** Whether one of our orders opened it. */
  readonly ours: boolean
}

/** One trade that opens. */
export interface Opening {
  readonly order: ApprovedOrder
  readonly type: 'market' | 'limit' | 'stop-market'
  /** The venue's own name. */
  readonly symbol: string
  readonly volume: string
  /** Of a limit or stop. */
  readonly price: string | null
  readonly partId: string
}

/** One trade that closes a position, or a part of it. */
export interface Closing {
  readonly order: ApprovedOrder
  readonly positionId: string
  readonly volume: Decimal
  readonly whole: boolean
  /** Of all trades that close for the order. */
  readonly total: string
  readonly partId: string
}

/** What the desk needs of a venue. Every trade is sent once; `Done` is what the venue says of one. */
export interface LevelVenue<Done> {
  readonly exits: LevelExits
  nameOf(symbol: string): Answer<string>
  /** Positions and pending orders as they stand. */
  readOpen(): Answer<undefined>
  /** What is held of a symbol on one side. */
  held(symbol: string, side: Side): readonly DeskPosition[]
  position(id: string): LeveledPosition | undefined
  open(opening: Opening): Answer<Done>
  close(closing: Closing): Answer<Done>
  /** Both levels at once. */
  setLevels(position: LeveledPosition): Answer<undefined>
  pendingOf(clientOrderId: string): readonly string[]
  removePending(id: string): Answer<undefined>
  /** Reads what shows the trades that were done for the order. */
  readDone(order: ApprovedOrder, done: readonly Done[]): Answer<undefined>
  /** As it stands by what was read; null when nothing shows it. */
  orderOf(clientOrderId: string, symbol: string): VenueOrder | null
}

/** A trade that was done may be shown a moment later. */
const showPausesMs = [0, 150, 300, 600]

export class LevelDesk<Done> {
  /** One after the other: a change of a position says both of its levels, so two at once would undo each other. */
  private tail: Promise<unknown> = Promise.resolve()

  constructor(private readonly venue: LevelVenue<Done>) {}

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
    const name = await this.venue.nameOf(order.symbol)
    if (!name.ok) return err(proven(name.error))
    if (!isExit(order) && !order.reduceOnly) return this.open(order, name.value)
    const read = await this.venue.readOpen()
    if (!read.ok) return err(proven(read.error))
    const held = this.venue
      .held(name.value, order.side === 'buy' ? 'sell' : 'buy')
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
      return err(brokerError.unsupportedType(type))
    }
    const parts = order.parts ?? [order.quantity]
    const price = type === 'market' ? null : (order.price ?? order.triggerPrice)
    const done: Done[] = []
    for (const [index, volume] of parts.entries()) {
      const partId = partIdOf(clientOrderId, index + 1, parts.length)
      const reply = await this.venue.open({ order, type, symbol, volume, price, partId })
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

  /** The reply says that it was done, and not all about it: that is read. */
  private async shown(order: ApprovedOrder, done: readonly Done[], failure: string | null): Answer<VenueOrder> {
    const { clientOrderId, symbol } = order
    for (const pauseMs of showPausesMs) {
      if (pauseMs > 0) await delay(pauseMs)
      const read = await this.venue.readDone(order, done)
      if (!read.ok) continue
      const told = this.venue.orderOf(clientOrderId, symbol)
      if (told === null) continue
      if (failure !== null) return ok({ ...told, message: failure })
      if (told.status === 'working' || told.status === 'filled') return ok(told)
    }
    return err(brokerError.outcomeUnknown('the venue has done the trade and does not show it yet'))
  }

  private async close(order: ApprovedOrder, held: readonly DeskPosition[]): Answer<VenueOrder> {
    const pieces = closingPieces(held, decimal(order.quantity))
    const total = sum(pieces.map(({ volume }) => volume)).toString()
    const done: Done[] = []
    let failed: BrokerError | null = null
    for (const [index, { position, volume }] of pieces.entries()) {
      const whole = volume.eq(decimal(position.volume))
      const partId = partIdOf(order.clientOrderId, index + 1, pieces.length)
      const reply = await this.venue.close({ order, positionId: position.id, volume, whole, total, partId })
      if (reply.ok) done.push(reply.value)
      else failed = reply.error
      if (failed?.kind === 'outcome-unknown') return err(failed)
    }
    if (failed !== null && done.length === 0) return err(withoutPosition(failed))
    return this.shown(order, done, failed === null ? null : failed.message)
  }

  private async protect(order: ApprovedOrder, held: readonly DeskPosition[], kind: Level): Answer<VenueOrder> {
    const price = kind === 'stop' ? order.triggerPrice : (order.price ?? order.triggerPrice)
    if (price === null) return err(brokerError.rejected('INVALID_ORDER', 'a level needs a price'))
    const { exits } = this.venue
    const free = held.filter(({ id }) => exits.holderOf(kind, id) === undefined)
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
      if (done.error.kind === 'outcome-unknown') exits.add(exit)
      return done
    }
    exits.add(exit)
    const told = this.venue.orderOf(clientOrderId, symbol)
    return told === null ? err(brokerError.outcomeUnknown('the level is not shown yet')) : ok(told)
  }

  /** Sets or takes off one level of a position and leaves the other as it is. */
  private async change(id: string, kind: Level, price: string | null): Answer<undefined> {
    const position = this.venue.position(id)
    if (position === undefined) return err(brokerError.rejected('REDUCE_ONLY_REFUSED', 'the position has gone'))
    const stopLoss = kind === 'stop' ? price : position.stopLoss
    const takeProfit = kind === 'target' ? price : position.takeProfit
    const done = await this.venue.setLevels({ id: position.id, stopLoss, takeProfit })
    return done.ok ? done : err(withoutPosition(done.error))
  }

  private async takeBack(reference: OrderReference): Answer<VenueOrder> {
    const { clientOrderId, symbol } = reference
    const { exits } = this.venue
    const read = await this.venue.readOpen()
    if (!read.ok) return read
    const known = exits.find(clientOrderId)
    const exit = exits.recall(reference)
    if (exit === null) return this.takeBackPending(reference)
    if (this.venue.orderOf(clientOrderId, symbol)?.status !== 'working') return err(notFound(clientOrderId))
    exit.cancelled = true
    for (const id of exit.positions) {
      // A later stop or target of ours may hold the level by now; after a restart nobody knows, so a stop stays.
      const held = exits.holderOf(exit.kind, id) !== undefined
      if (held || (known === undefined && exit.kind === 'stop') || this.venue.position(id) === undefined) continue
      const done = await this.change(id, exit.kind, null)
      if (done.ok || (done.error.kind === 'rejected' && done.error.code === 'REDUCE_ONLY_REFUSED')) continue
      exit.cancelled = false
      return done
    }
    const order = this.venue.orderOf(clientOrderId, symbol)
    return order === null ? err(notFound(clientOrderId)) : ok({ ...order, status: 'cancelled' })
  }

  private async takeBackPending({ clientOrderId, symbol }: OrderReference): Answer<VenueOrder> {
    const mine = this.venue.pendingOf(clientOrderId)
    const before = this.venue.orderOf(clientOrderId, symbol)
    if (mine.length === 0 || before === null) return err(notFound(clientOrderId))
    for (const id of mine) {
      const done = await this.venue.removePending(id)
      if (!done.ok) return done
    }
    const filled = decimal(before.filledQuantity).gt(ZERO) ? before.filledQuantity : '0'
    return ok({ ...before, filledQuantity: filled, status: 'cancelled' })
  }
}

/** Nothing was sent yet: a call before the trade that failed proves it. */
export function proven(error: BrokerError): BrokerError {
  return error.kind === 'connectivity' ? brokerError.notSent(error.message) : error
}

/** Positions of ours before others. */
function rankOf({ ours }: DeskPosition): number {
  return ours ? 0 : 1
}

function notFound(clientOrderId: string): BrokerError {
  return brokerError.rejected('ORDER_NOT_FOUND', `no open order has the id ${clientOrderId}`)
}

/** An exit whose position has gone has nothing to reduce. */
function withoutPosition(error: BrokerError): BrokerError {
  const gone = error.kind === 'rejected' && error.code === 'ORDER_NOT_FOUND'
  return gone ? brokerError.rejected('REDUCE_ONLY_REFUSED', error.message) : error
}
