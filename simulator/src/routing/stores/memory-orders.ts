/**
 * What the stores of `orders` do for brackets, in memory. Called by the simulated process through the service's port.
 * Must never be kinder than the SQL it stands for.
 */
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Transaction } from '@tradewire/database/transaction'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { FollowId, SignalId } from '@tradewire/kernel/ids'
import { type Bracket, holdsSlot } from '@tradewire/orders/domain/bracket/bracket'
import type { Leg } from '@tradewire/orders/domain/bracket/leg'
import { positionOf } from '@tradewire/orders/domain/bracket/position'
import type { SignalPlan } from '@tradewire/orders/domain/planning/signal-plan'
import { eachPlan, type SignalPlans } from '@tradewire/orders/domain/planning/signal-plans'
import {
  type BracketChange,
  type BracketPage,
  Brackets,
  type EntryRest,
  type LeftAs,
  type OpenBracketsQuery,
  type WakeWait,
} from '@tradewire/orders/ports/brackets.port'
import type { StoredSignal } from '@tradewire/orders/ports/planning.port'
import type { Defects } from '../defects.ts'
import { type MemoryTransaction, Table } from './memory-database.ts'
import { chunksLock, planningLock } from './memory-kill-switches.ts'
import type { MemoryFacts } from './memory-facts.ts'
import type { MemoryPriceWatches } from './memory-price-watches.ts'

/** A bracket as its row keeps it: with what planning asks of others and what the first end took away. */
export interface BracketRow {
  readonly bracket: Bracket
  /** Given up once, never taken again. */
  readonly holdsSlot: boolean
  readonly createdAt: Date
  readonly quantity: Decimal | null
  readonly margin: string | null
  readonly denial: Denial | null
  readonly realizedPnl: Decimal | null
  /** How its follower left the strategy while it was held, and when. */
  readonly left: { readonly as: LeftAs; readonly at: Date } | null
}

export function slotKeyOf({ accountId, followId }: Pick<Bracket, 'accountId' | 'followId'>): string {
  return `slot ${accountId} ${followId}`
}

const entering: ReadonlySet<string> = new Set(['planned', 'entering'])
const holding: ReadonlySet<string> = new Set(['open', 'protected'])

/** Nothing was told of it, and nothing asked of it. */
function isUntold({ state, revision, cancelRequested }: Leg): boolean {
  return state === 'submitted' && revision === 0 && !cancelRequested
}

export class MemoryBrackets extends Brackets {
  readonly rows = new Table<BracketRow>()
  readonly plans = new Table<SignalPlans>()
  private readonly sequences = new Table<number>()
  private readonly defects: Defects
  private readonly watches: MemoryPriceWatches
  private readonly facts: MemoryFacts
  /** Signals that were planned, denied ones included. */
  readonly signals = new Table<StoredSignal>()

  constructor(defects: Defects, watches: MemoryPriceWatches, facts: MemoryFacts) {
    super()
    this.defects = defects
    this.watches = watches
    this.facts = facts
  }

  async lock(tx: Transaction, bracketIds: readonly string[]): Promise<Bracket[]> {
    const own = tx as MemoryTransaction
    await own.statement()
    const locked: Bracket[] = []
    for (const id of [...new Set(bracketIds)].toSorted()) {
      if (!this.rows.has(id, tx)) continue
      await own.lock(`bracket ${id}`)
      const { bracket } = this.rows.get(id, tx)!
      if (hasOrders(bracket)) locked.push(this.misread(bracket))
    }
    return locked
  }

  private misread(bracket: Bracket): Bracket {
    if (this.defects.trustsAskedStops === true) return withTrustedStops(bracket)
    if (this.defects.datesByNews === true) return datedByNews(bracket)
    return this.defects.leavesTargets === true ? withForgottenTargets(bracket) : bracket
  }

  plansOf(tx: Transaction, signalIds: readonly SignalId[]): Promise<Map<SignalId, SignalPlans>> {
    const planOf = (id: SignalId): SignalPlans => {
      const plans = this.plans.get(id, tx)!
      return this.defects.forgetsCoinFees === true ? eachPlan(plans, (_, plan) => withOtherCoin(plan)) : plans
    }
    return Promise.resolve(new Map(signalIds.map((id) => [id, planOf(id)])))
  }

  async save(tx: Transaction, changes: readonly BracketChange[]): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    for (const { before, after, closed } of changes) {
      if (before === after) continue
      const row = this.rows.get(after.bracketId, tx)!
      const holds = row.holdsSlot && holdsSlot(after)
      // Who would insert into the slot waits until it is certain that it is free.
      if (holds !== row.holdsSlot) await own.lock(slotKeyOf(after))
      const realizedPnl = closed?.realizedPnl ?? row.realizedPnl
      this.rows.put(tx, after.bracketId, { ...row, bracket: after, holdsSlot: holds, realizedPnl })
    }
    await this.watches.keep(tx, changes)
  }

  async restFirst(tx: Transaction, rests: readonly EntryRest[], now: Date): Promise<boolean> {
    const own = tx as MemoryTransaction
    await own.statement()
    const moved: BracketRow[] = []
    for (const { bracketId, intentId, rest } of rests.toSorted((a, b) => (a.bracketId < b.bracketId ? -1 : 1))) {
      if (!this.rows.has(bracketId, tx)) return false
      await own.lock(`bracket ${bracketId}`)
      const row = this.rows.get(bracketId, tx)!
      const { state, wakeAt, legs } = row.bracket
      const [entry] = legs
      if (state !== 'planned' || entry?.intentId !== intentId || !isUntold(entry)) return false
      if (wakeAt !== null && wakeAt <= now.toISOString()) return false
      moved.push({ ...row, bracket: { ...row.bracket, state: rest.state, legs: [{ ...entry, ...rest.entry }] } })
    }
    for (const row of moved) this.rows.put(tx, row.bracket.bracketId, row)
    return true
  }

  async countOn(tx: Transaction, events: ReadonlyMap<string, number>): Promise<Map<string, number>> {
    const own = tx as MemoryTransaction
    await own.statement()
    const counted = new Map<string, number>()
    for (const [accountId, count] of [...events].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      await own.lock(`sequence ${accountId}`)
      const value = (this.sequences.get(accountId, tx) ?? 0) + count
      this.sequences.put(tx, accountId, value)
      counted.set(accountId, value)
    }
    return counted
  }

  async awaitPlannings(tx: Transaction): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    await own.lock(planningLock)
    await own.lock(chunksLock)
  }

  openIds({ of, entriesOnly, sparesKept, after, limit }: OpenBracketsQuery): Promise<string[]> {
    const { strategyId, followId, accountId } = of
    const wanted = this.rows.all().filter(({ bracket, holdsSlot: holds, left }) => {
      if (sparesKept && left?.as === 'kept' && this.defects.closesKept !== true) return false
      const inScope =
        (strategyId === undefined || bracket.strategyId === strategyId) &&
        (followId === undefined || bracket.followId === followId) &&
        (accountId === undefined || bracket.accountId === accountId)
      const open = entering.has(bracket.state) || (!entriesOnly && holding.has(bracket.state))
      return holds && inScope && open && bracket.bracketId > (after ?? '')
    })
    const ids = wanted.map(({ bracket }): string => bracket.bracketId).toSorted()
    return Promise.resolve(ids.slice(0, limit))
  }

  holdingIds(of: { readonly accountId: string; readonly symbol: string; readonly side: string }): Promise<string[]> {
    const held = this.rows.all().filter(({ bracket, holdsSlot: holds }) => {
      const same = bracket.accountId === of.accountId && bracket.symbol === of.symbol && bracket.side === of.side
      return same && holds && positionOf(bracket).remaining.gt('0')
    })
    return Promise.resolve(held.map(({ bracket }): string => bracket.bracketId).toSorted())
  }

  async beside(tx: Transaction, { bracketId, accountId, symbol, side }: Bracket, since: Date): Promise<Bracket[]> {
    await (tx as MemoryTransaction).statement()
    const others = this.rows.all(tx).filter(({ bracket, holdsSlot: holds }) => {
      const same = bracket.accountId === accountId && bracket.symbol === symbol && bracket.side === side
      const ended = bracket.closedAt !== null && new Date(bracket.closedAt) >= since
      return same && bracket.bracketId !== bracketId && (holds || ended)
    })
    return others.map(({ bracket }) => bracket).filter(hasOrders)
  }

  async leave(tx: Transaction, followId: FollowId, as: LeftAs): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    for (const { bracket } of this.rows.all(tx)) {
      if (bracket.followId !== followId) continue
      await own.lock(`bracket ${bracket.bracketId}`)
      const row = this.rows.get(bracket.bracketId, tx)!
      if (row.holdsSlot) this.rows.put(tx, bracket.bracketId, { ...row, left: { as, at: this.facts.now() } })
    }
  }

  async keptIds(tx: Transaction, bracketIds: readonly string[]): Promise<string[]> {
    await (tx as MemoryTransaction).statement()
    const isKept = (id: string): boolean => this.rows.get(id, tx)?.left?.as === 'kept'
    return this.defects.closesKept === true ? [] : bracketIds.filter(isKept)
  }

  turnedIds({ after, limit }: BracketPage): Promise<string[]> {
    const signals = this.signals.all()
    const turned = this.rows.all().filter(({ bracket, holdsSlot: holds, left }) => {
      const isLeft = left?.as === 'gracefully' && this.facts.follows.get(bracket.followId)?.active === false
      if (!isLeft || !holds || bracket.closing !== null || !holding.has(bracket.state)) return false
      const { receivedAt } = this.signals.get(bracket.signalId)!.signal
      return signals.some(({ signal, denial }) => {
        const isOther = signal.side !== bracket.side && signal.symbol === bracket.symbol && denial === null
        return isOther && signal.strategyId === bracket.strategyId && signal.receivedAt > receivedAt
      })
    })
    const ids = turned.map(({ bracket }) => bracket.bracketId).toSorted()
    return Promise.resolve(ids.filter((id) => after === null || id > after).slice(0, limit))
  }

  dueIds(now: Date, limit: number): Promise<string[]> {
    const at = now.toISOString()
    const due = this.rows.all().filter(({ bracket: { wakeAt } }) => wakeAt !== null && wakeAt <= at)
    return Promise.resolve(due.slice(0, limit).map(({ bracket }) => bracket.bracketId))
  }

  async wakeLater(tx: Transaction, bracketIds: readonly string[], { now, until }: WakeWait): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    for (const id of bracketIds.toSorted()) {
      await own.lock(`bracket ${id}`)
      const row = this.rows.get(id, tx)!
      const { wakeAt } = row.bracket
      if (wakeAt === null || wakeAt > now.toISOString()) continue
      this.rows.put(tx, id, { ...row, bracket: { ...row.bracket, wakeAt: until.toISOString() } })
    }
  }
}

/** A denied one and one that waits for its turn have none: no news moves them. */
export function hasOrders({ state }: Bracket): boolean {
  return state !== 'denied' && state !== 'waiting'
}

function withTrustedStops(bracket: Bracket): Bracket {
  const trusted = (leg: Leg): Leg =>
    leg.purpose === 'stop' && leg.state === 'submitted' ? { ...leg, state: 'working' } : leg
  return { ...bracket, legs: bracket.legs.map(trusted) }
}

/** No fee is ever paid in it. */
function withOtherCoin(plan: SignalPlan): SignalPlan {
  return { ...plan, instrument: { ...plan.instrument, base: '' } }
}

/** As if their end had been asked for already. */
function withForgottenTargets(bracket: Bracket): Bracket {
  const forgotten = (leg: Leg): Leg =>
    leg.purpose === 'target' && leg.state === 'working' ? { ...leg, cancelRequested: true } : leg
  return { ...bracket, legs: bracket.legs.map(forgotten) }
}

function datedByNews(bracket: Bracket): Bracket {
  return { ...bracket, legs: bracket.legs.map((leg) => ({ ...leg, filledAt: leg.fillObservedAt })) }
}
