/**
 * Judges plans: each at the moment of its commit, and all of them once the world is at rest.
 * Called by the store of plans and by the world. Must never take the planner's word: it goes by what was told and stored.
 */
import type { Event } from '@tradewire/contracts/define-event'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { type Decimal, decimal, HUNDRED, sum } from '@tradewire/kernel/decimal'
import type { Bracket } from '@tradewire/orders/domain/bracket'
import type { KillSwitch } from '@tradewire/orders/domain/kill-switch'
import type { Signal } from '@tradewire/orders/domain/signal-plan'
import type { FollowNews } from '@tradewire/orders/ports/facts.port'
import type { FactsSource } from './facts-source.ts'
import type { Table } from './memory-database.ts'
import type { MemoryFacts } from './memory-facts.ts'
import type { MemoryKillSwitches } from './memory-kill-switches.ts'
import { type BracketRow, hasOrders, type MemoryBrackets } from './memory-orders.ts'
import { balanceAgeMaxMs } from './orders-process.ts'
import type { BookedOrder } from './venue.ts'

export interface AuditMeans {
  readonly source: FactsSource
  readonly facts: MemoryFacts
  readonly brackets: MemoryBrackets
  readonly killSwitches: MemoryKillSwitches
}

/** A close that was answered: what was there before it must end. */
export interface AnsweredClose {
  readonly followId: string
  /** The last commit before the question. */
  readonly commit: number
}

/** From the last look at the time to the venue's book: one call's way, and what the process does before it. */
const sendingMostMs = 80
const ended: ReadonlySet<string> = new Set(['denied', 'closed', 'failed'])
const entering: ReadonlySet<string> = new Set(['waiting', 'planned', 'entering'])

export class PlanningAudit {
  readonly problems: string[] = []
  private readonly means: AuditMeans

  constructor(means: AuditMeans) {
    this.means = means
  }

  /** At the commit of a new bracket. */
  planned(row: BracketRow, signal: Signal): void {
    const { bracket, createdAt } = row
    if (!hasOrders(bracket)) return
    const against = this.engagedAgainst(bracket)
    if (against !== undefined) this.report(bracket, `was planned after kill switch ${against.id} was engaged`)
    if (createdAt.getTime() > Date.parse(signal.expiresAt)) this.report(bracket, 'was planned after its signal expired')
    const others = this.holdersBeside(bracket)
    if (others.some(({ side }) => side !== bracket.side)) this.report(bracket, 'was planned against an open position')
    if (others.some(({ followId }) => followId === bracket.followId))
      this.report(bracket, 'has the slot of another one')
    this.judgeLimits(row, signal, others.length + 1)
    this.judgeMoney(row, signal)
  }

  /** What is wrong at every moment. */
  always(events: readonly Event[], booked: readonly BookedOrder[]): string[] {
    return [...this.problems, ...twicePlanned(events), ...this.lateEntries(booked)]
  }

  /** What is missing as long as the world is not at rest. */
  unrest(planned: Table<unknown>, closes: readonly AnsweredClose[], except: ReadonlySet<string>): string[] {
    const { source } = this.means
    const unplanned = source.signals.filter(({ signalId }) => !planned.has(signalId))
    return [
      ...unplanned.map(({ signalId }) => `signal ${signalId} was never planned`),
      ...this.passedOver(),
      ...this.forgottenFacts(),
      ...closes.flatMap((close) => this.notClosed(close, except)),
      ...this.notApplied(except),
    ]
  }

  private report({ bracketId, signalId, followId }: Bracket, what: string): void {
    this.problems.push(`bracket ${bracketId} of signal ${signalId} and follow ${followId} ${what}`)
  }

  private engagedAgainst(bracket: Bracket): KillSwitch | undefined {
    const rows = this.means.killSwitches.rows.all()
    return rows.map((row) => row.killSwitch).find((one) => one.releasedAt === null && concerns(one, bracket))
  }

  private holdersBeside({ accountId, bracketId }: Bracket): Bracket[] {
    const rows = this.means.brackets.rows.all()
    return rows.flatMap(({ bracket, holdsSlot }) => {
      return holdsSlot && bracket.accountId === accountId && bracket.bracketId !== bracketId ? [bracket] : []
    })
  }

  /** Limits are the same from beginning to end of a world, so they can be judged whenever the plan was made. */
  private judgeLimits({ bracket, quantity }: BracketRow, signal: Signal, positions: number): void {
    const follow = this.followOf(bracket)
    const layers = this.layersOf(bracket)
    const notional = quantity!.times(signal.price)
    if (follow.maxNotional !== null && notional.gt(decimal(follow.maxNotional)))
      this.report(bracket, 'exceeds maxNotional')
    for (const said of layers) {
      if (said?.maxNotional !== undefined && notional.gt(decimal(said.maxNotional)))
        this.report(bracket, 'exceeds maxNotional')
      if (said?.maxQuantity !== undefined && quantity!.gt(decimal(said.maxQuantity)))
        this.report(bracket, 'exceeds maxQuantity')
      if (said?.sides !== undefined && !said.sides.includes(bracket.side))
        this.report(bracket, 'is on a side not allowed')
      if (said?.maxPositions !== undefined && positions > said.maxPositions)
        this.report(bracket, 'exceeds maxPositions')
    }
  }

  /** What the account can pay, by the balance that was the last one told before the plan. */
  private judgeMoney({ bracket, createdAt, margin, quantity }: BracketRow, signal: Signal): void {
    const { brackets, source } = this.means
    const told = [...source.told.values()].filter((one) => one.accountId === bracket.accountId)
    const usable = told.filter(({ observedAt }) => createdAt.getTime() - Date.parse(observedAt) <= balanceAgeMaxMs)
    const rows = brackets.rows.all().filter((row) => row.bracket.accountId === bracket.accountId)
    // Which of them the planner had heard of is its own matter: one at least must carry the order.
    const fits = usable.some(({ observedAt, total, free }) => {
      const since = rows.filter((row) => row.holdsSlot && row.createdAt > new Date(observedAt))
      const settled = rows.some((row) => row.bracket.closedAt !== null && row.bracket.closedAt > observedAt)
      const beside = since.filter((row) => row.bracket.bracketId !== bracket.bracketId)
      const needed = sum(beside.map((row) => decimal(row.margin ?? '0'))).plus(decimal(margin!))
      if (!needed.lte(decimal(settled ? total : free))) return false
      return withinRisk(this.layersOf(bracket), lossOf(signal, quantity!), decimal(total))
    })
    if (!fits) this.report(bracket, 'costs more than the account has, or risks more than is allowed')
  }

  /** What any layer says about this bracket. */
  private layersOf(bracket: Bracket): (TradeSettings | undefined)[] {
    const { strategies, layers } = this.means.source
    const said = layers.filter(({ scopeId }) => scopeId === null || scopeId === bracket.accountId)
    return [
      strategies.find((one) => one.strategyId === bracket.strategyId)?.settings,
      this.followOf(bracket).settings,
      ...said.map(({ settings }) => settings),
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

  /** Follows that were active all the time have one bracket, approved or denied, of every signal of their strategy. */
  private passedOver(): string[] {
    const { source, brackets } = this.means
    const known = new Set(brackets.rows.all().map(({ bracket }) => `${bracket.signalId} ${bracket.followId}`))
    const steady = source.follows.filter(({ followId }) => source.steady.has(followId))
    return source.signals.flatMap(({ signalId, strategyId }) => {
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
    return [
      ...follows.map(({ followId }) => `orders knows another revision of follow ${followId}`),
      ...strategies.map(({ strategyId }) => `orders knows another revision of strategy ${strategyId}`),
      ...balances.map(({ accountId }) => `orders knows another balance of account ${accountId}`),
    ]
  }

  private notClosed({ followId, commit }: AnsweredClose, except: ReadonlySet<string>): string[] {
    const { rows } = this.means.brackets
    const left = rows.all().filter(({ bracket }) => {
      const before = bracket.followId === followId && rows.commitOf(bracket.bracketId) <= commit
      return before && !ended.has(bracket.state) && !except.has(bracket.accountId)
    })
    return left.map(({ bracket }) => `bracket ${bracket.bracketId} is ${bracket.state} although its close was answered`)
  }

  /** Under an engaged `halt` nothing of its scope is entered, under `flatten` nothing is held. */
  private notApplied(except: ReadonlySet<string>): string[] {
    const { killSwitches, brackets } = this.means
    return killSwitches.rows.all().flatMap(({ killSwitch }) => {
      if (killSwitch.releasedAt !== null || killSwitch.mode === 'exit-only') return []
      const wrong = killSwitch.mode === 'halt' ? entering : { has: (state: string) => !ended.has(state) }
      const left = brackets.rows.all().filter(({ bracket }) => {
        return concerns(killSwitch, bracket) && wrong.has(bracket.state) && !except.has(bracket.accountId)
      })
      return left.map(
        ({ bracket }) => `bracket ${bracket.bracketId} is ${bracket.state} under an engaged ${killSwitch.mode}`,
      )
    })
  }
}

function concerns({ scope, scopeId }: KillSwitch, bracket: Bracket): boolean {
  const ids = {
    platform: null,
    strategy: bracket.strategyId,
    follow: bracket.followId,
    account: bracket.accountId,
    source: '',
  }
  return ids[scope] === scopeId
}

function lossOf(signal: Signal, quantity: Decimal): Decimal {
  return signal.price.minus(signal.stop.price).abs().times(quantity)
}

function withinRisk(layers: readonly (TradeSettings | undefined)[], loss: Decimal, total: Decimal): boolean {
  const percents = layers.flatMap((said) => said?.maxRiskPercent ?? [])
  return percents.every((percent) => loss.times(HUNDRED).lte(total.times(decimal(percent))))
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
