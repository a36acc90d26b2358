/**
 * Lists, shows, tests, labels, pauses and removes broker accounts, and reads them at their venue. Called over RPC.
 * Must never show an account to somebody whose it is not, nor a credential to anybody.
 */
// tidy-allow ratchet-use-case-methods: reads of one account that share its access check
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo, type Caller } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { accountChanged, accountDisconnected, accountRemoved } from '@tradewire/contracts/events/brokers'
import type * as rpc from '@tradewire/contracts/rpc/accounts'
import type { Venue } from '@tradewire/contracts/common'
import { Database } from '@tradewire/database/database'
import { type Page, pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors, refusalOfProbe } from '#brokers.errors'
import { type Account, type AccountChanges, type Market, marketOf } from '#domain/account/account'
import { Accounts } from '#ports/accounts.port'
import { Attempts } from '#ports/attempts.port'
import { Brokers } from '#ports/brokers.port'
import { AskVenue } from '../ask-venue/ask-venue.use-case.ts'

@Injectable()
export class ManageAccounts {
  constructor(
    private readonly accounts: Accounts,
    private readonly attempts: Attempts,
    private readonly venue: AskVenue,
    private readonly database: Database,
    private readonly brokers: Brokers,
  ) {}

  async list({
    caller,
    page,
    ...filter
  }: RequestOf<typeof rpc.listAccounts>): Promise<Result<Page<Account>, CodedError>> {
    // Those who do not see all see their own accounts, whatever they ask for.
    const seenBy = visibleTo(caller)
    const userId = seenBy ?? filter.userId
    const { status, accountIds, called } = filter
    const venues = this.venuesOf(filter)
    return pageById(
      page,
      (window) => this.accounts.list({ ...window, seenBy, userId, venues, status, accountIds, called }),
      (account) => account,
    )
  }

  private venuesOf({ venue, market }: { venue?: Venue | undefined; market?: Market | undefined }): Venue[] | undefined {
    if (venue === undefined && market === undefined) return undefined
    const fitting = this.brokers.all().filter((each) => market === undefined || marketOf(each) === market)
    return fitting.map(({ id }) => id).filter((id) => venue === undefined || id === venue)
  }

  async get(caller: Caller, accountId: string): Promise<Result<Account, CodedError>> {
    const account = await this.accounts.get(accountId, visibleTo(caller))
    if (account === null || !maySee(caller, account.userId)) return err(brokersErrors.of('ACCOUNT_NOT_FOUND'))
    return ok(account)
  }

  async update(caller: Caller, accountId: string, changes: AccountChanges): Promise<Result<Account, CodedError>> {
    const found = await this.get(caller, accountId)
    if (!found.ok) return found
    await this.database.transact(async (tx) => {
      const changed = await this.accounts.change(tx, accountId, changes)
      if (changed === null) return
      const { userId, venue, environment, label, active } = changed
      const all = { accountId, userId, venue, environment, label, active }
      tx.append(accountChanged, { ...all, changedAt: changed.changedAt.toISOString() })
    })
    return this.get(caller, accountId)
  }

  async remove(caller: Caller, accountId: string): Promise<Result<{ accountId: string }, CodedError>> {
    const found = await this.get(caller, accountId)
    if (!found.ok) return found
    if ((await this.attempts.openCount(accountId)) > 0) return err(brokersErrors.of('ACCOUNT_HAS_OPEN_ORDERS'))
    const { userId, venue, environment, label } = found.value
    await this.database.transact(async (tx) => {
      await this.accounts.remove(tx, accountId)
      const reason = { code: accountRemoved, message: 'The account was removed by its user.' }
      const disconnectedAt = this.venue.now().toISOString()
      tx.append(accountDisconnected, { accountId, userId, venue, environment, label, reason, disconnectedAt })
    })
    await this.venue.forget(accountId)
    return ok({ accountId })
  }

  /** Asks the venue and answers the account as it is now, whether the venue answered or not. */
  async test(caller: Caller, accountId: string): Promise<Result<Account, CodedError>> {
    const found = await this.get(caller, accountId)
    if (!found.ok) return found
    const problem = await this.venue.test(accountId)
    if (problem !== null) return err(brokersErrors.of('ACCOUNT_SETTINGS_UNSUITABLE', { setting: problem }))
    return this.get(caller, accountId)
  }

  async balance(caller: Caller, accountId: string): Promise<Result<ReplyOf<typeof rpc.getAccountBalance>, CodedError>> {
    const found = await this.get(caller, accountId)
    if (!found.ok) return found
    const balances = await this.venue.balances(accountId)
    if (!balances.ok) return err(refusalOfProbe(balances.error))
    return ok({ accountId, items: [...balances.value], observedAt: this.venue.now().toISOString() })
  }
}
