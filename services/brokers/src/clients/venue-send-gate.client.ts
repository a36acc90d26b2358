/**
 * Answers whether an order may be sent now: mark, budget, lease, expiry, leverage. Called by placement.
 * Must never change an order's state: it only answers.
 */
import { Injectable } from '@nestjs/common'
import { isExit, type SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { BrokerError, RateLimitedError } from '@tradewire/broker-kit/broker-error'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Venue } from '@tradewire/contracts/common'
import { Desk, type LaneWork, type OpenAttempt } from '#domain/sending/desk'
import { Leverages } from '#ports/leverages.port'
import { DatabaseTime } from '#ports/database-time.port'
import { SendGate } from '#ports/send-gate.port'
import type { AccountSession } from '#ports/sessions.port'
import { SubmitMarks } from '#store/submit-marks.store'
import { Budgets } from './budgets.client.ts'

@Injectable()
export class VenueSendGate extends SendGate {
  constructor(
    private readonly desk: Desk,
    private readonly marks: SubmitMarks,
    private readonly budgets: Budgets,
    private readonly leverages: Leverages,
    private readonly time: DatabaseTime,
  ) {
    super()
  }

  clientOrderId(command: SubmitCommand): string {
    return this.budgets.clientOrderId(command)
  }

  needsMark(command: SubmitCommand): boolean {
    return this.budgets.uniquenessOf(command.venue) !== 'forever'
  }

  mark(all: readonly OpenAttempt[]): Promise<ReadonlySet<string>> {
    const requests = all.map(({ attempt, generation }) => ({
      intentId: attempt.command.intentId,
      partition: attempt.partition,
      generation,
      exit: isExit(attempt.command),
    }))
    return this.marks.mark(requests, this.time.now())
  }

  spend(one: OpenAttempt, work: LaneWork): number {
    const { venue, accountId } = one.attempt.command
    return this.budgets.spend({ venue, accountId, exit: work.exit })
  }

  closeBudget(venue: Venue, accountId: string, limited: RateLimitedError): void {
    this.budgets.close(venue, accountId, limited)
  }

  now(): Date {
    return this.time.now()
  }

  expired(command: SubmitCommand): boolean {
    return !isExit(command) && command.expiresAt !== null && new Date(command.expiresAt) <= this.time.now()
  }

  leaseHolds(partition: number): boolean {
    return this.desk.maySend(partition, this.time.monotonicMs())
  }

  async ensureLeverage(opened: AccountSession, command: SubmitCommand): Promise<Result<undefined, BrokerError>> {
    const { leverage, symbol } = command
    if (isExit(command) || leverage === null || opened.definition.capabilities.leverage === null) return ok(undefined)
    if (opened.leverages.stands(symbol, leverage, this.time.monotonicMs())) return ok(undefined)
    if (opened.leverages.replaces(symbol, leverage) && !(await this.withdraw(opened, symbol))) {
      return err(brokerError.notSent('the leverage that stood before could not be withdrawn'))
    }
    opened.leverages.setting(symbol, leverage)
    const set = await opened.session.setLeverage(symbol, leverage)
    if (set.ok) {
      if (opened.leverages.set(symbol, leverage, this.time.monotonicMs())) this.note(opened, symbol, leverage)
    } else {
      opened.leverages.forget(symbol)
      const perhapsSet = set.error.kind === 'connectivity' || set.error.kind === 'outcome-unknown'
      if (perhapsSet) this.note(opened, symbol, null)
    }
    return set
  }

  private note(
    { account: { id: accountId, partition } }: AccountSession,
    symbol: string,
    leverage: number | null,
  ): void {
    const owned = this.desk.heldPartition(partition)
    if (owned !== undefined) this.leverages.note({ accountId, symbol, leverage, owned })
  }

  /** Before another one leaves: a process that ends between the two must not leave behind what the next one would believe. */
  private async withdraw({ account }: AccountSession, symbol: string): Promise<boolean> {
    const owned = this.desk.heldPartition(account.partition)
    if (owned === undefined) return false
    try {
      await this.leverages.withdraw({ accountId: account.id, symbol, owned })
      return true
    } catch {
      return false
    }
  }
}
