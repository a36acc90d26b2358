/**
 * What we believe of an account against what its venue shows: findings and actions as data, the same at the start, after
 * a reconnect, by the timer and for a lost reply. Pure: called by reconcile-account and look-up-order.
 * Must never ask for an order to be placed, nor touch what is not ours.
 */
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import { type ClientIdRule, decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { latestOf } from '@tradewire/kernel/clock'
import { type Decimal, Decimal as DecimalMath, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { type Attempt, isFinal } from '../attempt/attempt.ts'
import type { DriftFinding } from './drift.ts'
import {
  type AttributedFill,
  count,
  type Counted,
  emptyHolding,
  forgetCounted,
  type Holding,
  joinLosses,
  type Loss,
  netOf,
  settleRest,
} from './holding.ts'
import { SightingBook, type Sightings, type SightingTime } from './sighting.ts'

export interface Belief {
  readonly clientIdRule: ClientIdRule
  /** The venue keeps coins: positions are balances. */
  readonly coins: boolean
  /** By intent id: those that are open, and others of ours that the venue's answers name. */
  readonly attempts: ReadonlyMap<string, Attempt>
  readonly holdings: ReadonlyMap<string, Holding>
  /** Symbols in which news of our own fills came since they were counted: others may have traded in between. */
  readonly touched: ReadonlySet<string>
  /** When the account was read first: earlier fills are part of what was there already. Null before that. */
  readonly firstReadAt: Date | null
  readonly sightings: Sightings
}

export interface View {
  readonly readAt: Date
  readonly openOrders: readonly VenueOrder[]
  readonly positions: readonly VenuePosition[]
  /** By symbol, where they were asked for. */
  readonly fills: ReadonlyMap<string, readonly VenueFill[]>
  /** Intents that no list, lookup or trade of the venue knows. */
  readonly absent: ReadonlySet<string>
}

/** A part of our position that is held no longer, to be told. */
export interface PositionLoss {
  readonly symbol: string
  readonly loss: Loss
  /** What is left of ours. */
  readonly held: Decimal
}

export interface Outcome {
  readonly evidence: readonly { readonly intentId: string; readonly order: VenueOrder }[]
  /** Fills tell of more than our news did: these orders are to be read singly. */
  readonly behind: readonly string[]
  /** Accepted orders that the venue has proved to have no longer. */
  readonly vanished: readonly string[]
  /** Those that changed. */
  readonly holdings: readonly Holding[]
  readonly losses: readonly PositionLoss[]
  /** What is the matter now. */
  readonly standing: readonly DriftFinding[]
  /** What happened and needs nothing any more. */
  readonly passed: readonly DriftFinding[]
  /** Symbols of which a second look must say more. */
  readonly doubted: ReadonlySet<string>
  readonly sightings: Sightings
}

/** Fills are read this often although positions agree, so that no trade of others is missed for ever. */
const countEveryMs = 21_600_000
/** Reads of fills overlap by the read lag and this: clocks differ. */
const clockSlackMs = 60_000
/** Before the first read ever there is nothing of ours: only a small difference of clocks matters. */
const firstSlackMs = 5_000

/** What must be read besides lists: orders that are not listed, and symbols whose fills are wanted. */
export function readsWanted(
  belief: Belief,
  seen: Pick<View, 'openOrders' | 'positions' | 'readAt'>,
): { readonly orders: readonly Attempt[]; readonly symbols: readonly string[] } {
  const listed = new Set(seen.openOrders.map(({ clientOrderId }) => clientOrderId))
  const orders = [...belief.attempts.values()].filter(
    ({ state, clientOrderId }) => state === 'accepted' && !listed.has(clientOrderId),
  )
  if (belief.firstReadAt === null) return { orders, symbols: [] }
  const exits = symbolsOfExits(belief)
  const named = [...seen.positions, ...[...exits].map((symbol) => ({ symbol }))]
  const symbols = symbolsOf(belief, named).filter((symbol) => {
    const holding = holdingOf(belief, symbol)
    const shown = shownOf(seen.positions, symbol)
    const oldMs = seen.readAt.getTime() - holding.countedUntil.getTime()
    if (belief.touched.has(symbol) || !shown.eq(netOf(holding))) return true
    // Opened and closed since the last count, perhaps while another process held the account: by what, the fills tell.
    if (exits.has(symbol) && shown.eq(ZERO)) return true
    return belief.holdings.has(symbol) && oldMs >= countEveryMs
  })
  return { orders, symbols }
}

/** Where an exit of ours may stand. */
function symbolsOfExits({ attempts }: Belief): ReadonlySet<string> {
  const exits = [...attempts.values()].filter(({ state, command }) => !isFinal(state) && command.purpose !== 'entry')
  return new Set(exits.map(({ command }) => command.symbol))
}

/** From when on fills of the symbol are to be read. */
export function fillsFrom(belief: Belief, symbol: string, lagMs: number): Date {
  const untilMs = holdingOf(belief, symbol).countedUntil.getTime() - lagMs - clockSlackMs
  return new Date(Math.max(untilMs, (belief.firstReadAt?.getTime() ?? 0) - firstSlackMs))
}

/** Which attempt of ours an order or a fill of the venue belongs to; undefined when it is somebody else's. */
export function attemptOf(
  belief: Pick<Belief, 'clientIdRule' | 'attempts'>,
  told: { readonly clientOrderId: string | null; readonly venueOrderId: string | null },
): Attempt | undefined {
  const intentId = told.clientOrderId === null ? null : decodeClientOrderId(belief.clientIdRule, told.clientOrderId)
  const byId = intentId === null ? undefined : belief.attempts.get(intentId)
  if (byId !== undefined || told.venueOrderId === null) return byId
  return [...belief.attempts.values()].find(({ venueOrderId }) => venueOrderId === told.venueOrderId)
}

export function reconcile(belief: Belief, view: View, time: SightingTime): Outcome {
  const book = new SightingBook(belief.sightings, time)
  const orders = matchOrders(belief, view, book)
  const symbols = symbolsOf(belief, [...view.positions, ...[...view.fills.keys()].map((symbol) => ({ symbol }))])
  const results = symbols.map((symbol) => reconcileSymbol(belief, view, symbol, { book, time }))
  return {
    evidence: orders.evidence,
    vanished: orders.vanished,
    behind: [...new Set(results.flatMap(({ behind }) => behind))],
    holdings: results.flatMap(({ holding, changed }) => (changed ? [holding] : [])),
    losses: results.flatMap(({ losses }) => losses),
    standing: [...orders.standing, ...results.flatMap(({ holding }) => externalPosition(holding))],
    passed: results.flatMap(({ passed }) => passed),
    doubted: new Set(results.flatMap(({ doubted, holding }) => (doubted ? [holding.symbol] : []))),
    sightings: book.result,
  }
}

// --- orders ---

type OrdersPart = Pick<Outcome, 'evidence' | 'vanished' | 'standing'>

function matchOrders(belief: Belief, view: View, book: SightingBook): OrdersPart {
  const evidence: { intentId: string; order: VenueOrder }[] = []
  const standing: DriftFinding[] = []
  for (const order of view.openOrders) {
    const { symbol, clientOrderId, venueOrderId } = order
    const attempt = attemptOf(belief, { clientOrderId, venueOrderId: null })
    const subject = venueOrderId ?? clientOrderId
    const details = { clientOrderId, venueOrderId, filledQuantity: order.filledQuantity }
    if (attempt === undefined) {
      if (book.confirm(`external-order ${subject}`, ''))
        standing.push({ kind: 'external-order', subject, symbol, details })
    } else if (!isFinal(attempt.state)) {
      evidence.push({ intentId: attempt.command.intentId, order: { ...order, clientOrderId: attempt.clientOrderId } })
    } else if (book.confirm(`order-stands ${subject}`, '')) {
      const { intentId } = attempt.command
      standing.push({ kind: 'order-stands', subject: intentId, symbol, details: { ...details, state: attempt.state } })
    }
  }
  const missing = [...view.absent].filter((intentId) => belief.attempts.get(intentId)?.state === 'accepted')
  const vanished = missing.filter((intentId) => book.confirm(`order-missing ${intentId}`, ''))
  for (const intentId of missing) {
    const { symbol } = belief.attempts.get(intentId)!.command
    standing.push({ kind: 'order-missing', subject: intentId, symbol, details: {} })
  }
  return { evidence, vanished, standing }
}

/** The order that these fills of it add up to; null without any. The third way to find a lost order. */
export function orderOfFills(attempt: Attempt, fills: readonly VenueFill[]): VenueOrder | null {
  const { clientOrderId, command } = attempt
  const own = fills.filter((fill) => fill.clientOrderId === clientOrderId)
  const [first] = own
  if (first === undefined) return null
  const filled = sum(own.map(({ quantity }) => decimal(quantity)))
  const paid = sum(own.map(({ quantity, price }) => decimal(quantity).times(decimal(price))))
  return {
    clientOrderId,
    venueOrderId: first.venueOrderId,
    symbol: command.symbol,
    status: filled.gte(decimal(command.quantity)) ? 'filled' : 'working',
    filledQuantity: filled.toString(),
    averagePrice: paid.div(filled).round(averagePlaces, DecimalMath.roundHalfEven).toString(),
    fee: sum(own.map(({ fee }) => decimal(fee))).toString(),
    feeCurrency: first.feeCurrency,
    executedAt: latestOf(own.map(({ at }) => at)),
    message: null,
  }
}

const averagePlaces = 18

// --- positions ---

interface SymbolPart {
  readonly holding: Holding
  readonly changed: boolean
  readonly doubted: boolean
  readonly behind: readonly string[]
  readonly losses: readonly PositionLoss[]
  readonly passed: readonly DriftFinding[]
}

function reconcileSymbol(
  belief: Belief,
  view: View,
  symbol: string,
  { book, time }: { readonly book: SightingBook; readonly time: SightingTime },
): SymbolPart {
  const before = holdingOf(belief, symbol)
  const shown = shownOf(view.positions, symbol)
  const same: SymbolPart = { holding: before, changed: false, doubted: false, behind: [], losses: [], passed: [] }
  if (belief.firstReadAt === null) {
    // Nothing of ours was ever sent: all that stands there is somebody else's.
    const external = shown.minus(before.own)
    if (external.eq(ZERO)) return same
    return { ...same, changed: true, holding: { ...before, external, countedUntil: view.readAt } }
  }
  const fills = view.fills.get(symbol)
  if (fills === undefined) return same
  const attributed = fills.map((fill) => ({ fill, purpose: attemptOf(belief, fill)?.command.purpose ?? null }))
  const counted = count(before, attributed, belief.coins)
  const late = lateNews(belief, counted.fresh, new Date(view.readAt.getTime() - time.lagMs))
  const rest = shown.minus(netOf(counted.holding))
  const fresh = counted.fresh.map(({ fill }) => fill.tradeId).join(' ')
  const isSure = rest.eq(ZERO)
    ? counted.plain || isSureOfTrades(book, symbol, { counted, fresh })
    : isSureOfRest(book, symbol, { rest, fresh })
  if (!isSure) return { ...same, doubted: true, behind: late.behind }
  const settled = settleRest(counted.holding, rest)
  const losses = settled.loss === null ? counted.losses : [...counted.losses, settled.loss]
  return {
    holding: forgetCounted(settled.holding, view.readAt, fillsFromMoment(view, time.lagMs)),
    changed: true,
    doubted: false,
    behind: late.behind,
    losses: toldLosses(settled.holding, losses),
    passed: [...late.passed, ...externalTrades(counted), ...unexplained(symbol, rest), ...lost(symbol, losses)],
  }
}

/** Whose they were, and what an exit took beyond ours: all that is shown is explained by them, and a second look says the same. */
function isSureOfTrades(
  book: SightingBook,
  symbol: string,
  { counted, fresh }: { readonly counted: Counted; readonly fresh: string },
): boolean {
  const key = `trades ${symbol}`
  const isSure = counted.external.length > 0 ? book.confirmRestless(key, fresh) : book.confirm(key, fresh)
  if (isSure) book.forget(key)
  return isSure
}

/**
 * What no trade explains. Positions may not show the trades of the last moment yet, or show them before they are listed: two
 * looks beside two such trades can differ alike, so that the first one counts when the last trade was seen a read lag before.
 */
function isSureOfRest(
  book: SightingBook,
  symbol: string,
  { rest, fresh }: { readonly rest: Decimal; readonly fresh: string },
): boolean {
  const [calm, position] = [`calm ${symbol}`, `position ${symbol}`]
  if (!book.isCalm(calm, fresh) || !book.confirm(position, `${fresh} ${rest}`)) return false
  book.forget(calm)
  book.forget(position)
  return true
}

function fillsFromMoment(view: View, lagMs: number): Date {
  return new Date(view.readAt.getTime() - lagMs - clockSlackMs)
}

/** Orders of ours whose fills are ahead of what was told of them; a finding when the news had its time. */
function lateNews(
  belief: Belief,
  fresh: readonly AttributedFill[],
  before: Date,
): Pick<SymbolPart, 'behind' | 'passed'> {
  const behind: string[] = []
  const passed: DriftFinding[] = []
  const own = fresh.flatMap(({ fill }) => {
    const attempt = attemptOf(belief, fill)
    return attempt === undefined ? [] : [{ fill, attempt }]
  })
  for (const [attempt, group] of Map.groupBy(own, (each) => each.attempt)) {
    const { intentId, quantity, symbol } = attempt.command
    const told = decimal(attempt.filledQuantity)
    if (told.gte(decimal(quantity))) continue
    behind.push(intentId)
    const filled = sum(group.map(({ fill }) => decimal(fill.quantity)))
    if (filled.lte(told) || group.some(({ fill }) => fill.at >= before)) continue
    const details = { told: told.toString(), filled: filled.toString(), state: attempt.state }
    passed.push({ kind: 'fill-missed', subject: intentId, symbol, details })
  }
  return { behind, passed }
}

/** In the order in which they are told, each with what is left after it. */
function toldLosses({ symbol, own }: Holding, losses: readonly Loss[]): PositionLoss[] {
  const joined = joinLosses(losses)
  let left = own.abs().plus(sum(joined.map(({ quantity }) => quantity)))
  return joined.map((loss) => {
    left = left.minus(loss.quantity)
    return { symbol, loss, held: left }
  })
}

function externalTrades({ external }: Counted): DriftFinding[] {
  return external.map(({ tradeId, symbol, side, quantity, price, clientOrderId, forced }) => ({
    kind: 'external-trade',
    subject: tradeId,
    symbol,
    details: { side, quantity, price, clientOrderId, forced },
  }))
}

function unexplained(symbol: string, rest: Decimal): DriftFinding[] {
  if (rest.eq(ZERO)) return []
  return [{ kind: 'unexplained-change', subject: symbol, symbol, details: { quantity: rest.toString() } }]
}

function lost(symbol: string, losses: readonly Loss[]): DriftFinding[] {
  return joinLosses(losses).map(({ quantity, reason, price, tradeId }) => ({
    kind: 'position-lost',
    subject: tradeId ?? symbol,
    symbol,
    details: { quantity: quantity.toString(), reason, price: price?.toString() ?? null },
  }))
}

function externalPosition({ symbol, external }: Holding): DriftFinding[] {
  if (external.eq(ZERO)) return []
  return [{ kind: 'external-position', subject: symbol, symbol, details: { quantity: external.toString() } }]
}

/** Coins are told by their USDT markets only, so that others of the same coin cannot be compared. */
function symbolsOf(belief: Belief, named: readonly { readonly symbol: string }[]): string[] {
  const all = new Set([...belief.holdings.keys(), ...belief.touched, ...named.map(({ symbol }) => symbol)])
  return [...all].filter((symbol) => !belief.coins || symbol.endsWith('/USDT')).toSorted()
}

function holdingOf(belief: Belief, symbol: string): Holding {
  return belief.holdings.get(symbol) ?? emptyHolding(symbol, belief.firstReadAt ?? new Date(0))
}

function shownOf(positions: readonly VenuePosition[], symbol: string): Decimal {
  return sum(
    positions
      .filter((position) => position.symbol === symbol)
      .map(({ side, quantity }) => (side === 'buy' ? decimal(quantity) : ZERO.minus(decimal(quantity)))),
  )
}
