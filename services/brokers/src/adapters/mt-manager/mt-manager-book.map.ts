/**
 * The account's trades as last told, by ticket, and what they mean for our orders. Pure but for its own maps. Called by the
 * session's parts. Must never count a piece of a position twice, nor lose whose it is when the venue replaces its comment.
 */
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import type { Side } from '@tradewire/contracts/common'
import { latestOf } from '@tradewire/kernel/clock'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { type Level, type LevelExits, type Protection, stands } from '#domain/positions/level-exits'
import { isWhole, type OwnId, ownIdOf, partIdOf } from '#domain/positions/part-ids'
import {
  averageOf,
  type Closed,
  type HeldPiece,
  netted,
  orderOfClose,
  orderOfLevel,
} from '#domain/positions/position-sums'
import type { TradeRecord } from './mt-manager-records.wire.ts'

/** A close of ours, by the tickets that it was sent for: the venue keeps no id of it. */
export interface Closing {
  readonly clientOrderId: string
  readonly symbol: string
  /** Zero when it is known from its venue id only. */
  readonly quantity: string
  readonly tickets: Set<string>
}

export interface Position {
  readonly id: string
  readonly side: Side
  readonly symbol: string
  readonly volume: string
  readonly stopLoss: string | null
  readonly takeProfit: string | null
}

const endedMax = 5_000
const rememberedMax = 20_000
const closingId = /^close:(\d{1,18}(?:\+\d{1,18}){0,31})$/
const ticketsId = /^\d{1,18}(?:\+\d{1,18}){0,31}$/
const levelSuffix = /\[(?:sl|tp)\]$/i

export function sideOf({ tradeCommand }: TradeRecord): Side {
  return tradeCommand.startsWith('Sell') ? 'sell' : 'buy'
}

function isPosition({ tradeCommand }: TradeRecord): boolean {
  return tradeCommand === 'Buy' || tradeCommand === 'Sell'
}

function isPending({ tradeCommand }: TradeRecord): boolean {
  return /^(Buy|Sell)(Limit|Stop)$/.test(tradeCommand)
}

export function isOpen({ tradeRecordState }: TradeRecord): boolean {
  return tradeRecordState.startsWith('Open')
}

/** Which level of a position the venue closed it at; null when somebody closed. */
function levelOfTrade({ activationType, comment }: TradeRecord): Level | null {
  if (activationType === 'SL' || comment.endsWith('[sl]')) return 'stop'
  return activationType === 'TP' || comment.endsWith('[tp]') ? 'target' : null
}

function isStopOut({ activationType, comment }: TradeRecord): boolean {
  return activationType === 'Stopout' || comment.startsWith('so: ')
}

function pieceOf(record: TradeRecord): HeldPiece {
  const { volume, openPrice: price, profit, storage } = record
  return { side: sideOf(record), volume, price, profit: decimal(profit).plus(decimal(storage)) }
}

export class MtManagerBook {
  readonly open = new Map<string, TradeRecord>()
  readonly ended = new Map<string, TradeRecord>()
  private readonly closings = new Map<string, Closing>()
  /** What is left of a position that was closed in part has a new ticket: by it, the one before. */
  private readonly parents = new Map<string, string>()
  /** Whose a ticket is, as its comment once said or as we remember. */
  private readonly owners = new Map<string, string>()
  /** Commission of one lot's opening, by first ticket: closed records tell both ways together. */
  private readonly openingCosts = new Map<string, Decimal>()

  constructor(private readonly exits: LevelExits) {}

  /** All that stands now. Answers the tickets that stood before and do not any more: what became of them must be asked. */
  replace(records: readonly TradeRecord[]): readonly string[] {
    const now = new Set(records.map(({ order }) => order))
    const missing = [...this.open.keys()].filter((order) => !now.has(order))
    for (const record of records) this.add(record)
    return missing
  }

  add(told: TradeRecord): void {
    if ((!isPosition(told) && !isPending(told)) || decimal(told.volume).lte(ZERO)) return
    const record = this.asFirstTold(told)
    const { order, comment } = record
    const own = comment.replace(levelSuffix, '')
    if (ownIdOf(own) !== null) keep(this.owners, order, own)
    const before = /^from #(\d{1,18})/.exec(comment)?.[1]
    if (before !== undefined) keep(this.parents, order, before)
    const after = /^to #(\d{1,18})/.exec(comment)?.[1]
    if (after !== undefined) keep(this.parents, after, order)
    if (!isOpen(record)) return this.addEnded(record)
    // What stands is told from a memory that may be behind: no ticket opens again.
    if (this.ended.has(order)) return
    this.open.set(order, record)
    if (!isPosition(record)) return
    this.exits.see({ id: order, stopLoss: record.sl, takeProfit: record.tp })
    keep(this.openingCosts, this.firstOf(order), decimal(record.commission).abs().div(decimal(record.volume)))
  }

  /** A server's zone moves with summer time: a trade that moved with it would be another hour's, and count as news again. */
  private asFirstTold(told: TradeRecord): TradeRecord {
    const known = this.ended.get(told.order) ?? this.open.get(told.order)
    // A pending order that becomes a position has been opened only now.
    if (known === undefined || known.tradeCommand !== told.tradeCommand) return told
    const { openTime, closeTime } = known
    return { ...told, openTime, closeTime: isOpen(known) ? told.closeTime : closeTime }
  }

  private addEnded(record: TradeRecord): void {
    this.open.delete(record.order)
    this.ended.set(record.order, record)
    const [oldest] = this.ended.keys()
    if (this.ended.size > endedMax && oldest !== undefined) this.ended.delete(oldest)
  }

  /** The venue does not know the ticket any more. */
  forget(ticket: string): void {
    this.open.delete(ticket)
  }

  /** Whose the tickets are, where their comments may have been replaced; closes are known by nothing else. */
  learn(clientOrderId: string, venueOrderId: string, symbol: string): void {
    const closed = closingId.exec(venueOrderId)?.[1]
    if (closed !== undefined && !this.closings.has(clientOrderId)) {
      this.addClosing({ clientOrderId, symbol, quantity: '0', tickets: new Set(closed.split('+')) })
    }
    if (!ticketsId.test(venueOrderId)) return
    const tickets = venueOrderId.split('+').toSorted((one, other) => (decimal(one).lt(decimal(other)) ? -1 : 1))
    for (const [index, ticket] of tickets.entries()) {
      if (!this.owners.has(ticket)) keep(this.owners, ticket, partIdOf(clientOrderId, index + 1, tickets.length))
    }
  }

  /** A trade that we opened ourselves: known before any read shows it. */
  learnOwner(ticket: string, partId: string): void {
    keep(this.owners, ticket, partId)
  }

  addClosing(closing: Closing): void {
    keep(this.closings, closing.clientOrderId, closing)
  }

  closing(clientOrderId: string): Closing | undefined {
    return this.closings.get(clientOrderId)
  }

  allClosings(): readonly Closing[] {
    return [...this.closings.values()]
  }

  /** The ticket and those before it, the first one last. */
  private chainOf(ticket: string): readonly string[] {
    const chain = new Set([ticket])
    for (let before = this.parents.get(ticket); before !== undefined && !chain.has(before);) {
      chain.add(before)
      before = this.parents.get(before)
    }
    return [...chain]
  }

  firstOf(ticket: string): string {
    return this.chainOf(ticket).at(-1) ?? ticket
  }

  ownIdOf(ticket: string): OwnId | null {
    const text = this.owners.get(this.firstOf(ticket)) ?? this.owners.get(ticket)
    return text === undefined ? null : ownIdOf(text)
  }

  /** Tickets that are known to be of an order. */
  ticketsOf(clientOrderId: string): readonly string[] {
    const all = [...this.open.keys(), ...this.ended.keys(), ...this.owners.keys()]
    return [...new Set(all)].filter((ticket) => this.ownIdOf(ticket)?.clientOrderId === clientOrderId)
  }

  positions(): readonly Position[] {
    return [...this.open.values()].filter(isPosition).map(positionOf)
  }

  /** What is left of it, perhaps under a newer ticket. */
  position(id: string): Position | undefined {
    const first = this.firstOf(id)
    const record = this.open.get(id) ?? [...this.open.values()].find(({ order }) => this.firstOf(order) === first)
    return record !== undefined && isPosition(record) ? positionOf(record) : undefined
  }

  pending(): readonly TradeRecord[] {
    return [...this.open.values()].filter(isPending)
  }

  /** Our entry as its records tell; null when there is none. */
  entry(clientOrderId: string, symbol: string): VenueOrder | null {
    const mine = [...this.open.values(), ...this.ended.values()].filter(
      ({ order }) => this.ownIdOf(order)?.clientOrderId === clientOrderId,
    )
    if (mine.length === 0) return null
    const waiting = mine.filter((record) => isOpen(record) && isPending(record))
    const pieces = mine.filter(isPosition)
    const texts = mine.flatMap(({ order }) => this.owners.get(this.firstOf(order)) ?? this.owners.get(order) ?? [])
    const complete = isWhole(texts) && mine.length === waiting.length + pieces.length && pieces.length > 0
    const costs = pieces.map(({ order, volume }) => this.openingCosts.get(this.firstOf(order))?.times(decimal(volume)))
    const known = costs.filter((cost) => cost !== undefined)
    return {
      clientOrderId,
      venueOrderId: [...new Set(mine.map(({ order }) => this.firstOf(order)))].toSorted().join('+'),
      symbol,
      status: waiting.length > 0 ? 'working' : complete ? 'filled' : 'cancelled',
      filledQuantity: sum(pieces.map(({ volume }) => decimal(volume))).toString(),
      averagePrice: averageOf(pieces.map(({ volume, openPrice: price }) => ({ volume, price }))),
      fee: pieces.length > 0 && known.length === costs.length ? sum(known).toString() : null,
      feeCurrency: null,
      executedAt: latestOf(pieces.map(({ openTime }) => openTime)),
      message: !complete && waiting.length === 0 && pieces.length > 0 ? 'not all parts were placed' : null,
    }
  }

  /** A stop or target as an order: working while its level stands, filled by what it closed. */
  protection(exit: Protection): VenueOrder {
    const isWorking = stands(exit, (id) => this.position(id))
    return orderOfLevel(exit, isWorking, this.closedBy(exit.clientOrderId))
  }

  /** A close as an order; null while nothing shows that it closed something. */
  close(closing: Closing): VenueOrder | null {
    const closed = this.closedBy(closing.clientOrderId)
    if (closed.pieces.length === 0) return null
    return orderOfClose(closing, `close:${[...closing.tickets].join('+')}`, closed)
  }

  private closedBy(clientOrderId: string): Closed {
    const all = [...this.ended.values()]
    const closed = all.filter((record) => isPosition(record) && this.ownerOf(record) === clientOrderId)
    const pieces = closed.map(({ volume, closePrice: price }) => ({ volume, price }))
    const executedAt = latestOf(closed.map(({ closeTime }) => closeTime))
    return { pieces, executedAt, fee: sum(closed.map((record) => this.closingFee(record))) }
  }

  /** Which exit of ours a closed trade was; null when none. */
  ownerOf(record: TradeRecord): string | null {
    if (isStopOut(record)) return null
    const level = levelOfTrade(record)
    if (level !== null) {
      const owners = this.chainOf(record.order).flatMap((ticket) => this.exits.ownerOf(level, ticket) ?? [])
      return owners[0] ?? null
    }
    return this.allClosings().findLast(({ tickets }) => tickets.has(record.order))?.clientOrderId ?? null
  }

  /** What a close cost by itself: its own commission, and the swap that was booked with it. */
  private closingFee(record: TradeRecord): Decimal {
    const whole = decimal(record.commission).abs()
    const known = this.openingCosts.get(this.firstOf(record.order))
    const opening = known === undefined ? whole.div('2') : known.times(decimal(record.volume))
    return whole.minus(opening).minus(decimal(record.storage))
  }

  netted(symbolOf: (name: string) => string): VenuePosition[] {
    const held = [...this.open.values()].filter(isPosition)
    const bySymbol = Map.groupBy(held, ({ symbol }) => symbolOf(symbol))
    return netted([...bySymbol].map(([symbol, records]) => [symbol, records.map(pieceOf)]))
  }

  /** Openings and closes of one of the broker's symbols since a moment. */
  fills(query: {
    readonly name: string
    readonly symbol: string
    readonly currency: string | null
    readonly since: Date
  }): VenueFill[] {
    const { name, symbol, currency, since } = query
    const all = [...this.open.values(), ...this.ended.values()].filter((one) => isPosition(one) && one.symbol === name)
    const shared = { symbol, feeCurrency: currency }
    const openings = [...Map.groupBy(all, ({ order }) => this.firstOf(order))].flatMap(
      ([first, pieces]): VenueFill[] => {
        const [record] = pieces
        if (record === undefined || record.openTime < since) return []
        const volume = sum(pieces.map((piece) => decimal(piece.volume)))
        const cost =
          this.openingCosts.get(first) ?? decimal(record.commission).abs().div(decimal(record.volume)).div('2')
        return [
          {
            ...shared,
            tradeId: first,
            venueOrderId: first,
            clientOrderId: this.ownIdOf(first)?.clientOrderId ?? null,
            side: sideOf(record),
            quantity: volume.toString(),
            price: record.openPrice,
            fee: cost.times(volume).toString(),
            forced: null,
            at: record.openTime,
          },
        ]
      },
    )
    const closes = all
      .filter((record) => !isOpen(record) && record.closeTime >= since)
      .map((record): VenueFill => ({
        ...shared,
        tradeId: `${record.order}:close`,
        venueOrderId: record.order,
        clientOrderId: this.ownerOf(record),
        side: sideOf(record) === 'buy' ? 'sell' : 'buy',
        quantity: record.volume,
        price: record.closePrice,
        fee: this.closingFee(record).toString(),
        forced: isStopOut(record) ? 'stop-out' : null,
        at: record.closeTime,
      }))
    return [...openings, ...closes]
  }
}

function positionOf(record: TradeRecord): Position {
  const { order: id, symbol, volume, sl: stopLoss, tp: takeProfit } = record
  return { id, side: sideOf(record), symbol, volume, stopLoss, takeProfit }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > rememberedMax && oldest !== undefined) map.delete(oldest)
}
