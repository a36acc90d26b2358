/**
 * Judges what happened to a system that was hurt: what was sent, what was answered 2xx, the venue's own ledger, and
 * the rows of the database. Pure; called once all is healed. Must never believe one service's word about its own work.
 */
import { handOrderPrefix, type LedgerOrder, type LedgerReply } from '@tradewire/contracts/paper/control'
import { decimal, type Decimal, ZERO } from '@tradewire/kernel/decimal'

/** I1 one end per signal and account; I2 one venue order per intent; I3 news told; I5 all of it in time. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I5' | 'protection' | 'scenario'

export interface Violation {
  readonly invariant: Invariant
  readonly text: string
}

export interface TakenSignal {
  readonly signalId: string
  readonly strategyId: string
}

export interface BracketRow {
  readonly bracketId: string
  readonly signalId: string
  readonly accountId: string
  readonly state: string
  readonly failureCode: string | null
  readonly opened: boolean
}

export interface AttemptRow {
  readonly intentId: string
  readonly accountId: string
  readonly clientOrderId: string
  readonly state: string
  readonly submissions: number
}

export interface DeliveryRow {
  readonly event: string
  readonly tradeId: string
  readonly state: string
}

/** The rows of the database, as its administrator reads them. */
export interface Dump {
  readonly signals: readonly TakenSignal[]
  readonly follows: readonly { readonly strategyId: string; readonly accountId: string }[]
  /** Signals that ended for everybody at once, such as one that came too late. */
  readonly deniedSignals: readonly { readonly signalId: string; readonly code: string }[]
  readonly brackets: readonly BracketRow[]
  readonly attempts: readonly AttemptRow[]
  readonly deliveries: readonly DeliveryRow[]
}

export type VenueBook = Pick<LedgerReply, 'orders' | 'positions'>

export interface History {
  /** Ids that came with a 2xx, a repetition's id once more. */
  readonly takenSignalIds: readonly string[]
  readonly dump: Dump
  readonly venueOrders: readonly LedgerOrder[]
  /** The venue's book each time positions were held and nothing was on its way. */
  readonly atRest: readonly VenueBook[]
}

const ends = new Set(['denied', 'failed', 'closed'])
const standing = new Set(['waiting', 'open', 'partially-filled'])
const stops = new Set(['stop-market', 'stop-limit', 'trailing-stop-market'])
const told = new Set(['pending', 'delivered', 'exhausted'])

export function violationsOf(history: History): Violation[] {
  return [
    ...lostSignals(history),
    ...wrongEnds(history),
    ...openAttempts(history),
    ...doubledOrders(history),
    ...untoldTrades(history),
    ...history.atRest.flatMap(unprotectedPositions),
  ]
}

function violation(invariant: Invariant, text: string): Violation {
  return { invariant, text }
}

function lostSignals({ takenSignalIds, dump }: History): Violation[] {
  const stored = new Set(dump.signals.map(({ signalId }) => signalId))
  return [...new Set(takenSignalIds)]
    .filter((signalId) => !stored.has(signalId))
    .map((signalId) => violation('I1', `signal ${signalId} was answered 2xx and is not stored`))
}

/** Stored signals count too: an answer that was lost on its way does not make the signal less valid. */
function wrongEnds({ dump }: History): Violation[] {
  const denied = new Set(dump.deniedSignals.map(({ signalId }) => signalId))
  const bracketsOf = Map.groupBy(dump.brackets, ({ signalId, accountId }) => `${signalId} ${accountId}`)
  const followsOf = Map.groupBy(dump.follows, ({ strategyId }) => strategyId)
  return dump.signals.flatMap(({ signalId, strategyId }) =>
    (followsOf.get(strategyId) ?? []).flatMap(({ accountId }) => {
      const brackets = bracketsOf.get(`${signalId} ${accountId}`) ?? []
      const place = `signal ${signalId}, account ${accountId}`
      // What was denied as a whole is denied to each follower, in his own bracket: one outcome, not two.
      const told = brackets.length > 0 && brackets.every(({ state }) => state === 'denied')
      const count = brackets.length + (denied.has(signalId) && !told ? 1 : 0)
      if (count !== 1) return [violation('I1', `${place}: ${count} outcomes`)]
      return brackets
        .filter(({ state }) => !ends.has(state))
        .map(({ state }) => violation('I1', `${place}: ended as ${state}`))
    }),
  )
}

export function openAttempts({ dump }: Pick<History, 'dump'>): Violation[] {
  return dump.attempts
    .filter(({ state }) => ['queued', 'submitting', 'unknown', 'accepted'].includes(state))
    .map(({ intentId, state }) => violation('I1', `intent ${intentId} stayed ${state}`))
}

/** An order of which we know nothing is as bad as a second one: somebody holds what nobody planned. */
export function doubledOrders({ dump, venueOrders }: Pick<History, 'dump' | 'venueOrders'>): Violation[] {
  const intentOf = new Map(dump.attempts.map(({ clientOrderId, intentId }) => [clientOrderId, intentId]))
  const ours = venueOrders.filter(({ forced, clientOrderId }) => !forced && !clientOrderId.startsWith(handOrderPrefix))
  const byId = Map.groupBy(ours, ({ accountId, clientOrderId }) => `${accountId} ${clientOrderId}`)
  const doubled = [...byId].filter(([, orders]) => orders.length > 1)
  const foreign = ours.filter(({ clientOrderId }) => !intentOf.has(clientOrderId))
  return [
    ...doubled.map(([key, orders]) => violation('I2', `the venue has ${orders.length} orders for ${key}`)),
    ...foreign.map(({ clientOrderId }) => violation('I2', `the venue has ${clientOrderId}, of which no attempt knows`)),
  ]
}

function untoldTrades({ dump }: History): Violation[] {
  const known = new Set(
    dump.deliveries.filter(({ state }) => told.has(state)).map(({ event, tradeId }) => `${event} ${tradeId}`),
  )
  const happened = dump.brackets
    .filter(({ opened }) => opened)
    .flatMap(({ bracketId, state }) =>
      state === 'closed' ? [`trade.opened ${bracketId}`, `trade.closed ${bracketId}`] : [`trade.opened ${bracketId}`],
    )
  return happened.filter((news) => !known.has(news)).map((news) => violation('I3', `${news} has no delivery`))
}

/** Each position against the stops that stand on its other side at the venue itself. */
function unprotectedPositions({ orders, positions }: VenueBook): Violation[] {
  return positions.flatMap(({ accountId, symbol, quantity }) => {
    const held = decimal(quantity)
    const side = held.lt(ZERO) ? 'buy' : 'sell'
    const size = held.abs()
    const covered = orders
      .filter((order) => order.accountId === accountId && order.symbol === symbol && order.side === side)
      .filter(({ type, status }) => stops.has(type) && standing.has(status))
      .reduce((sum, order) => sum.plus(openQuantityOf(order, size)), ZERO)
    if (covered.gte(size)) return []
    return [violation('protection', `account ${accountId} holds ${quantity} ${symbol}, stops cover ${covered}`)]
  })
}

function openQuantityOf({ quantity, filledQuantity, closePosition }: LedgerOrder, size: Decimal): Decimal {
  return closePosition || quantity === null ? size : decimal(quantity).minus(decimal(filledQuantity))
}
