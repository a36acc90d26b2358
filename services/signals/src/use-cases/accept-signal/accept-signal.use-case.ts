/**
 * Takes one checked signal: stores it with its event in a commit shared by concurrent callers.
 * Called by the alert intake and by operators' own signals. Must never answer before the commit, nor need the bus.
 */
import { Injectable } from '@nestjs/common'
import { signalAccepted } from '@tradewire/contracts/events/signals'
import { Database } from '@tradewire/database/database'
import { GroupCommit, GroupCommitFull } from '@tradewire/database/group-commit'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { type FollowId, IdSource, type SignalId, type StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { injectTrace } from '@tradewire/observability/trace'
import type { DedupeKey } from '../../domain/dedupe.ts'
import type { EntryType, Signal, Strategy } from '../../domain/model.ts'
import { Signals, type IncomingSignal, type RawRequest, type StoredOutcome } from '../../ports/signals.port.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

/** Signals in one commit: performance.md's optimum for grouped accepts. */
const batchRows = 256
/** Beyond this many waiting the sender is told to come back: waiting longer would run into its own limit. */
const queuedMax = 4_096
/** TradingView gives up after 3 s and does not repeat a timeout, but repeats a 503: so answer before. */
const acceptTimeoutMs = 2_000
const strategiesCachedMax = 10_000
/** A strategy that changes between check and commit is checked again this often. */
const strategyChecksMax = 3

export type SignalDraft = Pick<Signal, 'source' | 'side' | 'price' | 'stop' | 'targets' | 'trailing'>

/** Where a signal does not go the strategy's own way. */
export interface SignalExceptions {
  readonly entryType: EntryType
  /** Only these of its followers. */
  readonly followIds: readonly FollowId[]
}

export interface AcceptSignalInput {
  readonly strategyId: StrategyId
  readonly draft: SignalDraft
  readonly dedupe: DedupeKey
  readonly request: RawRequest
  readonly exceptions?: SignalExceptions
  /** Whether the sender may signal for this strategy; asked again if the strategy changes meanwhile. */
  readonly mayUse: (strategy: Strategy) => boolean
}

export interface AcceptedSignal {
  readonly signalId: SignalId
  /** True if the same signal had been taken before: nothing new happens. */
  readonly duplicate: boolean
}

interface Incoming extends IncomingSignal {
  readonly strategy: Strategy
  readonly exceptions: SignalExceptions | undefined
  /** Each signal stays in its sender's trace, although they share a commit. */
  readonly trace: string | null
}

@Injectable()
export class AcceptSignal {
  private readonly known = new Map<StrategyId, Strategy>()
  private readonly commits: GroupCommit<Incoming, StoredOutcome>

  constructor(
    database: Database,
    private readonly strategies: Strategies,
    private readonly signals: Signals,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {
    this.commits = new GroupCommit({ database, batchRows, queuedMax, work: (tx, batch) => this.store(tx, batch) })
  }

  async execute(input: AcceptSignalInput): Promise<Result<AcceptedSignal, CodedError>> {
    try {
      return await within(acceptTimeoutMs, this.accept(input))
    } catch (error) {
      if (error instanceof GroupCommitFull) return err(signalsErrors.of('INTAKE_OVERLOADED', { reason: 'queue full' }))
      return err(signalsErrors.of('INTAKE_OVERLOADED', { reason: 'database' }))
    }
  }

  private async accept(input: AcceptSignalInput): Promise<Result<AcceptedSignal, CodedError>> {
    for (let check = 1; check <= strategyChecksMax; check += 1) {
      const strategy = await this.strategyOf(input.strategyId)
      if (strategy === undefined || !input.mayUse(strategy)) return err(signalsErrors.of('STRATEGY_NOT_FOUND'))
      if (!strategy.active) return err(signalsErrors.of('STRATEGY_NOT_ACTIVE'))
      const incoming = this.incomingOf(input, strategy)
      const outcome = await this.commits.submit(incoming)
      if (outcome.kind === 'stored') return ok({ signalId: incoming.signal.id, duplicate: false })
      if (outcome.kind === 'duplicate') return ok({ signalId: outcome.of, duplicate: true })
      this.known.delete(input.strategyId)
    }
    return err(signalsErrors.of('INTAKE_OVERLOADED', { reason: 'strategy keeps changing' }))
  }

  /** From memory: a stale copy is caught by the revision in the storing statement. An inactive one is read afresh. */
  private async strategyOf(id: StrategyId): Promise<Strategy | undefined> {
    const cached = this.known.get(id)
    if (cached !== undefined && cached.active) return cached
    const strategy = await this.strategies.find(id)
    if (strategy === undefined) return undefined
    if (this.known.size >= strategiesCachedMax) this.known.clear()
    this.known.set(id, strategy)
    return strategy
  }

  private incomingOf({ draft, dedupe, request, exceptions }: AcceptSignalInput, strategy: Strategy): Incoming {
    const receivedAt = this.clock.now()
    const signal: Signal = {
      ...draft,
      id: this.ids.next<'Signal'>(),
      strategyId: strategy.id,
      receivedAt,
      expiresAt: new Date(receivedAt.getTime() + strategy.signalMaxAgeSeconds * 1_000),
      duplicates: 0,
    }
    const trace = injectTrace() ?? null
    return { signal, dedupe, request, exceptions, strategy, strategyRevision: strategy.revision, trace }
  }

  private async store(tx: Transaction, batch: readonly Incoming[]): Promise<StoredOutcome[]> {
    const outcomes = await this.signals.accept(tx, batch)
    batch.forEach(({ signal, strategy, exceptions, trace }, index) => {
      if (outcomes[index]?.kind !== 'stored') return
      const news = {
        signalId: signal.id,
        strategyId: strategy.id,
        source: signal.source,
        venue: strategy.venue,
        symbol: strategy.symbol,
        side: signal.side,
        entryType: exceptions?.entryType ?? strategy.entryType,
        price: signal.price,
        stop: signal.stop,
        targets: [...signal.targets],
        trailing: signal.trailing,
        ...(exceptions && { followIds: [...exceptions.followIds] }),
        receivedAt: signal.receivedAt.toISOString(),
        expiresAt: signal.expiresAt.toISOString(),
      }
      tx.append(signalAccepted, news, { trace })
    })
    return outcomes
  }
}

async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not stored within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
