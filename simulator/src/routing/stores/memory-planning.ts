/**
 * Followers in and plans out, in memory. Called by the simulated process through the service's own port.
 * Must never be kinder than the SQL it stands for: what conflicts is left out, and locks are held to the commit.
 */
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal, minimum, ZERO, sum } from '@tradewire/kernel/decimal'
import type { AccountId, FollowId, RiskProfileId, UserId } from '@tradewire/kernel/ids'
import { partitionOf, partitionToken } from '@tradewire/kernel/partition'
import { type Bracket, plannerMoves } from '@tradewire/orders/domain/bracket/bracket'
import type { Balance, Candidate } from '@tradewire/orders/domain/gate/gate'
import { resolveSettings } from '@tradewire/orders/domain/sizing/settings'
import { type InTheWay, superseded } from '@tradewire/orders/domain/gate/open-position'
import type { Signal } from '@tradewire/orders/domain/planning/signal-plan'
import type { KillSwitches } from '@tradewire/orders/ports/kill-switches.port'
import type { Instrument } from '@tradewire/orders/domain/planning/instrument'
import type { FollowNews, InstrumentNews } from '@tradewire/orders/ports/facts.port'
import type { WaitingEntry } from '@tradewire/orders/ports/waiting-entries.port'
import {
  type FollowerQuery,
  type PlannedBracket,
  PlannedMeanwhile,
  Planning,
  type SignalFacts,
  type StoredSignal,
} from '@tradewire/orders/ports/planning.port'
import type { Defects } from '../defects.ts'
import type { MemoryTransaction } from './memory-database.ts'
import { basicSettingsOf, layerKeyOf, type MemoryFacts } from './memory-facts.ts'
import { chunksLock, planningLock } from './memory-kill-switches.ts'
import type { MemoryLossWatches } from './memory-loss-watches.ts'
import { type BracketRow, type MemoryBrackets, slotKeyOf } from './memory-orders.ts'
import type { MemoryWaitingEntries } from './memory-waiting.ts'
import { onlyEnvironment } from '../terms.ts'

/** What stood when a bracket was committed: for the checker alone. */
export type PlannedListener = (row: BracketRow, signal: Signal) => void

export interface PlanningMeans {
  readonly facts: MemoryFacts
  readonly brackets: MemoryBrackets
  readonly waiting: MemoryWaitingEntries
  readonly lossWatches: MemoryLossWatches
  readonly killSwitches: KillSwitches
  readonly defects: Defects
  /** Called at the commit of every new bracket, with all that is committed then in sight. */
  readonly onPlanned: PlannedListener
}

export class MemoryPlanning extends Planning {
  private readonly means: PlanningMeans
  private readonly planners: MemoryTransaction[] = []

  constructor(means: PlanningMeans) {
    super()
    this.means = means
  }

  async lockSymbol(tx: Transaction, signal: Signal): Promise<SignalFacts> {
    const { strategyId, venue, symbol } = signal
    const own = tx as MemoryTransaction
    const { facts, killSwitches, defects } = this.means
    await own.statement()
    // One statement in SQL: what it joins is older than the locks that it waits for.
    const strategy = facts.strategies.get(strategyId, tx)
    const platform = facts.layers.get(layerKeyOf('platform', null), tx)
    const instrument = facts.instruments.get(`${venue} ${onlyEnvironment} ${symbol}`, tx)
    await own.lock(planningLock, 'shared')
    if (defects.plansBesideEachOther !== true) await own.lock(`symbol ${venue} ${symbol}`)
    const engaged = await killSwitches.engagedFor(tx, strategyId)
    await own.statement()
    const isOrphaned = own.isHeld(`chunk ${venue} ${symbol}`)
    if (isOrphaned && defects.plansBesideEachOther !== true) throw new PlannedMeanwhile(signal.signalId)
    this.planners.push(own)
    return {
      strategy: strategy && {
        name: strategy.name,
        active: strategy.active,
        settings: strategy.settings ?? null,
        provider: null,
        soldBy: null,
      },
      instruments: instrument === undefined ? {} : { [onlyEnvironment]: instrumentOf(instrument) },
      platformSettings: platform?.settings ?? null,
      rates: [],
      killSwitches: engaged,
      isFrequent: false,
      planner: this.planners.length - 1,
      ...this.plannedEarlier(tx, signal),
    }
  }

  async join(tx: Transaction, { signalId, venue, symbol }: Signal, planner: number): Promise<void> {
    const own = tx as MemoryTransaction
    await own.statement()
    await own.lock(chunksLock, 'shared')
    await own.lock(`chunk ${venue} ${symbol}`, 'shared')
    await own.statement()
    if (this.planners[planner]?.phase !== 'open') throw new PlannedMeanwhile(signalId)
  }

  /** What has been planned of newer signals, and of this one before it was cut short. */
  private plannedEarlier(tx: Transaction, { signalId, strategyId, receivedAt }: Signal) {
    const { brackets, defects } = this.means
    const newer = this.means.brackets.signals.all(tx).find(({ signal, denial }) => {
      const isNewer = signal.signalId > signalId && signal.receivedAt > receivedAt
      return isNewer && signal.strategyId === strategyId && denial === null
    })
    const own = brackets.rows
      .all(tx)
      .filter(({ bracket: { signalId: id, state } }) => id === signalId && state !== 'denied')
    const takingPart = defects.forgetsTakingPart === true ? [] : own
    return {
      overtakenBy: newer?.signal.signalId ?? null,
      takingPart: new Map(takingPart.map(({ bracket }) => [bracket.accountId, bracket.followId])),
      begun: this.means.brackets.signals.has(signalId, tx),
      refusal: this.means.brackets.signals.get(signalId, tx)?.denial ?? null,
    }
  }

  async candidates(tx: Transaction, query: FollowerQuery): Promise<Candidate[]> {
    await (tx as MemoryTransaction).statement()
    const { strategyId, followIds, after, limit } = query
    const cursor = after === null ? '' : placeOf(after)
    const follows = this.means.facts.follows
      .all(tx)
      .filter((follow) => follow.strategyId === strategyId && follow.active && placeOf(follow) > cursor)
      .filter(({ followId }) => followIds === null || followIds.includes(followId as FollowId))
      .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    const chunk = follows.slice(0, limit)
    // Accounts whose holdings are limited: what another symbol's planning adds to them is waited for.
    for (const follow of chunk) {
      const { maxPositions, maxExposure, maxExposurePercent } = this.settingsOf(tx, follow, query)
      if ([maxPositions, maxExposure, maxExposurePercent].every((limited) => limited === null)) continue
      await (tx as MemoryTransaction).lock(`holdings ${follow.accountId}`)
    }
    return chunk.map((follow) => this.candidateOf(tx, follow, query))
  }

  async insert(tx: Transaction, stored: StoredSignal, planned: readonly PlannedBracket[]): Promise<Set<string>> {
    const own = tx as MemoryTransaction
    const { brackets, onPlanned } = this.means
    const { signal, plans } = stored
    await own.statement()
    await own.lock(`signal ${signal.signalId}`)
    if (!this.means.brackets.signals.has(signal.signalId, tx)) {
      this.means.brackets.signals.put(tx, signal.signalId, stored)
      if (stored.denial === null) brackets.plans.put(tx, signal.signalId, plans)
    }
    const fresh = new Set<string>()
    for (const one of planned) {
      const row = bracketRowOf(stored, one)
      const { bracketId } = row.bracket
      await own.lock(`bracket ${bracketId}`)
      if (brackets.rows.has(bracketId, tx) && this.means.defects.plansOverWhatStands !== true) {
        if (!stored.begun) throw new PlannedMeanwhile(signal.signalId)
        continue
      }
      if (row.holdsSlot) {
        await own.lock(slotKeyOf(row.bracket))
        if (this.slotIsTaken(tx, row.bracket)) throw new PlannedMeanwhile(signal.signalId)
      }
      brackets.rows.put(tx, bracketId, row)
      own.whenApplied(() => onPlanned(row, signal))
      fresh.add(bracketId)
    }
    return fresh
  }

  async refuse(tx: Transaction, stored: StoredSignal): Promise<void> {
    const own = tx as MemoryTransaction
    const { signalId } = stored.signal
    await own.statement()
    await own.lock(`signal ${signalId}`)
    if (!this.means.brackets.signals.has(signalId, tx)) this.means.brackets.signals.put(tx, signalId, stored)
  }

  async queue(tx: Transaction, stored: StoredSignal, fresh: readonly PlannedBracket[]): Promise<WaitingEntry[]> {
    const replaced = fresh.flatMap(({ candidate, result }) =>
      result.outcome === 'denied' || candidate.waiting === null ? [] : [candidate.waiting.bracketId],
    )
    const left = replaced.length === 0 ? [] : await this.withdraw(tx, replaced, superseded(stored.signal.signalId))
    await this.means.waiting.add(tx, fresh, stored)
    return left
  }

  withdraw(tx: Transaction, bracketIds: readonly string[], denial: Denial): Promise<WaitingEntry[]> {
    return this.means.waiting.withdraw(tx, { bracketIds }, denial)
  }

  async decide(tx: Transaction, stored: StoredSignal, planned: readonly PlannedBracket[]): Promise<Set<string>> {
    const own = tx as MemoryTransaction
    const { brackets, waiting, onPlanned } = this.means
    await own.statement()
    const decided = new Set<string>()
    for (const one of planned) {
      const { result, candidate, bracketId } = one
      if (result.outcome === 'waiting') {
        await waiting.waitAgain(tx, candidate.followId, bracketId, result.wait)
      } else if (await waiting.leave(tx, candidate.followId, bracketId)) {
        const row = bracketRowOf(stored, one)
        await own.lock(`bracket ${bracketId}`)
        if (row.holdsSlot) await own.lock(slotKeyOf(row.bracket))
        if (row.holdsSlot && this.slotIsTaken(tx, row.bracket)) throw new Error('the slot of a decided entry is taken')
        brackets.rows.put(tx, bracketId, row)
        own.whenApplied(() => onPlanned(row, stored.signal))
        decided.add(bracketId)
      }
    }
    return decided
  }

  private slotIsTaken(tx: Transaction, { accountId, followId }: Bracket): boolean {
    return this.means.brackets.rows.all(tx).some(({ bracket, holdsSlot }) => {
      return holdsSlot && bracket.accountId === accountId && bracket.followId === followId
    })
  }

  private settingsOf(tx: Transaction, follow: FollowNews, { common }: FollowerQuery) {
    return resolveSettings(basicSettingsOf(follow), { ...this.means.facts.layersOf(follow, tx), ...common })
  }

  private candidateOf(tx: Transaction, follow: FollowNews, query: FollowerQuery): Candidate {
    const { signal } = query
    const { facts, brackets, lossWatches, defects } = this.means
    const account = facts.accounts.get(follow.accountId, tx)
    const isPaused = facts.accountChanges.get(follow.accountId, tx)?.active === false
    const rows = brackets.rows.all(tx).filter(({ bracket }) => bracket.accountId === follow.accountId)
    const held = rows.filter(({ holdsSlot }) => holdsSlot)
    const told = facts.balances.get(follow.accountId, tx)
    const observedAt = told === undefined ? null : new Date(told.observedAt)
    const reserved = held.filter(({ createdAt }) => observedAt !== null && createdAt > observedAt)
    return {
      followId: follow.followId as FollowId,
      accountId: follow.accountId as AccountId,
      userId: follow.userId as UserId,
      riskProfileId: follow.riskProfileId as RiskProfileId,
      settings: this.settingsOf(tx, follow, query),
      active: follow.active,
      followRevision: follow.revision,
      account: account === undefined ? null : { ...account, active: !isPaused || defects.overlooksPauses === true },
      balance: told === undefined ? null : balanceOf(told, rows),
      reserved: defects.forgetsReserved === true ? ZERO : sum(reserved.map(marginOf)),
      positions: held.length,
      lossBases: lossWatches.basesOf(follow.followId, tx),
      entitlement: null,
      access: null,
      exposure: sum(held.map((row) => marginOf(row).times(String(row.bracket.leverage ?? 1)))),
      lastLoss: null,
      ...this.inTheWayOf(tx, follow, signal, held),
    }
  }

  private inTheWayOf(tx: Transaction, { followId }: FollowNews, signal: Signal, held: readonly BracketRow[]): InTheWay {
    const own = held.find(({ bracket }) => bracket.followId === followId && bracket.signalId !== signal.signalId)
    const opposite = held
      .filter(({ bracket }) => bracket.followId !== followId && bracket.side !== signal.side)
      .filter(({ bracket }) => bracket.venue === signal.venue && bracket.symbol === signal.symbol)
    const ends = ({ bracket }: BracketRow): boolean =>
      isEnding(bracket) || this.means.waiting.hasAskedToEnd(bracket.bracketId, tx)
    const staying = opposite.find((row) => !ends(row)) ?? opposite[0]
    const waiting = this.means.waiting.ofFollow(followId, tx)
    return {
      open: own === undefined ? null : { ...own.bracket, ending: isEnding(own.bracket), kept: own.left?.as === 'kept' },
      waiting: waiting === undefined || waiting.signalId === signal.signalId ? null : waiting,
      opposite: staying === undefined ? null : { ...staying.bracket, ending: ends(staying) },
    }
  }
}

function instrumentOf(news: InstrumentNews): Instrument {
  return {
    kind: news.kind,
    base: news.base,
    quote: news.quote,
    active: news.active,
    priceStep: decimal(news.priceStep),
    quantityStep: decimal(news.quantityStep),
    minimumQuantity: decimal(news.minimumQuantity),
    maximumQuantity: decimal(news.maximumQuantity),
    minimumNotional: decimal(news.minimumNotional),
    contractSize: decimal(news.contractSize),
    tradingHours: null,
  }
}

/** On its way out, or gone with an order that can still execute. */
function isEnding({ state }: Bracket): boolean {
  return state === 'closing' || state === 'closed' || state === 'failed'
}

function placeOf({ accountId, followId }: Pick<FollowNews, 'accountId' | 'followId'>): string {
  return `${partitionToken(partitionOf(accountId))} ${accountId} ${followId}`
}

function marginOf({ margin }: BracketRow) {
  return decimal(margin ?? '0')
}

/** What ended since the balance was told has lost its money and given back its margin. */
function balanceOf(
  told: {
    readonly currency: string
    readonly total: string
    readonly free: string
    readonly equity: string
    readonly observedAt: string
  },
  rows: readonly BracketRow[],
): Balance {
  const settled = rows.filter(({ bracket: { closedAt } }) => closedAt !== null && closedAt > told.observedAt)
  const lost = minimum(sum(settled.map(({ realizedPnl }) => realizedPnl ?? ZERO)), ZERO).abs()
  const returned = settled.filter(({ bracket: { firstFilledAt } }) => (firstFilledAt ?? '~') <= told.observedAt)
  const total = decimal(told.total)
  return {
    currency: told.currency,
    total: total.minus(lost),
    free: minimum(decimal(told.free).plus(sum(returned.map(marginOf))), total).minus(lost),
    equity: decimal(told.equity).minus(lost),
    lostSince: lost,
    observedAt: new Date(told.observedAt),
  }
}

function bracketRowOf(stored: StoredSignal, { bracketId, candidate, result }: PlannedBracket): BracketRow {
  const { signal, plannedAt, wakeAt } = stored
  const approved = result.outcome === 'approved' ? result : null
  const { followId, accountId, userId } = candidate
  return {
    holdsSlot: approved !== null,
    createdAt: plannedAt,
    quantity: approved?.order.quantity ?? null,
    margin: approved?.margin ?? null,
    denial: result.outcome === 'denied' ? result.denial : null,
    realizedPnl: null,
    left: null,
    bracket: {
      bracketId,
      signalId: signal.signalId,
      strategyId: signal.strategyId,
      followId,
      accountId,
      userId,
      venue: signal.venue,
      environment: onlyEnvironment,
      symbol: signal.symbol,
      side: signal.side,
      leverage: approved?.order.leverage ?? null,
      exits: candidate.settings.exits,
      state: plannerMoves[result.outcome],
      closing: null,
      gone: ZERO,
      losses: [],
      firstFilledAt: null,
      exposedSince: null,
      unprotectedMs: 0,
      openedAt: null,
      closedAt: null,
      wakeAt: approved === null ? null : wakeAt,
      failure: null,
      legs: approved === null ? [] : [approved.entry],
    },
  }
}
