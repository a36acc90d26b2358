/**
 * Judges plans: each at the moment of its commit, and all of them once the world is at rest.
 * Called by the store of plans and by the world. Must never take the planner's word: it goes by what was told and stored.
 */
import type { Event } from '@tradewire/contracts/define-event'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { type Decimal, decimal, HUNDRED, sum } from '@tradewire/kernel/decimal'
import type { Bracket } from '@tradewire/orders/domain/bracket/bracket'
import type { KillSwitch } from '@tradewire/orders/domain/stopping/kill-switch'
import { lossAgainst } from '@tradewire/orders/domain/stopping/loss-limit'
import { resolveSettings } from '@tradewire/orders/domain/sizing/settings'
import { sellsCoins } from '@tradewire/orders/domain/planning/venue-capabilities'
import type { Signal } from '@tradewire/orders/domain/planning/signal-plan'
import type { FollowNews } from '@tradewire/orders/ports/facts.port'
import type { StoredSignal } from '@tradewire/orders/ports/planning.port'
import type { FactsSource } from '../parts/facts-source.ts'
import type { Table } from '../stores/memory-database.ts'
import { basicSettingsOf, layerKeyOf, type MemoryFacts } from '../stores/memory-facts.ts'
import type { MemoryKillSwitches } from '../stores/memory-kill-switches.ts'
import type { MemoryLossWatches } from '../stores/memory-loss-watches.ts'
import { type BracketRow, hasOrders, type MemoryBrackets } from '../stores/memory-orders.ts'
import { balanceAgeMaxMs } from '../parts/orders-process.ts'
import type { BookedOrder } from './booked-orders.ts'

export interface AuditMeans {
  readonly source: FactsSource
  readonly facts: MemoryFacts
  readonly brackets: MemoryBrackets
  readonly killSwitches: MemoryKillSwitches
  readonly lossWatches: MemoryLossWatches
  readonly now: () => Date
}

/** From the last look at the time to the venue's book: one call's way, and what the process does before it. */
const sendingMostMs = 80
/** What a planning has read before it waits for its locks may be so old. */
const lockWaitMostMs = 5_000
const ended: ReadonlySet<string> = new Set(['denied', 'closed', 'failed'])
const entering: ReadonlySet<string> = new Set(['waiting', 'planned', 'entering'])

export class PlanningAudit {
  readonly problems: string[] = []
  /** When each bracket was committed. */
  private readonly committedAt = new Map<string, Date>()
  private readonly means: AuditMeans

  constructor(means: AuditMeans) {
    this.means = means
  }

  /** At the commit of a new bracket. */
  planned(row: BracketRow, signal: Signal): void {
    const { bracket, createdAt } = row
    this.committedAt.set(bracket.bracketId, this.means.now())
    this.judgePause(row)
    if (!hasOrders(bracket)) return
    const against = this.engagedAgainst(bracket)
    if (against !== undefined) this.report(bracket, `was planned after kill switch ${against.id} was engaged`)
    if (createdAt.getTime() > Date.parse(signal.expiresAt)) this.report(bracket, 'was planned after its signal expired')
    const others = this.rowsBeside(bracket).map((other) => other.bracket)
    const beside = others.filter(({ symbol }) => symbol === bracket.symbol)
    if (beside.some(({ side }) => side !== bracket.side)) this.report(bracket, 'was planned against an open position')
    if (others.some(({ followId }) => followId === bracket.followId))
      this.report(bracket, 'has the slot of another one')
    this.judgeLimits(row, signal)
    this.judgeMoney(row, signal)
  }

  /** What is wrong at every moment. */
  always(events: readonly Event[], booked: readonly BookedOrder[]): string[] {
    const { moved } = this.means.lossWatches
    return [...this.problems, ...moved, ...twicePlanned(events), ...this.lateEntries(booked)]
  }

  /** What is missing as long as the world is not at rest. */
  unrest(planned: Table<StoredSignal>, except: ReadonlySet<string>): string[] {
    const { source } = this.means
    const unplanned = source.signals.filter(({ signalId }) => !planned.has(signalId))
    return [
      ...unplanned.map(({ signalId }) => `signal ${signalId} was never planned`),
      ...this.passedOver(planned),
      ...this.lossesNotStopped(),
      ...this.forgottenFacts(),
      ...this.notApplied(except),
    ]
  }

  private report({ bracketId, signalId, followId }: Bracket, what: string): void {
    this.problems.push(`bracket ${bracketId} of signal ${signalId} and follow ${followId} ${what}`)
  }

  private engagedAgainst(bracket: Bracket): KillSwitch | undefined {
    const rows = this.means.killSwitches.rows.all()
    const engaged = rows.map((row) => row.killSwitch).filter(({ releasedAt }) => releasedAt === null)
    return engaged.find((one) => concerns(one, bracket, this.means.source))
  }

  /** An account that was paused all the while gets no entry, and one that was active all the while is not refused for a pause. */
  private judgePause({ bracket, denial, createdAt }: BracketRow): void {
    const activity = this.means.facts.activity.since(bracket.accountId, createdAt.getTime())
    const isPaused = activity.every((active) => active === false)
    const isActive = activity.every((active) => active !== false)
    if (isPaused && bracket.state !== 'denied') this.report(bracket, `is ${bracket.state}, and its account is paused`)
    if (isActive && denial?.code === 'ACCOUNT_PAUSED') this.report(bracket, 'was refused for a pause that is over')
  }

  private rowsBeside({ accountId, bracketId }: Bracket): BracketRow[] {
    const rows = this.means.brackets.rows.all()
    return rows.filter(({ bracket, holdsSlot }) => {
      return holdsSlot && bracket.accountId === accountId && bracket.bracketId !== bracketId
    })
  }

  private isCounted(row: BracketRow): boolean {
    return this.layersOf(row).some((versions) => versions.every((said) => said?.maxPositions !== undefined))
  }

  private judgeLimits(row: BracketRow, signal: Signal): void {
    const { bracket, quantity } = row
    const { maxNotional } = this.followOf(bracket)
    const notional = quantity!.times(signal.price)
    const layers = this.layersOf(row)
    // Who has no such limit itself waits for nobody, and is not waited for by the planning of another symbol.
    const counted = this.rowsBeside(bracket).filter((other) => this.wasSeen(other, row) || this.isCounted(other))
    const exceeds = (limit: keyof TradeSettings, isWithin: (said: TradeSettings) => boolean): void => {
      // Each layer has said something at every moment; one of what it said while this was planned must allow it.
      const denies = layers.some((versions) => !versions.some((said) => said?.[limit] === undefined || isWithin(said)))
      if (denies) this.report(bracket, `exceeds ${limit}`)
    }
    if (maxNotional !== null && notional.gt(decimal(maxNotional))) this.report(bracket, 'exceeds maxNotional')
    exceeds('maxNotional', (said) => notional.lte(decimal(said.maxNotional!)))
    exceeds('maxQuantity', (said) => quantity!.lte(decimal(said.maxQuantity!)))
    exceeds('sides', (said) => said.sides!.includes(bracket.side))
    exceeds('maxPositions', (said) => counted.length < said.maxPositions!)
    exceeds('lossLimits', () => !sellsCoins(bracket.venue))
  }

  /** What the account can pay, by the balance that was the last one told before the plan. */
  private judgeMoney(judged: BracketRow, signal: Signal): void {
    const { bracket, createdAt, margin, quantity } = judged
    const { brackets, source } = this.means
    const told = [...source.told.values()].filter((one) => one.accountId === bracket.accountId)
    const usable = told.filter(({ observedAt }) => createdAt.getTime() - Date.parse(observedAt) <= balanceAgeMaxMs)
    const rows = brackets.rows.all().filter((row) => row.bracket.accountId === bracket.accountId)
    // Which of them the planner had heard of is its own matter: one at least must carry the order.
    const fits = usable.some(({ observedAt, total, free }) => {
      const since = rows.filter((row) => row.holdsSlot && row.createdAt > new Date(observedAt))
      const settled = rows.some((row) => row.bracket.closedAt !== null && row.bracket.closedAt > observedAt)
      const beside = since.filter((row) => row.bracket.bracketId !== bracket.bracketId && this.wasSeen(row, judged))
      const needed = sum(beside.map((row) => decimal(row.margin ?? '0'))).plus(decimal(margin!))
      if (!needed.lte(decimal(settled ? total : free))) return false
      return withinRisk(this.layersOf(judged), lossOf(signal, quantity!), decimal(total))
    })
    if (!fits) this.report(bracket, 'costs more than the account has, or risks more than is allowed')
  }

  /** Signals of one symbol are planned one after the other; those of two symbols need not know of each other's money. */
  private wasSeen({ bracket: { symbol, bracketId } }: BracketRow, { bracket, createdAt }: BracketRow): boolean {
    return symbol === bracket.symbol || this.committedAt.get(bracketId)! < createdAt
  }

  /** What each layer said about this bracket at any time while it was planned. */
  private layersOf({ bracket, createdAt }: BracketRow): Said[] {
    const { source, facts } = this.means
    const plannedMs = createdAt.getTime()
    return [
      [source.strategies.find((one) => one.strategyId === bracket.strategyId)?.settings],
      [this.followOf(bracket).settings],
      facts.said.since(layerKeyOf('platform', null), plannedMs - lockWaitMostMs),
      facts.said.since(layerKeyOf('account', bracket.accountId), plannedMs),
    ]
  }

  private followOf({ followId }: Bracket): FollowNews {
    return this.means.source.follows.find((one) => one.followId === followId)!
  }

  /** No entry reaches the venue after its signal's expiry (rule R11). */
  private lateEntries(booked: readonly BookedOrder[]): string[] {
    const signals = new Map(this.means.source.signals.map((signal) => [signal.signalId, signal]))
    const expiries = new Map<string, string>()
    for (const { bracket } of this.means.brackets.rows.all()) {
      for (const leg of bracket.legs) {
        if (leg.purpose === 'entry') expiries.set(leg.intentId, signals.get(bracket.signalId)!.expiresAt)
      }
    }
    return booked.flatMap(({ order, bookedAt }) => {
      const expiresAt = expiries.get(order.intentId)
      const late = expiresAt !== undefined && bookedAt.getTime() > Date.parse(expiresAt) + sendingMostMs
      return late
        ? [`entry ${order.intentId} reached the venue at ${bookedAt.toISOString()}, it expired ${expiresAt}`]
        : []
    })
  }

  /** A limit that the last balance has reached has its switch. Where coins are held no equity is told: nothing is watched. */
  private lossesNotStopped(): string[] {
    const { source, lossWatches, facts } = this.means
    return lossWatches.rows.all().flatMap(({ followId, bases }) => {
      const follow = source.follows.find((one) => one.followId === followId)!
      const { currency, equity, observedAt } = source.balances.get(follow.accountId)!
      const { lossLimits, tradingDay } = resolveSettings(basicSettingsOf(follow), facts.layersOf(follow))
      const watch = { lossLimits, tradingDay, bases }
      const reached = lossAgainst(watch, { currency, equity: decimal(equity) }, new Date(observedAt))
      // A limit that somebody has set since is held against the next balance.
      const isNew = layerKeysOf(follow).some((key) => facts.said.since(key, Date.parse(observedAt)).length > 1)
      const isWatched = source.steady.has(followId) || this.heldAt(followId, new Date(observedAt))
      if (reached === null || isNew || !isWatched || sellsCoins(facts.accounts.get(follow.accountId)!.venue)) return []
      return [`follow ${followId} has lost ${reached.lost} of ${reached.equityAtStart} and nothing stops it`]
    })
  }

  /** Of who has paused or left, only what is still held is watched. */
  private heldAt(followId: string, at: Date): boolean {
    const rows = this.means.brackets.rows.all()
    return rows.some((row) => row.bracket.followId === followId && row.holdsSlot && row.createdAt <= at)
  }

  /**
   * Follows that were active all the time have one bracket, approved or denied, of every signal of their strategy; of one
   * that was refused as a whole nobody has any.
   */
  private passedOver(planned: Table<StoredSignal>): string[] {
    const { source, brackets } = this.means
    const whole = new Set(
      source.signals.flatMap(({ signalId }) => (isRefused(planned.get(signalId)) ? [signalId] : [])),
    )
    const told = brackets.rows.all().filter(({ bracket }) => whole.has(bracket.signalId))
    if (told.length > 0) return told.map(({ bracket }) => `signal ${bracket.signalId} is refused and has brackets`)
    const known = new Set(brackets.rows.all().map(({ bracket }) => `${bracket.signalId} ${bracket.followId}`))
    const steady = source.follows.filter(({ followId }) => source.steady.has(followId))
    return source.signals.flatMap(({ signalId, strategyId }) => {
      if (whole.has(signalId)) return []
      const missing = steady.filter((one) => one.strategyId === strategyId && !known.has(`${signalId} ${one.followId}`))
      return missing.map(({ followId }) => `follow ${followId} was passed over by signal ${signalId}`)
    })
  }

  /** What `orders` has learnt is what was told last. */
  private forgottenFacts(): string[] {
    const { source, facts } = this.means
    const follows = source.follows.filter((one) => facts.follows.get(one.followId)?.revision !== one.revision)
    const strategies = source.strategies.filter(
      (one) => facts.strategies.get(one.strategyId)?.revision !== one.revision,
    )
    const balances = [...source.balances.values()].filter((one) => {
      return facts.balances.get(one.accountId)?.observedAt !== one.observedAt
    })
    const paused = [...source.activity].filter(
      ([accountId, active]) => (facts.accountChanges.get(accountId)?.active ?? true) !== active,
    )
    const layers = source.layers.filter(
      ({ scope, scopeId, revision }) => facts.layers.get(layerKeyOf(scope, scopeId))?.revision !== revision,
    )
    return [
      ...layers.map(({ scopeId }) => `orders knows other settings of ${scopeId ?? 'the platform'}`),
      ...paused.map(([accountId]) => `orders does not know whether account ${accountId} is paused`),
      ...follows.map(({ followId }) => `orders knows another revision of follow ${followId}`),
      ...strategies.map(({ strategyId }) => `orders knows another revision of strategy ${strategyId}`),
      ...balances.map(({ accountId }) => `orders knows another balance of account ${accountId}`),
    ]
  }

  /** Under an engaged `halt` nothing of its scope is entered, under `flatten` nothing is held. */
  private notApplied(except: ReadonlySet<string>): string[] {
    const { killSwitches, brackets } = this.means
    return killSwitches.rows.all().flatMap(({ killSwitch }) => {
      if (killSwitch.releasedAt !== null || killSwitch.mode === 'exit-only') return []
      const wrong = killSwitch.mode === 'halt' ? entering : { has: (state: string) => !ended.has(state) }
      const left = brackets.rows.all().filter(({ bracket }) => {
        return (
          concerns(killSwitch, bracket, this.means.source) && wrong.has(bracket.state) && !except.has(bracket.accountId)
        )
      })
      return left.map(
        ({ bracket }) => `bracket ${bracket.bracketId} is ${bracket.state} under an engaged ${killSwitch.mode}`,
      )
    })
  }
}

/** Whether the switch is meant for what the bracket belongs to. */
export function concerns({ scope, scopeId }: KillSwitch, bracket: Bracket, { signals }: FactsSource): boolean {
  const isAlert = () => signals.find(({ signalId }) => signalId === bracket.signalId)?.source === 'TRADINGVIEW'
  const ids = {
    platform: null,
    strategy: bracket.strategyId,
    follow: bracket.followId,
    account: bracket.accountId,
    source: isAlert() ? bracket.strategyId : '',
  }
  return ids[scope] === scopeId
}

function layerKeysOf({ accountId }: FollowNews): string[] {
  return [layerKeyOf('platform', null), layerKeyOf('account', accountId)]
}

type Said = readonly (TradeSettings | undefined)[]

/** As a whole: no follower is told. */
function isRefused(stored: StoredSignal | undefined): boolean {
  const code = stored?.denial?.code
  return code === 'SOURCE_PAUSED' || code === 'STALE_SIGNAL'
}

function lossOf(signal: Signal, quantity: Decimal): Decimal {
  return signal.price.minus(signal.stop.price).abs().times(quantity)
}

function withinRisk(layers: readonly Said[], loss: Decimal, total: Decimal): boolean {
  const isWithin = (percent: string): boolean => loss.times(HUNDRED).lte(total.times(decimal(percent)))
  return layers.every((versions) =>
    versions.some((said) => said?.maxRiskPercent === undefined || isWithin(said.maxRiskPercent)),
  )
}

/** What a signal means for a follow is told once. */
function twicePlanned(events: readonly Event[]): string[] {
  const counts = new Map<string, number>()
  for (const { name, data } of events) {
    if (name !== 'order.planned') continue
    const { signalId, followId } = data as { signalId: string; followId: string }
    const key = `signal ${signalId} for follow ${followId}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > 1).map(([key, count]) => `${key} was planned ${count} times`)
}
