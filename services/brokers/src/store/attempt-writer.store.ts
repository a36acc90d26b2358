/**
 * Writes what became of attempts, many a commit, together with the events that tell of it.
 * Called by evidence. Must never give a result up while its partition is held: it tries again until PostgreSQL is back.
 */
import { Injectable } from '@nestjs/common'
import type { EventContract } from '@tradewire/contracts/define-event'
import * as events from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { setTimeout as delay } from 'node:timers/promises'
import { type Attempt, isFinal, type UpdateKind, updateKindOf } from '#domain/attempt/attempt'
import type { OwnedPartition } from '#ports/leases.port'
import { type AttemptResult, Results } from '#ports/results.port'
import { AttemptStore } from './attempt.store.ts'
import { LeaseStore } from './lease.store.ts'
import { ResultDrain } from './result-drain.store.ts'

/** That an entry rests waits until nothing is on its way to a venue: while a burst goes on its orders shall leave first. */
const entriesCalmMostMs = 300
/** That an exit rests lets the next one follow. */
const exitsCalmMostMs = 30
const settledPollMs = 5

const contractOf: Readonly<Record<UpdateKind, EventContract<string, (typeof events.orderAccepted)['data']>>> = {
  accepted: events.orderAccepted,
  filled: events.orderFilled,
  rejected: events.orderRejected,
  unknown: events.orderUnknown,
  cancelled: events.orderCancelled,
}

@Injectable()
export class AttemptWriter extends Results {
  /** What exits follow from, and exits themselves, are written by themselves: they never wait for news of entries. */
  private readonly exits: ResultDrain
  private readonly entries: ResultDrain
  private lostListener: (lost: readonly OwnedPartition[]) => void = () => undefined
  private isBurst: () => boolean = () => false

  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptStore,
    private readonly leases: LeaseStore,
    private readonly clock: Clock,
    @InjectLogger() logger: Logger,
  ) {
    super()
    const common = { clock, logger, isBurst: () => this.isBurst() }
    const commit = (urgent: boolean) => (batch: readonly AttemptResult[]) => this.commit(batch, urgent)
    this.exits = new ResultDrain({ ...common, calmMostMs: exitsCalmMostMs, commit: commit(true) })
    this.entries = new ResultDrain({ ...common, calmMostMs: entriesCalmMostMs, commit: commit(false) })
  }

  /** Called when a write finds that another process owns partitions now, with how this one held them. */
  onLost(listener: (lost: readonly OwnedPartition[]) => void): void {
    this.lostListener = listener
  }

  deferWhile(isBurst: () => boolean): void {
    this.isBurst = isBurst
  }

  write(result: AttemptResult): void {
    const { command, filledQuantity } = result.attempt
    const urgent = events.exitsFollow({ purpose: command.purpose, filledQuantity })
    // What waits of the same entry is older news.
    if (urgent) this.entries.drop(command.intentId)
    const drain = urgent ? this.exits : this.entries
    drain.put(result, isPrompt(result.attempt))
  }

  /** Resolves when everything written so far is committed, or after the limit. */
  async settled(withinMs: number): Promise<void> {
    const until = this.clock.monotonicMs() + withinMs
    const settled = (): boolean => this.exits.isSettled && this.entries.isSettled
    while (!settled() && this.clock.monotonicMs() < until) await delay(settledPollMs)
  }

  /** Appends the event of a result that is stored in the same transaction already. */
  append(tx: Transaction, results: readonly AttemptResult[]): void {
    const groups = new Map<string, { contract: EventContract; trace: string | null; data: events.OrderUpdate[] }>()
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

  private async commit(results: readonly AttemptResult[], urgent: boolean): Promise<void> {
    // In one order, so that two transactions with the same attempts cannot lock each other out.
    const batch = results.toSorted((a, b) => (a.attempt.command.intentId < b.attempt.command.intentId ? -1 : 1))
    let lost: OwnedPartition[] = []
    const write = async (tx: Transaction): Promise<void> => {
      const isHeld = await this.leases.fence(tx, batch.map(ownedBy))
      lost = batch.map(ownedBy).filter((owned) => !isHeld(owned))
      const ours = batch.filter((result) => isHeld(ownedBy(result)))
      if (ours.length === 0) return
      const written = await this.attempts.write(
        tx,
        ours.map(({ attempt }) => attempt),
      )
      this.append(
        tx,
        ours.filter(({ attempt }) => written.has(attempt.command.intentId)),
      )
    }
    await this.database.transact(write, { urgent })
    if (lost.length > 0) this.lostListener(lost)
  }
}

/** Fills want a stop, ends free an account, doubts want evidence; that an order rests may wait a moment. */
function isPrompt(attempt: Attempt): boolean {
  return updateKindOf(attempt) !== 'accepted'
}

function ownedBy({ attempt, generation }: AttemptResult): OwnedPartition {
  return { partition: attempt.partition, generation }
}

function updateOf(attempt: Attempt, observedAt: Date): events.OrderUpdate {
  const { command } = attempt
  return {
    intentId: command.intentId,
    bracketId: command.bracketId,
    accountId: command.accountId,
    purpose: command.purpose,
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
    executedAt: attempt.executedAt?.toISOString() ?? null,
    observedAt: observedAt.toISOString(),
  }
}
