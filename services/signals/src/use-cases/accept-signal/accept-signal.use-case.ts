/**
 * Takes one checked signal: stores it with its event in a commit shared by concurrent callers.
 * Called by the alert intake and by operators' own signals. Must never answer before the commit, nor need the bus.
 */
import { Injectable } from '@nestjs/common'
import { GroupCommit, GroupCommitFull } from '@tradewire/database/group-commit'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource, type SignalId, type StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { SparseLog } from '@tradewire/nest-kit/sparse-log'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { injectTrace } from '@tradewire/observability/trace'
import { signalNews } from '../../domain/announce.ts'
import type { DedupeKey } from '../../domain/dedupe.ts'
import type { Signal, SignalExceptions, Strategy } from '../../domain/model.ts'
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

@Injectable()
export class AcceptSignal {
  private readonly known = new Map<StrategyId, Strategy>()
  private readonly commits: GroupCommit<IncomingSignal, boolean>
  /** Apart from the others, so that repetitions cost no more than their own time. */
  private readonly repetitions: GroupCommit<IncomingSignal, StoredOutcome>

  private readonly log: SparseLog

  constructor(
    private readonly strategies: Strategies,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    signals: Signals,
    @InjectLogger() logger: Logger,
  ) {
    this.log = new SparseLog(logger, clock)
    const limits = { batchRows, queuedMax }
    this.commits = new GroupCommit({ ...limits, work: (batch) => signals.accept(batch) })
    this.repetitions = new GroupCommit({ ...limits, work: (batch) => signals.acceptAgain(batch) })
  }

  async execute(input: AcceptSignalInput): Promise<Result<AcceptedSignal, CodedError>> {
    try {
      return await within(acceptTimeoutMs, this.accept(input))
    } catch (error) {
      this.log.error(error, 'signals are turned away')
      if (error instanceof GroupCommitFull) return err(signalsErrors.of('INTAKE_OVERLOADED', { reason: 'queue full' }))
      return err(signalsErrors.of('INTAKE_OVERLOADED', { reason: 'database' }))
    }
  }

  private async accept(input: AcceptSignalInput): Promise<Result<AcceptedSignal, CodedError>> {
    for (let check = 1; check <= strategyChecksMax; check += 1) {
      const strategy = await this.strategyFor(input)
      if (strategy === undefined) return err(signalsErrors.of('STRATEGY_NOT_FOUND'))
      if (!strategy.active) return err(signalsErrors.of('STRATEGY_NOT_ACTIVE'))
      const incoming = this.incomingOf(input, strategy)
      if (await this.commits.submit(incoming)) return ok({ signalId: incoming.signal.id, duplicate: false })
      const outcome = await this.repetitions.submit(incoming)
      if (outcome.kind === 'stored') return ok({ signalId: incoming.signal.id, duplicate: false })
      if (outcome.kind === 'duplicate') return ok({ signalId: outcome.of, duplicate: true })
      this.known.delete(input.strategyId)
    }
    return err(signalsErrors.of('INTAKE_OVERLOADED', { reason: 'strategy keeps changing' }))
  }

  /**
   * From memory, if that says yes: a stale copy that does is caught by the revision in the storing statement. None says no:
   * the strategy may have been switched on or have got another secret since, in this process or another.
   */
  private async strategyFor({ strategyId, mayUse }: AcceptSignalInput): Promise<Strategy | undefined> {
    const cached = this.known.get(strategyId)
    if (cached?.active === true && mayUse(cached)) return cached
    const strategy = await this.strategies.find(strategyId)
    if (strategy === undefined || !mayUse(strategy)) return undefined
    if (this.known.size >= strategiesCachedMax) this.known.clear()
    this.known.set(strategyId, strategy)
    return strategy
  }

  private incomingOf({ draft, dedupe, request, exceptions }: AcceptSignalInput, strategy: Strategy): IncomingSignal {
    const receivedAt = this.clock.now()
    const signal: Signal = {
      ...draft,
      id: this.ids.next<'Signal'>(),
      strategyId: strategy.id,
      receivedAt,
      expiresAt: new Date(receivedAt.getTime() + strategy.signalMaxAgeSeconds * 1_000),
      duplicates: 0,
    }
    const news = signalNews(signal, strategy, exceptions)
    return { signal, dedupe, request, strategyRevision: strategy.revision, news, trace: injectTrace() ?? null }
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
