/**
 * Turns one accepted signal into a bracket or a coded refusal for every follower, and sends the entries off.
 * Called by the signal consumer inside its transaction. Must never plan a follower twice: ids follow from signal and
 * follow, so a replay after a crash inserts nothing and sends nothing that has been stored before.
 */
import { Injectable } from '@nestjs/common'
import type { Denial, DenialCode } from '@tradewire/contracts/denials/all'
import { orderPlanned, orderSubmit } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { RetryableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal, decimal } from '@tradewire/kernel/decimal'
import type { FollowId } from '@tradewire/kernel/ids'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { OrdersConfig } from '../../config.ts'
import { legOf } from '../../domain/bracket/advance.ts'
import { plannedOf, submitOf } from '../../domain/bracket/commands.ts'
import { restEndsAt } from '../../domain/bracket/decide.ts'
import { gateContexts } from '../../domain/gate/gate-contexts.ts'
import { type Candidate, judge, type Judgement } from '../../domain/gate/gate.ts'
import { denial } from '../../domain/gate/denial.ts'
import { bracketIdOf } from '../../domain/planning/ids.ts'
import { sourcePause } from '../../domain/stopping/kill-switch.ts'
import type { Leg } from '../../domain/bracket/leg.ts'
import { superseded, waitedTooLong } from '../../domain/gate/open-position.ts'
import { PlanningMeans } from '../../ports/planning-means.port.ts'
import { quotesOf } from '../../domain/planning/instrument.ts'
import { lateAgainst, type PlanningPolicy, type Signal } from '../../domain/planning/signal-plan.ts'
import { leadingEnvironment, planInEach, refusedInEach } from '../../domain/planning/signal-plans.ts'
import {
  type FollowerCursor,
  type FollowerQuery,
  type PlannedBracket,
  Planning,
  type SignalFacts,
  type StoredSignal,
} from '../../ports/planning.port.ts'
import type { DueEntry, WaitingEntry } from '../../ports/waiting-entries.port.ts'
import { signalOf, type SignalData } from '../../domain/planning/accepted-signal.ts'
import { WatchSource } from '../watch-source/watch-source.use-case.ts'

/** Waits for the strategy's own news, which was sent before its signals. */
export class StrategyNotHeardOf extends RetryableError {
  override readonly name = 'StrategyNotHeardOf'
}

type Verdict = (candidate: Candidate) => Judgement

interface DuePlanning {
  readonly stored: StoredSignal
  readonly verdict: Verdict
  readonly query: Omit<FollowerQuery, 'after' | 'limit'>
}

/** The first chunk is small, so that its orders are on their way while the others are planned; each next one doubles. */
const firstChunkRows = 64
/** Followers planned without a pause: some 2 ms. */
const sliceRows = 32

/** Places of a margin: rounded up, far below any coin. */
const marginPlaces = 8

@Injectable()
export class PlanSignal {
  private readonly policy: PlanningPolicy
  private readonly frequentFrom: number
  private readonly chunkRows: number
  private readonly limitRestMs: number

  constructor(
    @InjectConfig() config: OrdersConfig,
    private readonly database: Database,
    private readonly planning: Planning,
    private readonly means: PlanningMeans,
    private readonly watchSource: WatchSource,
  ) {
    this.frequentFrom = config.alertsPerMinuteMin
    this.chunkRows = config.chunkRows
    this.limitRestMs = config.limitRestMs
    this.policy = {
      stopLimitOffsetPercent: decimal(config.stopLimitOffsetPercent),
      entryCostPercent: decimal(config.entryCostPercent),
      balanceAgeMaxMs: config.balanceAgeMaxMs,
      rateAgeMaxMs: config.rateAgeMaxMs,
    }
  }

  /**
   * Followers come in chunks. Every chunk but the last commits by itself, so its orders leave while the next one is
   * worked out; the last shares the consumer's transaction, whose commit remembers the signal. With `due`, only these
   * entries are planned, whose turn has come. Answers whether entries have to wait for something to end.
   */
  async execute(data: SignalData, tx: Transaction, due: readonly DueEntry[] = []): Promise<boolean> {
    const beganMs = this.means.clock.monotonicMs()
    const signal = signalOf(data)
    const facts = await this.factsOf(tx, signal, due.length > 0)
    const now = this.means.clock.now()
    if (facts.strategy === undefined && now.getTime() < Date.parse(signal.expiresAt)) {
      throw new StrategyNotHeardOf(`signal ${signal.signalId}: strategy ${signal.strategyId} is not known yet`)
    }
    const { stored, verdict } = this.judgeSignal(signal, data, facts, now)
    const quotes = quotesOf(facts.instruments)
    const common = { platform: facts.platformSettings, strategy: facts.strategy?.settings ?? null }
    const of = { strategyId: signal.strategyId, soldBy: facts.strategy?.soldBy ?? null }
    const query = { signal, ...of, quotes, common, now, followIds: chosenOf(data) }
    if (due.length > 0) return this.planDue(tx, { stored, verdict, query }, due)
    if (query.followIds === null && isRefusedAsAWhole(stored, facts)) {
      await this.refuse(tx, stored)
      return false
    }
    const read = (after: FollowerCursor | null, rows: number): Promise<Candidate[]> =>
      this.planning.candidates(tx, { ...query, after, limit: rows + 1 })
    const last = await this.planChunks(stored, verdict, read)
    const waits = (await this.means.pace.run(() => this.store(tx, stored, last.chunk))) || last.waits
    this.means.metrics
      .histogram('signal_planning_seconds', 'Planning of one signal for all its followers')
      .record((this.means.clock.monotonicMs() - beganMs) / 1_000)
    return waits
  }

  /** An entry that waits has kept its place against newer signals, and its source was watched when its signal came. */
  private async factsOf(tx: Transaction, signal: Signal, isDue: boolean): Promise<SignalFacts> {
    const facts = await this.planning.lockSymbol(tx, signal, this.frequentFrom)
    if (isDue) return { ...facts, overtakenBy: null }
    const pause = facts.isFrequent ? await this.watchSource.execute(signal, tx) : null
    return pause === null ? facts : { ...facts, killSwitches: [...facts.killSwitches, pause] }
  }

  /**
   * Three steps at a time: one chunk is stored while the next is worked out and the one after it is read. The plans of
   * one change no fact of another. Answers the last chunk, which is not stored yet.
   */
  private async planChunks(
    stored: StoredSignal,
    verdict: Verdict,
    read: (after: FollowerCursor | null, rows: number) => Promise<Candidate[]>,
  ): Promise<{ readonly chunk: PlannedBracket[]; readonly waits: boolean }> {
    let rows = Math.min(firstChunkRows, this.means.pace.rows(this.chunkRows))
    let waits = false
    let storing: Promise<boolean> = Promise.resolve(false)
    let found = await read(null, rows)
    try {
      while (found.length > rows) {
        const candidates = found.slice(0, rows)
        rows = Math.min(rows * 2, this.means.pace.rows(this.chunkRows))
        const next = read(candidates.at(-1)!, rows)
        next.catch(() => undefined)
        const chunk = await planAll(candidates, stored, this.inTime(stored, verdict))
        waits = (await storing) || waits
        storing = this.means.pace.run(() => this.database.transact((own) => this.storeBeside(own, stored, chunk)))
        storing.catch(() => undefined)
        found = await next
      }
      const chunk = await planAll(found, stored, this.inTime(stored, verdict))
      return { chunk, waits: (await storing) || waits }
    } finally {
      // Nothing is stored behind the back of a planning that has failed.
      await Promise.allSettled([storing])
    }
  }

  /** The signal may have become too old while the chunks before were stored: nobody would send these entries any more. */
  private inTime({ signal, denial: refusal }: StoredSignal, verdict: Verdict): Verdict {
    const late = refusal === null ? lateAgainst(signal, this.means.clock.now()) : null
    return late === null ? verdict : () => ({ outcome: 'denied', denial: late, sizing: null })
  }

  /** Entries whose turn has come, or whose signal has expired: they are few, and their plan has been stored. */
  private async planDue(tx: Transaction, planning: DuePlanning, due: readonly DueEntry[]): Promise<boolean> {
    const { stored, verdict, query } = planning
    const followIds = due.map(({ followId }) => followId)
    const found = await this.planning.candidates(tx, { ...query, followIds, after: null, limit: due.length })
    const waitedBy = new Map(due.map(({ followId, waited }) => [followId, waited]))
    const expired = stored.denial?.code === 'STALE_SIGNAL'
    const planned = (await planAll(found, stored, verdict)).map((one): PlannedBracket => {
      const waited = waitedBy.get(one.candidate.followId)!
      if (!expired) return { ...one, waited }
      const tooLong = waitedTooLong(waited, stored.signal.expiresAt, stored.plannedAt)
      return { ...one, waited, result: { outcome: 'denied', denial: tooLong } }
    })
    const fresh = await this.planning.decide(tx, stored, planned)
    this.announce(
      tx,
      stored,
      planned.filter(({ bracketId }) => fresh.has(bracketId)),
    )
    for (const left of due.filter(({ followId }) => !found.some((candidate) => candidate.followId === followId))) {
      const paused = denial('FOLLOW_INACTIVE', { followId: left.followId })
      this.tellDenied(tx, await this.planning.withdraw(tx, [left.bracketId], paused), paused)
    }
    return planned.some(({ result }) => result.outcome === 'waiting')
  }

  private judgeSignal(
    signal: Signal,
    data: SignalData,
    facts: SignalFacts,
    now: Date,
  ): { readonly stored: StoredSignal; readonly verdict: Verdict } {
    const { strategy, instruments, overtakenBy } = facts
    const pause = sourcePause(facts.killSwitches, signal)
    const terms = { strategyActive: strategy?.active === true, pause, instruments, overtakenBy }
    const planned = facts.refusal === null ? planInEach(signal, terms, this.policy, now) : refusedInEach(facts.refusal)
    const leading = leadingEnvironment(planned)
    const stored: StoredSignal = {
      signal,
      raw: JSON.stringify(data),
      strategyName: strategy?.name ?? null,
      plans: planned.plans,
      denial: planned.denials[leading] ?? null,
      begun: facts.begun,
      plannedAt: now,
      planner: facts.planner,
      wakeAt: restEndsAt(signal, this.limitRestMs),
    }
    const byAlert = signal.source !== 'OPERATOR'
    const known = { ...facts, byAlert, provider: strategy?.provider ?? null }
    const contexts = gateContexts(planned.plans, known, this.policy, now)
    const verdict: Verdict = (candidate) => {
      const environment = candidate.account?.environment ?? leading
      const context = contexts[environment]
      return context === undefined
        ? { outcome: 'denied', denial: planned.denials[environment]!, sizing: null }
        : judge(candidate, context)
    }
    return { stored, verdict }
  }

  /** However many follow: what a paused source sends in a storm, or a backlog that came too late, costs a row a signal. */
  private async refuse(tx: Transaction, stored: StoredSignal): Promise<void> {
    await this.planning.refuse(tx, stored)
    this.means.metrics
      .counter('signals_refused_total', 'Signals refused as a whole, by code')
      .add(1, { code: stored.denial?.code ?? '' })
  }

  private async storeBeside(
    own: Transaction,
    stored: StoredSignal,
    chunk: readonly PlannedBracket[],
  ): Promise<boolean> {
    await this.planning.join(own, stored.signal, stored.planner)
    return this.store(own, stored, chunk)
  }

  /** Answers whether any of them has to wait. */
  private async store(tx: Transaction, stored: StoredSignal, chunk: readonly PlannedBracket[]): Promise<boolean> {
    const inserted = await this.planning.insert(tx, stored, chunk)
    const fresh = chunk.filter(({ bracketId }) => inserted.has(bracketId))
    const waits = fresh.some(({ result }) => result.outcome === 'waiting')
    if (waits || fresh.some(({ candidate }) => candidate.waiting !== null)) {
      this.tellDenied(tx, await this.planning.queue(tx, stored, fresh), superseded(stored.signal.signalId))
    }
    this.announce(tx, stored, fresh)
    return waits
  }

  /** What has been decided for these followers; of those that wait there is nothing to tell yet. */
  private announce(tx: Transaction, stored: StoredSignal, brackets: readonly PlannedBracket[]): void {
    const denials = new Map<string, number>()
    tx.append(
      orderPlanned,
      brackets.flatMap((bracket) => plannedEvent(bracket, stored.signal) ?? []),
    )
    const submits = []
    for (const { bracketId, candidate, result } of brackets) {
      if (result.outcome === 'denied') denials.set(result.denial.code, (denials.get(result.denial.code) ?? 0) + 1)
      if (result.outcome !== 'approved') continue
      const { signalId, strategyId, venue, symbol, expiresAt } = stored.signal
      const { leverage } = result.order
      const owner = { bracketId, signalId, strategyId, accountId: candidate.accountId, venue, symbol, leverage }
      submits.push(submitOf(owner, result.entry, expiresAt, result.order.split))
    }
    tx.append(orderSubmit, submits)
    this.count(submits.length, denials)
  }

  private tellDenied(tx: Transaction, entries: readonly WaitingEntry[], because: Denial): void {
    tx.append(
      orderPlanned,
      entries.map((entry) => plannedOf(entry, { denial: because })),
    )
  }

  private count(approved: number, denials: ReadonlyMap<string, number>): void {
    const counter = this.means.metrics.counter('orders_planned_total', 'Followers planned, by outcome')
    if (approved > 0) counter.add(approved, { outcome: 'approved' })
    for (const [code, number] of denials) counter.add(number, { outcome: 'denied', code })
  }
}

/** No follower's own matter: the source is paused, or the signal came too late. */
const refusedAsAWhole: ReadonlySet<DenialCode> = new Set(['SOURCE_PAUSED', 'STALE_SIGNAL'])

/** Where some followers were planned before that, each of the others is told. */
function isRefusedAsAWhole({ denial: refusal }: StoredSignal, { begun, refusal: before }: SignalFacts): boolean {
  return refusal !== null && refusedAsAWhole.has(refusal.code) && (!begun || before !== null)
}

/** Whom the signal is for; null for all of the strategy. */
function chosenOf({ followIds }: SignalData): readonly FollowId[] | null {
  return followIds === undefined ? null : followIds.map((id) => id as FollowId)
}

/** In slices: between them orders leave and answers are read, which would otherwise wait for the whole chunk. */
async function planAll(
  candidates: readonly Candidate[],
  stored: StoredSignal,
  verdict: Verdict,
): Promise<PlannedBracket[]> {
  const planned: PlannedBracket[] = []
  for (const candidate of candidates) {
    planned.push(planOne(candidate, stored, verdict))
    if (planned.length % sliceRows === 0) await new Promise(setImmediate)
  }
  return planned
}

function planOne(candidate: Candidate, stored: StoredSignal, verdict: Verdict): PlannedBracket {
  const bracketId = bracketIdOf(stored.signal.signalId, candidate.followId)
  const judgement = verdict(candidate)
  if (judgement.outcome === 'denied') {
    const { denial, sizing } = judgement
    return { bracketId, candidate, sizing, result: { outcome: 'denied', denial } }
  }
  if (judgement.outcome === 'waiting') {
    const { wait } = judgement
    const waited = { ...wait, since: stored.plannedAt.toISOString() }
    return { bracketId, candidate, sizing: null, result: { outcome: 'waiting', wait }, waited }
  }
  const { order, sizing } = judgement
  const entry = entryOf(candidate, order.quantity, stored)
  const margin = marginOf(new Decimal(sizing.notional), order.leverage ?? 1)
  return { bracketId, candidate, sizing, result: { outcome: 'approved', order, entry, margin } }
}

function entryOf(
  { accountId, account }: Candidate,
  quantity: Decimal,
  { signal, plans, plannedAt }: StoredSignal,
): Leg {
  const plan = account === null ? undefined : plans[account.environment]
  const limit = signal.entryType === 'limit' && plan !== undefined ? plan.prices.entry : null
  return legOf(
    { signalId: signal.signalId, accountId, side: signal.side },
    {
      leg: 'entry',
      purpose: 'entry',
      type: signal.entryType,
      quantity,
      price: limit,
      triggerPrice: null,
      callbackRatePercent: null,
    },
    plannedAt.toISOString(),
  )
}

/** What the entry takes from the free balance until the venue's balance tells of it. */
function marginOf(notional: Decimal, leverage: number): string {
  return notional.div(String(leverage), marginPlaces, Decimal.roundUp).toString()
}

function plannedEvent({ bracketId, candidate, result }: PlannedBracket, { signalId, strategyId }: Signal) {
  if (result.outcome === 'waiting') return null
  const { followId, accountId, userId } = candidate
  const ids = { signalId, strategyId, followId, accountId, userId, bracketId }
  return plannedOf(
    ids,
    result.outcome === 'approved' ? { quantity: result.order.quantity.toString() } : { denial: result.denial },
  )
}
