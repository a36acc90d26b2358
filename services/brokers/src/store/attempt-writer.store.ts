/**
 * Writes what became of attempts, many a commit, together with the events that tell of it.
 * Called by evidence. Must never give a result up while its partition is held: it tries again until PostgreSQL is back.
 */
import { Injectable } from '@nestjs/common'
import type { DataOf, EventContract } from '@tradewire/contracts/define-event'
import * as events from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { setTimeout as delay } from 'node:timers/promises'
import { type Attempt, isFinal, type UpdateKind, updateKindOf } from '#domain/attempt'
import { type AttemptResult, Results } from '#ports/results.port'
import { AttemptStore } from './attempt.store.ts'
import { LeaseStore } from './lease.store.ts'

type OrderUpdate = DataOf<typeof events.orderAccepted>

const batchRows = 500
const retryMs = 200
/**
 * News that an order rests gathers until nothing has come for so long and nothing is on its way to a venue, or for so
 * long at most: nothing follows from it, and while a burst goes on its orders shall leave first.
 */
const calmPauseMs = 10
const calmMostMs = 300
const calmRowsMax = 2_000
const drainPollMs = 5

const contractOf: Readonly<Record<UpdateKind, EventContract<string, (typeof events.orderAccepted)['data']>>> = {
  accepted: events.orderAccepted,
  filled: events.orderFilled,
  rejected: events.orderRejected,
  unknown: events.orderUnknown,
  cancelled: events.orderCancelled,
}

@Injectable()
export class AttemptWriter extends Results {
  /** The newest result of each attempt: an update is cumulative, so a newer one says all. */
  private waiting = new Map<string, AttemptResult>()
  private running = false
  /** Something waits that others act upon. */
  private urgent = false
  private timer: NodeJS.Timeout | undefined
  private calmUntilMs = 0
  private lostListener: (partitions: readonly number[]) => void = () => undefined
  private isBurst: () => boolean = () => false

  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptStore,
    private readonly leases: LeaseStore,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
  }

  /** Called when a write finds that another process owns the partition now. */
  onLost(listener: (partitions: readonly number[]) => void): void {
    this.lostListener = listener
  }

  deferWhile(isBurst: () => boolean): void {
    this.isBurst = isBurst
  }

  write(result: AttemptResult): void {
    this.waiting.set(result.attempt.command.intentId, result)
    this.urgent ||= isUrgent(result.attempt)
    this.drainSoon()
  }

  /** Resolves when everything written so far is committed, or after the limit. */
  async settled(withinMs: number): Promise<void> {
    const until = this.clock.monotonicMs() + withinMs
    while ((this.running || this.waiting.size > 0) && this.clock.monotonicMs() < until) await delay(drainPollMs)
  }

  /** Appends the event of a result that is stored in the same transaction already. */
  append(tx: Transaction, results: readonly AttemptResult[]): void {
    const groups = new Map<string, { contract: EventContract; trace: string | null; data: OrderUpdate[] }>()
    for (const { attempt, trace, observedAt } of results) {
      const kind = updateKindOf(attempt)
      if (kind === null) continue
      const key = `${kind} ${trace ?? ''}`
      const group = groups.get(key) ?? { contract: contractOf[kind], trace, data: [] }
      group.data.push(updateOf(attempt, observedAt))
      groups.set(key, group)
    }
    for (const { contract, trace, data } of groups.values()) tx.append(contract, data, { trace })
  }

  private async drain(): Promise<void> {
    this.running = true
    // One turn of the event loop: replies that came in the same read share a commit.
    await new Promise(setImmediate)
    do {
      this.urgent = false
      const batch = this.takeBatch()
      try {
        await this.commit(batch)
      } catch (error) {
        await this.commitSingly(batch, error)
      }
    } while (this.isDue() || this.waiting.size >= batchRows)
    this.running = false
    if (this.waiting.size > 0) this.drainSoon()
  }

  private drainSoon(): void {
    if (this.running) return
    if (this.isDue()) {
      clearTimeout(this.timer)
      this.timer = undefined
      void this.drain()
      return
    }
    if (this.timer === undefined) {
      this.calmUntilMs = this.clock.monotonicMs() + calmMostMs
      this.timer = setTimeout(() => this.drainWhenCalm(), calmPauseMs)
    } else if (this.clock.monotonicMs() < this.calmUntilMs) this.timer.refresh()
  }

  private drainWhenCalm(): void {
    if (this.isBurst() && this.clock.monotonicMs() < this.calmUntilMs) {
      this.timer?.refresh()
      return
    }
    this.timer = undefined
    void this.drain()
  }

  private isDue(): boolean {
    return (this.urgent && this.waiting.size > 0) || this.waiting.size >= calmRowsMax
  }

  /** One row that cannot be written must not keep the others from it. */
  private async commitSingly(batch: readonly AttemptResult[], cause: unknown): Promise<void> {
    const away = cause instanceof DatabaseUnavailableError
    if (!away) this.logger.error({ err: cause }, 'writing order results failed; they are written one by one')
    for (const result of batch) {
      if (!away && batch.length > 1) await this.commit([result]).catch(() => this.putBack(result))
      else this.putBack(result)
    }
    await delay(retryMs)
  }

  private takeBatch(): AttemptResult[] {
    const batch: AttemptResult[] = []
    for (const [intentId, result] of this.waiting) {
      if (batch.length >= batchRows) break
      batch.push(result)
      this.waiting.delete(intentId)
    }
    return batch
  }

  private putBack(result: AttemptResult): void {
    const { intentId } = result.attempt.command
    if (!this.waiting.has(intentId)) this.waiting.set(intentId, result)
  }

  private async commit(batch: readonly AttemptResult[]): Promise<void> {
    const owned = new Map(
      batch.map(({ attempt, generation }) => [attempt.partition, { partition: attempt.partition, generation }]),
    )
    let lost: number[] = []
    await this.database.transact(async (tx) => {
      const held = await this.leases.fence(tx, [...owned.values()])
      lost = [...owned.keys()].filter((partition) => !held.has(partition))
      const ours = batch.filter(({ attempt }) => held.has(attempt.partition))
      if (ours.length === 0) return
      const written = await this.attempts.write(
        tx,
        ours.map(({ attempt }) => attempt),
      )
      this.append(
        tx,
        ours.filter(({ attempt }) => written.has(attempt.command.intentId)),
      )
    })
    if (lost.length > 0) this.lostListener(lost)
  }
}

/** Fills want a stop, ends free an account, doubts want evidence; that an order rests changes nothing. */
function isUrgent(attempt: Attempt): boolean {
  return updateKindOf(attempt) !== 'accepted'
}

function updateOf(attempt: Attempt, observedAt: Date): OrderUpdate {
  const { command } = attempt
  return {
    intentId: command.intentId,
    bracketId: command.bracketId,
    accountId: command.accountId,
    revision: attempt.revision,
    venueOrderId: attempt.venueOrderId,
    clientOrderId: attempt.clientOrderId,
    final: isFinal(attempt.state),
    filledQuantity: attempt.filledQuantity,
    averagePrice: attempt.averagePrice,
    fee: attempt.fee ?? '0',
    // A currency says that the fee is told: without it what stands above is not the fee.
    feeCurrency: attempt.fee === null ? null : attempt.feeCurrency,
    reason: attempt.reason,
    sentAt: attempt.sentAt?.toISOString() ?? null,
    observedAt: observedAt.toISOString(),
  }
}
