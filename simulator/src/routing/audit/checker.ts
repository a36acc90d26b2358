/**
 * What must be true once nothing is under way: our books against the venue's. Pure.
 * Called by the world after healing. Must never repair anything: it only says what is wrong.
 */
import type { Event } from '@tradewire/contracts/define-event'
import { type Decimal, HUNDRED, maximum, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import type { Bracket } from '@tradewire/orders/domain/bracket/bracket'
import { hasFired, isFinal, openQuantity } from '@tradewire/orders/domain/bracket/leg'
import { type Position, positionOf } from '@tradewire/orders/domain/bracket/position'
import { sellsCoins } from '@tradewire/orders/domain/planning/venue-capabilities'
import { type BookedOrder, netOf } from './booked-orders.ts'
import type { PriceHistory } from '../parts/price-history.ts'

export interface Books {
  readonly accountId: string
  readonly brackets: readonly Bracket[]
  /** Every order that the venue has accepted from the account. */
  readonly booked: readonly BookedOrder[]
}

/** The states in which a bracket may rest. */
const restStates: ReadonlySet<string> = new Set(['protected', 'closed', 'failed'])

/** Invariant I2, which holds at every moment: at most one venue order for an intent. */
export function doubledOrders({ accountId, booked }: Books): string[] {
  const counts = new Map<string, number>()
  for (const { order } of booked) counts.set(order.intentId, (counts.get(order.intentId) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([intentId, count]) => `I2: account ${accountId} has ${count} venue orders for intent ${intentId}`)
}

/** Invariants at rest; empty when all hold. */
export function unrest(books: Books): string[] {
  const bySymbol = Map.groupBy(books.brackets, ({ symbol }) => symbol)
  return [
    ...doubledOrders(books),
    ...[...bySymbol].flatMap(([symbol, brackets]) => {
      const booked = books.booked.filter(({ order }) => order.symbol === symbol)
      return unrestOfSymbol({ ...books, brackets, booked })
    }),
    ...orphans(books),
    ...misdated(books),
  ]
}

function unrestOfSymbol({ accountId, brackets, booked }: Books): string[] {
  const problems: string[] = []
  let held = ZERO
  let taken = ZERO
  const isShared = new Set(brackets.map(({ followId }) => followId)).size > 1
  for (const bracket of brackets) {
    if (bracket.state === 'waiting') {
      problems.push(`I1: bracket ${bracket.bracketId} is still waiting for its turn`)
      continue
    }
    const position = positionOf(bracket)
    const sign = bracket.side === 'buy' ? '1' : '-1'
    // Of coins a fee may have taken some that were bought: only what was bought and sold can be compared.
    const own = sellsCoins(bracket.venue) ? position.opened.minus(position.closed) : position.remaining
    held = held.plus(own.times(sign))
    if (isShared) taken = taken.plus(overExecuted(position, bracket).times(sign))
    taken = taken.minus(nettedAway(bracket, brackets).times(sign))
    if (!restStates.has(bracket.state) && !entryRests(bracket) && !isWatched(bracket))
      problems.push(`I1: bracket ${bracket.bracketId} is ${bracket.state}`)
    problems.push(...unprotected(bracket), ...unmoved(bracket), ...unswept(bracket))
  }
  const atVenue = netOf(booked)
  const least = minimum(held, held.minus(taken))
  const most = maximum(held, held.minus(taken))
  if (atVenue.lt(least) || atVenue.gt(most))
    problems.push(`account ${accountId} holds ${atVenue.toString()} at the venue, ${held.toString()} in our books`)
  return problems
}

/**
 * What the exits of one bracket closed beyond its own position: two of them executed at the same moment, and the
 * account held more of the same side for another bracket. That one's books are put right when it ends.
 */
function overExecuted({ opened, closed }: Position, { gone }: Bracket): Decimal {
  return maximum(closed.plus(gone).minus(opened), ZERO)
}

/**
 * What the entry had filled before it was cancelled was told so late that the account had turned: the venue took it off the
 * new position, and the close found nothing. The stop of that one covers more than is held until its own end puts its
 * books right.
 */
function nettedAway({ side, bracketId, venue, losses }: Bracket, brackets: readonly Bracket[]): Decimal {
  const turned = brackets.some((other) => other.side !== side && other.bracketId > bracketId && hasFilled(other))
  if (!turned || sellsCoins(venue)) return ZERO
  return sum(losses.filter(({ reason, price }) => reason === 'venue' && price === null).map(({ quantity }) => quantity))
}

function hasFilled({ firstFilledAt }: Bracket): boolean {
  return firstFilledAt !== null
}

/** A limit entry may rest at the venue for a while, with nothing held yet. */
function entryRests({ state, legs }: Bracket): boolean {
  const [entry] = legs
  return state === 'entering' && entry?.type === 'limit' && entry.state === 'working' && entry.filledQuantity.eq(ZERO)
}

/** Its follower only wants to be told, and the venue takes no stop because another bracket has closed what it held. */
function isWatched({ state, exits, legs }: Bracket): boolean {
  const newest = legs.findLast(({ purpose }) => purpose === 'stop')
  return state === 'open' && exits.onStopFailure === 'alert' && newest?.reason?.code === 'REDUCE_ONLY_REFUSED'
}

function unprotected(bracket: Bracket): string[] {
  if (bracket.state !== 'protected') return []
  const position = positionOf(bracket)
  const stops = bracket.legs.filter((leg) => leg.purpose === 'stop' && leg.state === 'working')
  // Stops of coins add up; all others replace each other.
  const covered = sellsCoins(bracket.venue)
    ? sum(stops.map(openQuantity)).eq(position.remaining)
    : stops.length === 1 && openQuantity(stops[0]!).gte(position.remaining)
  const held = position.remaining.toString()
  return covered ? [] : [`bracket ${bracket.bracketId} says protected and has ${stops.length} stops over ${held}`]
}

/** Once its target is filled the stop stands at the entry or better, unless the venue has refused it there. */
function unmoved({ bracketId, state, side, exits, legs }: Bracket): string[] {
  const { moveStopAfterTarget: after, moveStopOffsetPercent: offset } = exits
  const entry = legs[0]?.averagePrice ?? null
  const target = legs.find((leg) => leg.leg === `target-${after}` && leg.state === 'filled')?.price ?? null
  if (state !== 'protected' || target === null || entry === null) return []
  const better = (price: Decimal, other: Decimal) => (side === 'buy' ? price.gte(other) : price.lte(other))
  const shift = entry.times(offset).div(HUNDRED)
  const asked = side === 'buy' ? entry.plus(shift) : entry.minus(shift)
  if (better(asked, target)) return []
  const atEntry = legs.filter(
    ({ purpose, triggerPrice }) => purpose === 'stop' && triggerPrice !== null && better(triggerPrice, asked),
  )
  const moved = atEntry.some((stop) => stop.state === 'working' || stop.state === 'rejected')
  return moved
    ? []
    : [`bracket ${bracketId} has taken target ${after} and its stop has not moved to ${asked.toString()}`]
}

/** Nothing of a trade that has ended may still be executed: it would eat into the next position. */
function unswept({ bracketId, state, legs }: Bracket): string[] {
  if (state !== 'closed' && state !== 'failed') return []
  const left = legs.filter((leg) => !isFinal(leg))
  return left.map(({ leg }) => `bracket ${bracketId} is ${state} and its ${leg} still stands`)
}

/** Orders that stand at the venue without a leg of ours that says so, and the other way round. */
function orphans({ brackets, booked, accountId }: Books): string[] {
  const working = new Set(booked.filter(({ status }) => status === 'working').map(({ order }) => order.intentId))
  const legs = brackets.flatMap((bracket) => bracket.legs.map((leg) => ({ leg, bracket })))
  const sent = legs.filter(({ leg }) => !isFinal(leg) && leg.state !== 'watching')
  const standing = new Set<string>(sent.map(({ leg }) => leg.intentId))
  const lost = [...standing].filter((intentId) => !working.has(intentId))
  const forgotten = [...working].filter((intentId) => !standing.has(intentId))
  return [
    ...lost.map((intentId) => `account ${accountId}: intent ${intentId} stands in our books and not at the venue`),
    ...forgotten.map((intentId) => `account ${accountId}: intent ${intentId} stands at the venue and not in our books`),
  ]
}

/** What was executed is of the time at which the venue executed the last of it, whenever we heard of that. */
function misdated({ brackets, booked }: Books): string[] {
  const timeOf = new Map<string, Date>(
    booked.flatMap(({ order, fills }) => fills.map(({ at }) => [order.intentId, at])),
  )
  return brackets.flatMap(({ bracketId, legs }) =>
    legs.flatMap(({ leg, intentId, filledAt }) => {
      const executedAt = timeOf.get(intentId)?.toISOString() ?? null
      return filledAt === executedAt
        ? []
        : [`bracket ${bracketId}: ${leg} is of ${filledAt}, and of ${executedAt} at the venue`]
    }),
  )
}

/** What was watched for was sent for a price that had come, and waits no longer once it has fired. */
export function watchedFor({ brackets }: Books, prices: PriceHistory): string[] {
  return brackets.flatMap(({ bracketId, symbol, legs }) => {
    const fired = legs.filter(hasFired)
    const early = fired.filter((leg) => !prices.hasCome(symbol, leg))
    return early.map(({ leg }) => `bracket ${bracketId}: ${leg} fired before its price had come`)
  })
}

/** Fired and not sent, although the position is still there: nothing is under way any more. */
export function unsent({ brackets }: Books): string[] {
  return brackets.flatMap(({ bracketId, legs }) => {
    const waiting = legs.filter((leg) => leg.state === 'watching' && hasFired(leg))
    return waiting.map(({ leg }) => `bracket ${bracketId}: the price of ${leg} has come, and it was not sent`)
  })
}

/** Trade events by account: numbered without gaps, each trade opened and closed at most once. */
export function tradeNews(events: readonly Event[]): string[] {
  const problems: string[] = []
  const sequences = new Map<string, number[]>()
  const seen = new Set<string>()
  for (const { name, data } of events) {
    if (name !== 'trade.opened' && name !== 'trade.closed') continue
    const { accountId, sequence, tradeId } = data as { accountId: string; sequence: number; tradeId: string }
    sequences.set(accountId, [...(sequences.get(accountId) ?? []), sequence])
    const key = `${name} ${tradeId}`
    if (seen.has(key)) problems.push(`${key} was told twice`)
    seen.add(key)
  }
  for (const [accountId, numbers] of sequences) {
    const sorted = numbers.toSorted((a, b) => a - b)
    if (sorted.some((number, index) => number !== index + 1)) {
      problems.push(`trade events of account ${accountId} are numbered ${sorted.join(', ')}`)
    }
  }
  return problems
}
