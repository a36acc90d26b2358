/**
 * Keeps a session open for every account of the partitions held. Called with each lease beat and after take-over.
 * Must never hold a beat up for a venue that does not answer.
 */
// tidy-allow ratchet-use-case-methods: stopping belongs to what keeps the sessions
import { Injectable } from '@nestjs/common'
import type { SessionEvent } from '@tradewire/broker-kit/broker-session'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { setTimeout as delay } from 'node:timers/promises'
import { Sessions } from '#ports/sessions.port'
import { Desk } from '#domain/sending/desk'
import { Accounts, type UnsealedAccount } from '#ports/accounts.port'
import { HearVenue } from '../hear-venue/hear-venue.use-case.ts'

const retryMs = 5_000
/** Opening credentials and sessions takes the event loop, which orders on their way need as well. */
const unsealedAtOnceMax = 250
const othersPauseMs = 200
/** A row becomes visible at its commit, later than the time it carries. */
const commitSlackMs = 10_000

@Injectable()
export class FollowAccounts {
  private since: Date | null = null
  private stopped = false
  private readonly unsealing = new Set<string>()

  constructor(
    private readonly desk: Desk,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    hear: HearVenue,
    @InjectLogger() private readonly logger: Logger,
  ) {
    sessions.onEvent((accountId: string, event: SessionEvent) => hear.execute(accountId, event))
  }

  /** All accounts of `fresh` partitions, and of the others what changed since the last look. */
  async execute(fresh: readonly number[]): Promise<void> {
    this.leaveOthers()
    if (fresh.length > 0) this.adoptAll((await this.accounts.changedSince(fresh, null)).usable)
    const others = this.desk.heldPartitions().map(({ partition }) => partition)
    if (others.length === 0) return
    const changed = await this.accounts.changedSince(others, this.since)
    this.since = new Date(changed.at.getTime() - commitSlackMs)
    this.adoptAll(changed.usable)
    await Promise.all(changed.unusable.map((accountId) => this.leave(accountId)))
  }

  /** Ends the sessions of partitions that are not held: what they know of the account is not true for long. */
  leaveOthers(): void {
    for (const { account } of this.sessions.all()) {
      if (this.desk.heldPartition(account.partition) === undefined) void this.leave(account.id)
    }
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.sessions.closeAll()
  }

  /** Does not wait: whoever holds the master keys may be out of reach for longer than a lease lasts. */
  private adoptAll(accountIds: readonly string[]): void {
    const missing = accountIds.filter(
      (accountId) => this.sessions.known(accountId) === undefined && !this.unsealing.has(accountId),
    )
    if (missing.length === 0 || this.stopped) return
    for (const accountId of missing) this.unsealing.add(accountId)
    void this.unsealAll(missing)
  }

  /** Those with open orders first: after a restart these wait for nothing else, and the others take little of their time. */
  private async unsealAll(accountIds: readonly string[]): Promise<void> {
    const left = accountIds.toSorted((a, b) => Number(this.desk.hasAttempts(b)) - Number(this.desk.hasAttempts(a)))
    try {
      while (left.length > 0 && !this.stopped) {
        for (const unsealed of await this.accounts.unseal(left.slice(0, unsealedAtOnceMax))) void this.adopt(unsealed)
        for (const accountId of left.splice(0, unsealedAtOnceMax)) this.unsealing.delete(accountId)
        if (left.length > 0 && !this.desk.hasAttempts(left[0]!) && this.desk.hasUnsettled) await delay(othersPauseMs)
      }
    } catch (error) {
      this.logger.warn({ err: error, accounts: left.length }, 'credentials cannot be opened yet; accounts wait')
      for (const accountId of left) this.unsealing.delete(accountId)
      setTimeout(() => this.adoptAll(left), retryMs).unref()
    }
  }

  private async adopt(unsealed: UnsealedAccount): Promise<void> {
    const { id, partition } = unsealed.account
    if (this.stopped || this.desk.heldPartition(partition) === undefined) return
    const opened = await this.sessions.adopt(unsealed)
    if (opened.ok || this.stopped) return
    this.logger.warn({ accountId: id, reason: opened.error.message }, 'an account has no session yet')
    setTimeout(() => this.adoptAll([id]), retryMs).unref()
  }

  private async leave(accountId: string): Promise<void> {
    try {
      await this.sessions.forget(accountId)
    } catch (error) {
      this.logger.warn({ err: error, accountId }, 'a session could not be closed in order')
    }
  }
}
