/**
 * Our exits at a venue where stops and targets stand on positions: which positions each covers, and what became of it.
 * Called by the session. Must never let two exits hold the same level of a position at once.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { averageOf } from '#domain/position-sums'
import type { TradeRecord } from './xapi-records.wire.ts'
import { annotationOf, type XapiTrades } from './xapi-trades.map.ts'

/** A stop or target of ours, as levels on positions. */
export interface Protection {
  readonly kind: 'stop' | 'target'
  readonly clientOrderId: string
  readonly symbol: string
  readonly price: string
  /** Zero when it is known from its venue id only. */
  readonly quantity: string
  readonly positions: readonly number[]
  cancelled: boolean
}

/** A close of ours, as the numbers of its transactions. */
export interface Closing {
  readonly kind: 'close'
  readonly clientOrderId: string
  readonly symbol: string
  readonly quantity: string
  readonly transactions: Set<number>
  /** Positions whose transaction was never answered, with what was closed of them before: the next close of one is ours. */
  readonly lost: Map<number, ReadonlySet<number>>
}

export type Exit = Protection | Closing

const exitsMax = 20_000
const protectionId = /^(sl|tp)@(\d{1,20}(?:\.\d{1,20})?):(\d{1,18}(?:\+\d{1,18}){0,31})$/
const closingId = /^close:(\d{1,18}(?:\+\d{1,18}){0,31})$/

/** What we keep as the venue's id of an exit: enough to know it again after a restart. */
export function venueIdOf(exit: Exit): string {
  if (exit.kind === 'close') return `close:${[...exit.transactions].join('+')}`
  return `${exit.kind === 'stop' ? 'sl' : 'tp'}@${exit.price}:${exit.positions.join('+')}`
}

export function exitOfVenueId(venueId: string, clientOrderId: string, symbol: string): Exit | null {
  const protection = protectionId.exec(venueId)
  if (protection?.[2] !== undefined && protection[3] !== undefined) {
    const kind = protection[1] === 'sl' ? 'stop' : 'target'
    const positions = protection[3].split('+').map(Number)
    return { kind, clientOrderId, symbol, price: protection[2], quantity: '0', positions, cancelled: false }
  }
  const closing = closingId.exec(venueId)
  if (closing?.[1] === undefined) return null
  return {
    kind: 'close',
    clientOrderId,
    symbol,
    quantity: '0',
    transactions: new Set(closing[1].split('+').map(Number)),
    lost: new Map(),
  }
}

export class XapiExits {
  private readonly exits = new Map<string, Exit>()

  add(exit: Exit): void {
    this.exits.set(exit.clientOrderId, exit)
    const [oldest] = this.exits.keys()
    if (this.exits.size > exitsMax && oldest !== undefined) this.exits.delete(oldest)
  }

  find(clientOrderId: string): Exit | undefined {
    return this.exits.get(clientOrderId)
  }

  all(): readonly Exit[] {
    return [...this.exits.values()]
  }

  /** The protection that set this level last, if it is still wanted. */
  holderOf(kind: Protection['kind'], position: number): Protection | undefined {
    return this.all().findLast(
      (exit): exit is Protection => exit.kind === kind && !exit.cancelled && exit.positions.includes(position),
    )
  }

  /** Which exit of ours made the venue close; null when none did. */
  ownerOf(record: TradeRecord): string | null {
    const why = annotationOf(record)
    if (why === 'stop' || why === 'target') {
      const level = decimal(why === 'stop' ? record.sl : record.tp)
      const fits = this.all().filter(
        (exit): exit is Protection => exit.kind === why && exit.positions.includes(record.position),
      )
      const exact = fits.findLast(({ price }) => decimal(price).eq(level))
      return (exact ?? fits.at(-1))?.clientOrderId ?? null
    }
    const closings = this.all().filter((exit): exit is Closing => exit.kind === 'close')
    const named = closings.find(({ transactions }) => transactions.has(record.order2))
    const unanswered = closings.find(({ lost }) => lost.get(record.position)?.has(record.order2) === false)
    return (named ?? unanswered)?.clientOrderId ?? null
  }
}

function levelOf(record: TradeRecord, kind: Protection['kind']): Decimal {
  return decimal(kind === 'stop' ? record.sl : record.tp)
}

/**
 * The exit as an order: working while its level stands, filled by what it closed. Null for a close of which nobody knows
 * yet whether it arrived.
 */
export function orderOfExit(
  exit: Exit,
  trades: XapiTrades,
  ownerOf: (record: TradeRecord) => string | null,
): VenueOrder | null {
  const closed = [...trades.allClosed()].filter((record) => ownerOf(record) === exit.clientOrderId)
  if (exit.kind === 'close' && closed.length === 0 && exit.lost.size > 0) return null
  const filled = sum(closed.map(({ volume }) => decimal(volume)))
  const ended = filled.gt(ZERO) && filled.gte(decimal(exit.quantity)) ? 'filled' : 'cancelled'
  const stands =
    exit.kind !== 'close' &&
    !exit.cancelled &&
    exit.positions.some((position) => {
      const record = trades.open.get(position)
      return record !== undefined && levelOf(record, exit.kind).eq(decimal(exit.price))
    })
  return {
    clientOrderId: exit.clientOrderId,
    venueOrderId: venueIdOf(exit),
    symbol: exit.symbol,
    status: stands ? 'working' : ended,
    filledQuantity: filled.toString(),
    averagePrice: averageOf(closed.map(({ volume, close_price: price }) => ({ volume, price }))),
    fee: sum(closed.map((record) => trades.closingFee(record))).toString(),
    feeCurrency: null,
    message: null,
  }
}
