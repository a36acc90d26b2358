/**
 * The account's positions, pending orders and closed trades as last told, and what they mean for our orders. Pure but for
 * its own maps. Called by the session. Must never let an older piece of a position count twice.
 */
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { averageOf, type HeldPiece, netted } from '#domain/position-sums'
import { isPending, isPosition, operation, type TradeRecord } from './xapi-records.wire.ts'

const closedMax = 5_000

/** What a comment of ours says: which order, and which of how many parts. */
export interface Comment {
  readonly clientOrderId: string
  readonly part: number
  readonly parts: number
}

const commentText = /^([0-9a-z]{25})(?:\.(\d{1,2})\/(\d{1,2}))?$/

export function commentOf(text: string): Comment | null {
  const match = commentText.exec(text)
  if (match?.[1] === undefined) return null
  return { clientOrderId: match[1], part: Number(match[2] ?? '1'), parts: Number(match[3] ?? '1') }
}

export function commentFor(clientOrderId: string, part: number, parts: number): string {
  return parts === 1 ? clientOrderId : `${clientOrderId}.${part}/${parts}`
}

export type Annotation = 'stop' | 'target' | 'stop-out' | null

/** Why the venue closed by itself; null when somebody closed. */
export function annotationOf({ comment }: Pick<TradeRecord, 'comment'>): Annotation {
  if (comment.includes('[S/L')) return 'stop'
  if (comment.includes('[T/P')) return 'target'
  return comment.includes('[S/O') ? 'stop-out' : null
}

export function sideOf({ cmd }: Pick<TradeRecord, 'cmd'>): Side {
  return cmd % 2 === operation.buy ? 'buy' : 'sell'
}

function pieceOf(record: TradeRecord): HeldPiece {
  const { volume, open_price: price, profit, storage } = record
  return { side: sideOf(record), volume, price, profit: decimal(profit).plus(decimal(storage)) }
}

export class XapiTrades {
  readonly open = new Map<number, TradeRecord>()
  readonly pending = new Map<number, TradeRecord>()
  private readonly closed = new Map<string, TradeRecord>()
  /** Commission of one lot's opening, by position: closed records tell both ways together. */
  private readonly openingCost = new Map<number, Decimal>()

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
    const held = this.open.get(record.position)
    if (record.type !== undefined && held !== undefined && decimal(held.volume).lte(decimal(record.volume))) {
      this.open.delete(record.position)
    }
    const [oldest] = this.closed.keys()
    if (this.closed.size > closedMax && oldest !== undefined) this.closed.delete(oldest)
  }

  closedOf(position: number): TradeRecord[] {
    return [...this.closed.values()].filter((record) => record.position === position)
  }

  allClosed(): Iterable<TradeRecord> {
    return this.closed.values()
  }

  /** What a close cost by itself: its own commission, and the swap that was booked with it. */
  closingFee(record: TradeRecord): Decimal {
    const whole = decimal(record.commission).abs()
    const known = this.openingCost.get(record.position)
    const opening = known === undefined ? whole.div('2') : known.times(decimal(record.volume))
    return whole.minus(opening).minus(decimal(record.storage))
  }

  /** Our entry as its records tell; null when there is none. */
  entry(clientOrderId: string, symbol: string): VenueOrder | null {
    const mine = ({ customComment }: TradeRecord) => commentOf(customComment)?.clientOrderId === clientOrderId
    const waiting = [...this.pending.values()].filter(mine)
    const pieces = [...this.open.values(), ...this.closed.values()].filter(mine)
    if (waiting.length + pieces.length === 0) return null
    const filled = sum(pieces.map(({ volume }) => decimal(volume)))
    const comments = [...waiting, ...pieces].map(({ customComment }) => commentOf(customComment))
    const parts = comments[0]?.parts ?? 1
    const missing = new Set(comments.map((comment) => comment?.part)).size < parts
    const fees = pieces.every(({ closed }) => !closed)
      ? sum(pieces.map(({ commission }) => decimal(commission).abs())).toString()
      : null
    return {
      clientOrderId,
      venueOrderId: [...new Set([...waiting, ...pieces].map(({ position }) => position))].join('+'),
      symbol,
      status: waiting.length > 0 ? 'working' : missing ? 'cancelled' : 'filled',
      filledQuantity: filled.toString(),
      averagePrice: averageOf(pieces.map(pieceOf)),
      fee: fees,
      feeCurrency: null,
      message: missing && waiting.length === 0 ? 'not all parts were placed' : null,
    }
  }

  netted(symbolOf: (name: string) => string | null): VenuePosition[] {
    const bySymbol = Map.groupBy(this.open.values(), ({ symbol }) => symbolOf(symbol ?? '') ?? '')
    bySymbol.delete('')
    return netted([...bySymbol].map(([symbol, records]) => [symbol, records.map(pieceOf)]))
  }

  /** Openings and closes of one market since a moment; `ownerOf` knows which exit of ours a close was. */
  fills(query: {
    readonly name: string
    readonly symbol: string
    readonly currency: string | null
    readonly since: number
    readonly ownerOf: (record: TradeRecord) => string | null
  }): VenueFill[] {
    const { name, symbol, currency, since, ownerOf } = query
    const all = [...this.open.values(), ...this.closed.values()].filter((record) => record.symbol === name)
    const openings = [...Map.groupBy(all, ({ position }) => position)].flatMap(([position, pieces]): VenueFill[] => {
      const [first] = pieces
      if (first === undefined || first.open_time < since) return []
      const volume = sum(pieces.map((piece) => decimal(piece.volume)))
      const cost = this.openingCost.get(position) ?? ZERO
      return [
        {
          tradeId: `${position}`,
          venueOrderId: `${position}`,
          clientOrderId: commentOf(first.customComment)?.clientOrderId ?? null,
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
          clientOrderId: ownerOf(record),
          symbol,
          side: sideOf(record) === 'buy' ? 'sell' : 'buy',
          quantity: record.volume,
          price: record.close_price,
          fee: this.closingFee(record).toString(),
          feeCurrency: currency,
          forced: annotationOf(record) === 'stop-out' ? 'stop-out' : null,
          at: new Date(record.close_time ?? 0),
        }
      })
    return [...openings, ...closes]
  }
}
