/**
 * Positions, pending orders and deals as last read, and what they mean for our orders. Pure but for its own maps.
 * Called by the session's parts. Must never count a deal twice.
 */
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { latestOf } from '@tradewire/kernel/clock'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { type LevelExits, type Protection, stands } from '#domain/positions/level-exits'
import { isWhole, ownIdOf } from '#domain/positions/part-ids'
import { averageOf, type HeldPiece, netted, orderOfLevel } from '#domain/positions/position-sums'
import { ownerOf } from './metaapi-exits.map.ts'
import type { DealRecord, OrderRecord, PositionRecord } from './metaapi-records.wire.ts'

const dealsMax = 20_000
const endedMax = 5_000

export function sideOf({ type }: { readonly type: string }): Side {
  return type.includes('_SELL') ? 'sell' : 'buy'
}

/** What a deal cost: its commission, and a swap that was booked with it. What was earned is below zero. */
function feeOf({ commission, swap }: DealRecord): Decimal {
  return ZERO.minus(decimal(commission)).minus(decimal(swap))
}

function isTrade({ type }: DealRecord): boolean {
  return type === 'DEAL_TYPE_BUY' || type === 'DEAL_TYPE_SELL'
}

function pieceOf(position: PositionRecord): HeldPiece {
  const { volume, openPrice: price, profit, swap } = position
  return { side: sideOf(position), volume, price, profit: decimal(profit).plus(decimal(swap)) }
}

export interface Changes {
  readonly seen: ReadonlyMap<string, string>
  /** Numbers of positions and pending orders. */
  readonly records: readonly string[]
  /** Our ids on them. */
  readonly orders: readonly string[]
}

export class MetaapiBook {
  readonly positions = new Map<string, PositionRecord>()
  readonly pending = new Map<string, OrderRecord>()
  private readonly deals = new Map<string, DealRecord>()
  private readonly ended = new Map<string, OrderRecord>()
  /** All that any read has shown since it was last compared, as text that changes with it. */
  private shown = new Map<string, string>()

  constructor(private readonly exits: LevelExits) {}

  replace(positions: readonly PositionRecord[], pending: readonly OrderRecord[]): void {
    this.positions.clear()
    this.pending.clear()
    for (const position of positions) this.see(position)
    for (const order of pending) this.pending.set(order.id, order)
    for (const [key, text] of this.standing()) this.shown.set(key, text)
  }

  /** What stands now against `before`, and against what stood in between. */
  changesSince(before: ReadonlyMap<string, string>): Changes {
    const now = this.standing()
    const seen = this.shown
    this.shown = now
    const keys = [...new Set([...before.keys(), ...seen.keys()])].filter(
      (key) => before.get(key) !== now.get(key) || seen.get(key) !== now.get(key),
    )
    const texts = keys.flatMap((key) => [before.get(key), seen.get(key)])
    const orders = texts.flatMap((text) => ownIdOf(text?.split(' ')[0] ?? '')?.clientOrderId ?? [])
    return { seen, records: keys.map((key) => key.split(' ')[1] ?? ''), orders: [...new Set(orders)] }
  }

  /** The changes could not be told: they are found again. */
  putBack({ seen }: Changes): void {
    for (const [key, text] of seen) this.shown.set(key, text)
  }

  standing(): Map<string, string> {
    const stands = new Map<string, string>()
    for (const { id, clientId, volume } of this.positions.values())
      stands.set(`position ${id}`, `${clientId} ${volume}`)
    for (const { id, clientId, currentVolume } of this.pending.values())
      stands.set(`order ${id}`, `${clientId} ${currentVolume}`)
    return stands
  }

  see(position: PositionRecord): void {
    this.positions.set(position.id, position)
    this.exits.see(position)
  }

  addDeals(deals: readonly DealRecord[]): void {
    for (const deal of deals) if (isTrade(deal)) this.deals.set(deal.id, deal)
    for (const [oldest] of this.deals) {
      if (this.deals.size <= dealsMax) break
      this.deals.delete(oldest)
    }
  }

  addEnded(orders: readonly OrderRecord[]): void {
    for (const order of orders) this.ended.set(order.id, order)
    for (const [oldest] of this.ended) {
      if (this.ended.size <= endedMax) break
      this.ended.delete(oldest)
    }
  }

  /** An order of ours that trades by itself, an entry or a close, as its records tell; null when there is none. */
  order(clientOrderId: string, symbol: string): VenueOrder | null {
    const mine = <Item extends { readonly clientId: string }>(items: Iterable<Item>): Item[] =>
      [...items].filter(({ clientId }) => ownIdOf(clientId)?.clientOrderId === clientOrderId)
    const waiting = mine(this.pending.values())
    const deals = mine(this.deals.values())
    const traded = new Set(deals.flatMap(({ orderId, positionId }) => [orderId, positionId]))
    // A position is there at once, its deal perhaps a little later.
    const untold = mine(this.positions.values()).filter(({ id }) => !traded.has(id))
    const ended = mine(this.ended.values()).filter(({ id }) => !traded.has(id))
    const records = [...waiting, ...deals, ...untold, ...ended]
    if (records.length === 0) return null
    const done = [...deals, ...untold.map(({ volume, openPrice: price, time }) => ({ volume, price, time }))]
    const filled = sum(done.map(({ volume }) => decimal(volume)))
    const parts = new Set([...deals, ...untold].map(({ clientId }) => clientId))
    const untraded = ended.filter(({ clientId }) => !parts.has(clientId))
    const status = statusOf(
      [...waiting, ...untraded.filter(isFilled)],
      ended,
      isWhole(records.map(({ clientId }) => clientId)) && done.length > 0,
    )
    return {
      clientOrderId,
      venueOrderId: venueIdsOf(waiting, deals, untold, ended),
      symbol,
      status,
      filledQuantity: filled.toString(),
      averagePrice: averageOf(done),
      fee: untold.length > 0 || deals.length === 0 ? null : sum(deals.map(feeOf)).toString(),
      feeCurrency: null,
      executedAt: latestOf(done.map(({ time }) => time)),
      message: status === 'cancelled' && ended.length === 0 ? 'not all parts were placed' : null,
    }
  }

  /** The venue's name of what an order of ours trades; null when nothing shows it. */
  symbolOfOrder(clientOrderId: string): string | null {
    const all = [...this.positions.values(), ...this.pending.values(), ...this.deals.values(), ...this.ended.values()]
    return all.find(({ clientId }) => ownIdOf(clientId)?.clientOrderId === clientOrderId)?.symbol ?? null
  }

  /** A stop or target as an order: working while its level stands, filled by what it closed. */
  protection(exit: Protection): VenueOrder {
    const closed = [...this.deals.values()].filter((deal) => ownerOf(this.exits, deal) === exit.clientOrderId)
    const isWorking = stands(exit, (id) => this.positions.get(id))
    const executedAt = latestOf(closed.map(({ time }) => time))
    return orderOfLevel(exit, isWorking, { pieces: closed, executedAt, fee: sum(closed.map(feeOf)) })
  }

  netted(symbolOf: (name: string) => string): VenuePosition[] {
    const bySymbol = Map.groupBy(this.positions.values(), ({ symbol }) => symbolOf(symbol))
    return netted([...bySymbol].map(([symbol, records]) => [symbol, records.map(pieceOf)]))
  }

  /** All deals of one symbol since a moment, as fills. */
  fills(query: {
    readonly name: string
    readonly symbol: string
    readonly currency: string | null
    readonly since: Date
  }): VenueFill[] {
    const { name, symbol, currency, since } = query
    return [...this.deals.values()]
      .filter((deal) => deal.symbol === name && deal.time >= since)
      .map((deal) => ({
        tradeId: deal.id,
        venueOrderId: deal.orderId,
        clientOrderId: ownerOf(this.exits, deal) ?? ownIdOf(deal.clientId)?.clientOrderId ?? null,
        symbol,
        side: sideOf(deal),
        quantity: deal.volume,
        price: deal.price,
        fee: feeOf(deal).toString(),
        feeCurrency: currency,
        forced: deal.reason === 'DEAL_REASON_SO' ? 'stop-out' : null,
        at: deal.time,
      }))
  }
}

const endedStatus: Readonly<Record<string, VenueOrder['status']>> = {
  ORDER_STATE_CANCELED: 'cancelled',
  ORDER_STATE_EXPIRED: 'expired',
  ORDER_STATE_REJECTED: 'rejected',
}

/** Of one that no deal or position tells of yet there is more to come: it has traded. */
function isFilled({ state }: OrderRecord): boolean {
  return state === 'ORDER_STATE_FILLED'
}

function statusOf(
  waiting: readonly OrderRecord[],
  ended: readonly OrderRecord[],
  complete: boolean,
): VenueOrder['status'] {
  if (waiting.length > 0) return 'working'
  const [failed] = ended.flatMap(({ state }) => endedStatus[state] ?? [])
  if (failed !== undefined) return failed
  return complete ? 'filled' : 'cancelled'
}

function venueIdsOf(
  waiting: readonly OrderRecord[],
  deals: readonly DealRecord[],
  untold: readonly PositionRecord[],
  ended: readonly OrderRecord[],
): string {
  const ids = [...waiting, ...untold, ...ended].map(({ id }) => id)
  return [...new Set([...ids, ...deals.map(({ orderId }) => orderId)])].toSorted().join('+')
}
