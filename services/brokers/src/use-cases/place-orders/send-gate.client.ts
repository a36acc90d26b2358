/**
 * Answers whether an order may be sent now: mark, budget, lease, expiry, leverage. Called by place-orders.
 * Must never change an order's state: it only answers.
 */
import { Injectable } from '@nestjs/common'
import { isExit, type SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { ok, type Result } from '@tradewire/kernel/result'
import { Budgets } from '#clients/budgets.client'
import type { AccountSession } from '#clients/sessions.client'
import { Desk, type LaneWork, type OpenAttempt } from '#domain/desk'
import { AccountStore } from '#store/account.store'
import { DatabaseTime } from '#store/database-time.store'
import { SubmitMarks } from '#store/submit-marks.store'

@Injectable()
export class SendGate {
  constructor(
    private readonly desk: Desk,
    private readonly marks: SubmitMarks,
    private readonly budgets: Budgets,
    private readonly accounts: AccountStore,
    readonly time: DatabaseTime,
  ) {}

  /** The intents whose mark is committed now. */
  mark(all: readonly OpenAttempt[]): Promise<Set<string>> {
    const requests = all.map(({ attempt, generation }) => ({
      intentId: attempt.command.intentId,
      partition: attempt.partition,
      generation,
    }))
    return this.marks.mark(requests, this.time.now())
  }

  /** 0 and spent, or how long to wait. */
  spend(one: OpenAttempt, work: LaneWork): number {
    const { venue, accountId } = one.attempt.command
    return this.budgets.spend({ venue, accountId, exit: work.exit })
  }

  /** Only entries expire: an exit always goes. */
  expired(command: SubmitCommand): boolean {
    return !isExit(command) && command.expiresAt !== null && new Date(command.expiresAt) <= this.time.now()
  }

  /** True while no other process can own the partition. */
  leaseHolds(partition: number): boolean {
    return this.desk.maySend(partition, this.time.monotonicMs())
  }

  /** Sets the leverage at the venue unless it stands there already. */
  async ensureLeverage(opened: AccountSession, command: SubmitCommand): Promise<Result<undefined, BrokerError>> {
    const { leverage, symbol } = command
    if (isExit(command) || leverage === null || opened.definition.capabilities.leverage === null) return ok(undefined)
    if (opened.leverage.get(symbol) === leverage) return ok(undefined)
    const set = await opened.session.setLeverage(symbol, leverage)
    if (!set.ok) return set
    opened.leverage.set(symbol, leverage)
    await this.accounts.setLeverage(opened.account.id, symbol, leverage)
    return ok(undefined)
  }
}
