/**
 * The account's positions, pending orders and closed trades as last told, and what they mean for our orders. Pure but for
 * its own maps. Called by the session. Must never let an older piece of a position count twice.
 */
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { latestOf } from '@tradewire/kernel/clock'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { type LeveledPosition, type LevelExits, type Protection, stands } from '#domain/positions/level-exits'
import { isWhole, ownIdOf } from '#domain/positions/part-ids'
import {
  averageOf,
  type Closed,
  type HeldPiece,
  netted,
  orderOfClose,
  orderOfLevel,
  volumeOf,
} from '#domain/positions/position-sums'
import { type Closing, closingIdOf, levelOfClose, ownerOf, type XapiClosings } from './xapi-exits.map.ts'
import { isPending, isPosition, operation, type TradeRecord } from './xapi-records.wire.ts'

const closedMax = 5_000

export function sideOf({ cmd }: Pick<TradeRecord, 'cmd'>): Side {
  return cmd % 2 === operation.buy ? 'buy' : 'sell'
}

function pieceOf(record: TradeRecord): HeldPiece {
  const { volume, open_price: price, profit, storage } = record
  return { side: sideOf(record), volume, price, profit: decimal(profit).plus(decimal(storage)) }
}

/** A position with its levels; the venue says none as zero. */
export function leveled({ position, sl, tp }: TradeRecord): LeveledPosition {
  const level = (price: string) => (decimal(price).eq(ZERO) ? null : price)
  return { id: position, stopLoss: level(sl), takeProfit: level(tp) }
}

export class XapiTrades {
  readonly open = new Map<string, TradeRecord>()
  readonly pending = new Map<string, TradeRecord>()
  private readonly closed = new Map<string, TradeRecord>()
  /** Commission of one lot's opening, by position: closed records tell both ways together. */
  private readonly openingCost = new Map<string, Decimal>()

  constructor(
    private readonly exits: LevelExits,
    private readonly closings: XapiClosings,
  ) {}

  /** Everything that stands now. */
  replace(records: readonly TradeRecord[]): void {
    this.open.clear()
    this.pending.clear()
    for (const record of records) this.tell(record)
  }

  /** One record: as it is now. */
  tell(record: TradeRecord): void {
    if (isPending(record)) {
      if (record.closed || record.state === 'Deleted') this.pending.delete(record.position)
      else this.pending.set(record.position, record)
      return
    }
    if (!isPosition(record)) return
    if (record.closed) return this.tellClosed(record)
    this.open.set(record.position, record)
    const volume = decimal(record.volume)
    if (volume.gt(ZERO)) this.openingCost.set(record.position, decimal(record.commission).abs().div(volume))
  }

  tellClosed(record: TradeRecord): void {
    if (!isPosition(record)) return
    this.closed.set(`${record.position}:${record.order2}`, record)
    // What the venue closes at a level tells the level as it was then.
    if (levelOfClose(record) !== null) this.exits.see(leveled(record))
    const held = this.open.get(record.position)
    if (record.type !== undefined && held !== undefined && decimal(held.volume).lte(decimal(record.volume))) {
      this.open.delete(record.position)
    }
    const [oldest] = this.closed.keys()
    if (this.closed.size > closedMax && oldest !== undefined) this.closed.delete(oldest)
  }

  closedOf(position: string): TradeRecord[] {
    return [...this.closed.values()].filter((record) => record.position === position)
  }

  /** Whether each of these transactions has closed something. */
  haveClosed(transactions: readonly number[]): boolean {
    const shown = new Set([...this.closed.values()].map(({ order2 }) => order2))
    return transactions.every((number) => shown.has(number))
  }

  ownerOf(record: TradeRecord): string | null {
    return ownerOf(this.exits, this.closings, record)
  }

  /** What a close cost by itself: its own commission, and the swap that was booked with it. */
  private closingFee(record: TradeRecord): Decimal {
    const whole = decimal(record.commission).abs()
    const known = this.openingCost.get(record.position)
    const opening = known === undefined ? whole.div('2') : known.times(decimal(record.volume))
    return whole.minus(opening).minus(decimal(record.storage))
  }

  /** Our entry as its records tell; null when there is none. */
  entry(clientOrderId: string, symbol: string): VenueOrder | null {
    const mine = ({ customComment }: TradeRecord) => ownIdOf(customComment)?.clientOrderId === clientOrderId
    const waiting = [...this.pending.values()].filter(mine)
    const pieces = [...this.open.values(), ...this.closed.values()].filter(mine)
    if (waiting.length + pieces.length === 0) return null
    const missing = !isWhole([...waiting, ...pieces].map(({ customComment }) => customComment))
    const fees = pieces.every(({ closed }) => !closed)
      ? sum(pieces.map(({ commission }) => decimal(commission).abs())).toString()
      : null
    return {
      clientOrderId,
      venueOrderId: [...new Set([...waiting, ...pieces].map(({ position }) => position))].join('+'),
      symbol,
      status: waiting.length > 0 ? 'working' : missing ? 'cancelled' : 'filled',
      filledQuantity: volumeOf(pieces).toString(),
      averagePrice: averageOf(pieces.map(pieceOf)),
      fee: fees,
      feeCurrency: null,
      executedAt: latestOf(pieces.map(({ open_time: ms }) => new Date(ms))),
      message: missing && waiting.length === 0 ? 'not all parts were placed' : null,
    }
  }

  /** A stop or target as an order: working while its level stands, filled by what it closed. */
  protection(exit: Protection): VenueOrder {
    const isWorking = stands(exit, (id) => {
      const record = this.open.get(id)
      return record === undefined ? undefined : leveled(record)
    })
    return orderOfLevel(exit, isWorking, this.closedBy(exit.clientOrderId))
  }

  /** A close as an order by what it closed; null while nobody knows whether it arrived. */
  close(closing: Closing): VenueOrder | null {
    const closed = this.closedBy(closing.clientOrderId)
    if (closed.pieces.length === 0 && closing.lost.size > 0) return null
    return orderOfClose(closing, closingIdOf(closing), closed)
  }

  private closedBy(clientOrderId: string): Closed {
    const closed = [...this.closed.values()].filter((record) => this.ownerOf(record) === clientOrderId)
    const pieces = closed.map(({ volume, close_price: price }) => ({ volume, price }))
    const executedAt = latestOf(closed.flatMap(({ close_time: ms }) => (typeof ms === 'number' ? new Date(ms) : [])))
    return { pieces, executedAt, fee: sum(closed.map((record) => this.closingFee(record))) }
  }

  netted(symbolOf: (name: string) => string | null): VenuePosition[] {
    const bySymbol = Map.groupBy(this.open.values(), ({ symbol }) => symbolOf(symbol ?? '') ?? '')
    bySymbol.delete('')
    return netted([...bySymbol].map(([symbol, records]) => [symbol, records.map(pieceOf)]))
  }

  /** Openings and closes of one market since a moment. */
  fills(query: {
    readonly name: string
    readonly symbol: string
    readonly currency: string | null
    readonly since: number
  }): VenueFill[] {
    const { name, symbol, currency, since } = query
    const all = [...this.open.values(), ...this.closed.values()].filter((record) => record.symbol === name)
    const openings = [...Map.groupBy(all, ({ position }) => position)].flatMap(([position, pieces]): VenueFill[] => {
      const [first] = pieces
      if (first === undefined || first.open_time < since) return []
      const volume = volumeOf(pieces)
      const cost = this.openingCost.get(position) ?? ZERO
      return [
        {
          tradeId: `${position}`,
          venueOrderId: `${position}`,
          clientOrderId: ownIdOf(first.customComment)?.clientOrderId ?? null,
          symbol,
          side: sideOf(first),
          quantity: volume.toString(),
          price: first.open_price,
          fee: cost.times(volume).toString(),
          feeCurrency: currency,
          forced: null,
          at: new Date(first.open_time),
        },
      ]
    })
    const closes = [...this.closed.values()]
      .filter((record) => record.symbol === name && (record.close_time ?? 0) >= since)
      .map((record): VenueFill => {
        return {
          tradeId: `${record.position}:${record.order2}`,
          venueOrderId: `${record.order2}`,
          clientOrderId: this.ownerOf(record),
          symbol,
          side: sideOf(record) === 'buy' ? 'sell' : 'buy',
          quantity: record.volume,
          price: record.close_price,
          fee: this.closingFee(record).toString(),
          feeCurrency: currency,
          forced: record.comment.includes('[S/O') ? 'stop-out' : null,
          at: new Date(record.close_time ?? 0),
        }
      })
    return [...openings, ...closes]
  }
}
