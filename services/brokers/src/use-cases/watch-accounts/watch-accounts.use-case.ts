/**
 * When accounts are reconciled: after connecting, after a silence, after trades of others, by a timer, again after doubts.
 * Called by streams and the timer. Must never admit entries of an account whose venue has not been read since.
 */
// tidy-allow ratchet-use-case-methods: a session's life and the timer end in the same pass
import { Injectable } from '@nestjs/common'
import { Metrics } from '@tradewire/observability/metrics'
import { placeName } from '#domain/account/account'
import { Desk } from '#domain/sending/desk'
import { type PassLoad, PassSchedule } from '#domain/reconcile/pass-schedule'
import { Slots } from '#domain/sending/slots'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { ReconcileAccount } from '../reconcile-account/reconcile-account.use-case.ts'

/** Of one venue: one that does not answer must not keep others from being read. */
const accountsAtOnceMax = 16
/** With those whose orders wait: after a restart in the middle of a signal that can be all of its followers. */
const delayedAccountsAtOnceMax = 128

@Injectable()
export class WatchAccounts {
  private readonly running = new Set<string>()
  private readonly again = new Set<string>()
  private readonly holding = new Set<string>()
  private readonly slots = new Map<string, Slots<string>>()

  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly reconcile: ReconcileAccount,
    private readonly schedule: PassSchedule,
    private readonly metrics: Metrics,
  ) {
    sessions.onOpened((opened) => this.opened(opened))
    desk.onQueued((accountId) => this.hurry(accountId))
  }

  /** The stream stands (again): what it did not tell is read before new entries go. */
  streamUp(accountId: string): void {
    const opened = this.sessions.known(accountId)
    if (opened === undefined) return
    if (this.schedule.streamUp(accountId)) this.desk.suspend(accountId, opened.account.venue)
    void this.pass(opened)
  }

  streamDown(accountId: string): void {
    this.schedule.streamDown(accountId)
  }

  /** What it means for ours is read soon, as often as where no stream tells anything. */
  othersTraded(accountId: string): void {
    this.schedule.othersTraded(accountId)
  }

  /** The timer's turn: starts every pass that is due. */
  async execute(everyMs: number): Promise<void> {
    const leastMs = this.schedule.leastPeriodMs(everyMs)
    const all = this.sessions.all()
    const due = all.filter(({ account }) => this.mayBeDue(account, leastMs))
    if (due.length > 0) {
      const sizes = new Map<string, number>()
      for (const budget of all.map(budgetOf)) sizes.set(budget, (sizes.get(budget) ?? 0) + 1)
      for (const opened of due) {
        const periodMs = this.periodOf(opened, { everyMs, accounts: sizes.get(budgetOf(opened)) ?? 1 })
        if (this.schedule.isDue(opened.account.id, periodMs)) void this.pass(opened)
      }
    }
    for (const accountId of this.schedule.known())
      if (this.sessions.known(accountId) === undefined) this.forget(accountId)
    await Promise.resolve()
  }

  /** Few are: with thousands of accounts, what has to be known of each to say more is the most that the timer costs. */
  private mayBeDue({ id, partition }: AccountSession['account'], leastMs: number): boolean {
    // One that waits for its turn is not asked for once more: with many accounts none would ever be done.
    if (this.desk.heldPartition(partition) === undefined || this.running.has(id)) return false
    if (this.delaysOrders(id)) this.schedule.hurry(id)
    return this.schedule.isDue(id, this.desk.isAdmitted(id) ? leastMs : 0)
  }

  private periodOf({ account, definition, session }: AccountSession, load: Omit<PassLoad, 'environment'>): number {
    const { id, environment } = account
    if (!this.desk.isAdmitted(id)) return 0
    const active = this.holding.has(id) || this.desk.hasAttempts(id) || this.desk.hasFilled(id)
    const streaming = session.health().streaming && !this.schedule.haveOthersTraded(id)
    return this.schedule.periodMs(definition, { ...load, environment }, { active, streaming })
  }

  private opened(opened: AccountSession): void {
    const { account, definition } = opened
    this.desk.suspend(account.id, account.venue)
    this.schedule.opened(account.id, definition.capabilities.streams.orders)
    if (this.delaysOrders(account.id)) void this.pass(opened)
  }

  /** An order is in line: if the account has not been read yet, it waits for that and for nothing else. */
  private hurry(accountId: string): void {
    if (this.desk.isAdmitted(accountId)) return
    const opened = this.sessions.known(accountId)
    if (opened === undefined) return
    if (this.running.has(accountId)) {
      this.slotsOf(opened).hurry(accountId)
      return
    }
    this.schedule.hurry(accountId)
    if (this.schedule.isDue(accountId, 0)) void this.pass(opened)
  }

  private forget(accountId: string): void {
    this.schedule.forget(accountId)
    this.holding.delete(accountId)
  }

  /** One pass at a time; what is asked for during one is done after it. */
  private async pass(opened: AccountSession): Promise<void> {
    const { id } = opened.account
    if (this.running.has(id)) {
      this.again.add(id)
      return
    }
    this.running.add(id)
    try {
      do {
        const work = (): Promise<void> => {
          // What was asked for until now is in the pass that begins now.
          this.again.delete(id)
          return this.once(this.sessions.known(id) ?? opened)
        }
        await this.slotsOf(opened).run(id, work, this.delaysOrders(id))
      } while (this.again.has(id))
    } finally {
      this.running.delete(id)
    }
  }

  private async once(opened: AccountSession): Promise<void> {
    const { id, venue, partition } = opened.account
    this.schedule.began(id)
    const { read, lookAgainMs, holds, found } = await this.reconcile.execute(opened)
    this.metrics
      .counter('reconcile_passes_total', 'Passes over accounts, by outcome')
      .add(1, { outcome: read ? 'read' : 'failed' })
    if (!read) {
      this.schedule.failed(id)
      return
    }
    const drift = this.metrics.counter('drift_findings_total', "Differences between our books and a venue's, by kind")
    for (const { kind } of found) drift.add(1, { kind })
    this.schedule.passed(id, lookAgainMs)
    if (holds) this.holding.add(id)
    else this.holding.delete(id)
    // What came up during the pass is not in it: the next one admits.
    const current = this.sessions.known(id) === opened && this.desk.heldPartition(partition) !== undefined
    if (current && !this.again.has(id)) this.desk.admit(id, venue)
  }

  /**
   * Orders wait for this account's first pass. One that may stand at the venue does not: it is looked for by itself, and
   * waits only once it is known to be absent.
   */
  private delaysOrders(accountId: string): boolean {
    return !this.desk.isAdmitted(accountId) && this.desk.hasQueued(accountId)
  }

  private slotsOf(opened: AccountSession): Slots<string> {
    const budget = budgetOf(opened)
    const known = this.slots.get(budget) ?? new Slots<string>(accountsAtOnceMax, delayedAccountsAtOnceMax)
    this.slots.set(budget, known)
    return known
  }
}

/** Accounts of one venue and environment share its budget. */
function budgetOf({ account }: AccountSession): string {
  return placeName(account)
}
