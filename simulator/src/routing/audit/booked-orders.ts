/**
 * The orders in a venue's books and what they add up to: positions, coins, what exits can still close. Pure.
 * Called by the simulated venue and by the checker. Must never know what we believe.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import type { VenueFill, VenueOrderStatus } from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, maximum, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import { baseOf } from '../terms.ts'

export interface BookedOrder {
  readonly order: ApprovedOrder
  readonly venueOrderId: string
  readonly visibleFromMs: number
  readonly bookedAt: Date
  status: VenueOrderStatus
  filled: Decimal
  paid: Decimal
  fills: VenueFill[]
  /** Executed just before its end and told later: the last of its fills. */
  late: { readonly fill: VenueFill; readonly toldAtMs: number } | null
}

/** As the venue shows it: without what it has not told yet. */
export function shownAt(one: BookedOrder, nowMs: number): BookedOrder {
  const { late, filled, paid, fills } = one
  if (late === null || nowMs >= late.toldAtMs) return one
  const quantity = decimal(late.fill.quantity)
  return {
    ...one,
    status: 'cancelled',
    filled: filled.minus(quantity),
    paid: paid.minus(quantity.times(late.fill.price)),
    fills: fills.slice(0, -1),
  }
}

/** So late news of a fill may become a cancel. */
const newsLatestMs = 3_000

/** Bought less sold; long is positive. */
export function netOf(booked: readonly BookedOrder[]): Decimal {
  return booked.reduce((net, { order, filled }) => (order.side === 'buy' ? net.plus(filled) : net.minus(filled)), ZERO)
}

/** What fees have taken of the coins themselves. */
export function coinFeesOf(booked: readonly BookedOrder[]): Decimal {
  const fills = booked.flatMap((one) => one.fills)
  return sum(fills.filter(({ symbol, feeCurrency }) => feeCurrency === baseOf(symbol)).map(({ fee }) => decimal(fee)))
}

export function openOf({ order, filled }: BookedOrder): Decimal {
  return decimal(order.quantity).minus(filled)
}

/** Brackets that have sold more than they had bought, and so the coins of somebody else (of another trade, or of the owner). */
export function soldOthers(booked: readonly BookedOrder[]): string[] {
  const byBracket = Map.groupBy(booked, ({ order }) => order.bracketId)
  return [...byBracket].flatMap(([bracketId, own]) => {
    const left = netOf(own).minus(coinFeesOf(own))
    return left.lt(ZERO) ? [`bracket ${bracketId} has sold ${left.abs().toString()} that it did not hold`] : []
  })
}

/**
 * What a stop covers must be covered by another one of its bracket at the moment at which it is taken away; answers what
 * is bared, if anything. `reducible` is what it could still take off the position.
 */
export function baredBy(
  stop: BookedOrder,
  booked: readonly BookedOrder[],
  { reducible, nowMs }: { readonly reducible: Decimal; readonly nowMs: number },
): Decimal | null {
  const isOwn = ({ order }: BookedOrder): boolean => order.bracketId === stop.order.bracketId
  const own = booked.filter(isOwn)
  const others = booked.filter((one) => !isOwn(one) && one.order.symbol === stop.order.symbol)
  const { side } = stop.order
  const leftOf = (some: readonly BookedOrder[]): Decimal => closable(some, side, nowMs + 1)
  const byBracket = [...Map.groupBy(others, ({ order }) => order.bracketId).values()]
  const theirs = sum(byBracket.map((some) => maximum(leftOf(some), ZERO)))
  // What exits of other brackets on this side have closed beyond their own is gone as well.
  const alike = byBracket.filter((some) => some.some(({ order }) => order.purpose === 'entry' && order.side !== side))
  const taken = sum(alike.map((some) => minimum(leftOf(some), ZERO)))
  // Who asked for the cancel may not have heard of what the entry has got since.
  const heard = closable(own, side, nowMs - newsLatestMs).plus(taken)
  const covers = minimum(heard, reducible.minus(theirs), openOf(stop))
  const stops = own.filter((one) => one !== stop && one.status === 'working' && one.order.purpose === 'stop')
  return covers.lte(ZERO) || stops.some((one) => openOf(one).gte(covers)) ? null : covers
}

/** What exits of this side can close of these orders, counting what was opened before that moment. */
function closable(orders: readonly BookedOrder[], side: string, beforeMs: number): Decimal {
  const signed = orders
    .flatMap(({ fills }) => fills)
    .filter((fill) => fill.side === side || fill.at.getTime() < beforeMs)
    .map((fill) => (fill.side === side ? ZERO.minus(fill.quantity) : decimal(fill.quantity)))
  return sum(signed)
}
