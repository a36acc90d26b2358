/** Answers questions about broker accounts. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as accounts from '@tradewire/contracts/rpc/accounts'
import * as books from '@tradewire/contracts/rpc/venue-books'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { type Account, marketOf } from '#domain/account/account'
import { Brokers } from '#ports/brokers.port'
import { ConnectAccounts } from '../../use-cases/connect-accounts/connect-accounts.use-case.ts'
import { ListDrift } from '../../use-cases/list-drift/list-drift.use-case.ts'
import { ManageAccounts } from '../../use-cases/manage-accounts/manage-accounts.use-case.ts'

type AccountResult = Result<ReplyOf<typeof accounts.getAccount>, CodedError>

@Controller()
export class AccountsController {
  constructor(
    private readonly connecting: ConnectAccounts,
    private readonly accounts: ManageAccounts,
    private readonly drift: ListDrift,
    private readonly brokers: Brokers,
  ) {}

  @Answer(accounts.connectAccount)
  async connect(request: RequestOf<typeof accounts.connectAccount>): Promise<AccountResult> {
    return this.replied(await this.connecting.execute(request))
  }

  @Answer(accounts.connectAccounts)
  async connectMany(
    request: RequestOf<typeof accounts.connectAccounts>,
  ): Promise<Result<ReplyOf<typeof accounts.connectAccounts>, CodedError>> {
    const results = await this.connecting.connectAll(request.caller, request.accounts)
    const items = results.map((result) =>
      result.ok
        ? { account: this.shown(result.value), error: null }
        : { account: null, error: { code: result.error.code, message: result.error.message } },
    )
    return ok({ items })
  }

  @Answer(accounts.listAccounts)
  async list(
    request: RequestOf<typeof accounts.listAccounts>,
  ): Promise<Result<ReplyOf<typeof accounts.listAccounts>, CodedError>> {
    const page = await this.accounts.list(request)
    return page.ok
      ? ok({ items: page.value.items.map((account) => this.shown(account)), nextToken: page.value.nextToken })
      : page
  }

  @Answer(accounts.getAccount)
  async get({ caller, accountId }: RequestOf<typeof accounts.getAccount>): Promise<AccountResult> {
    return this.replied(await this.accounts.get(caller, accountId))
  }

  @Answer(accounts.updateAccount)
  async update({ caller, accountId, changes }: RequestOf<typeof accounts.updateAccount>): Promise<AccountResult> {
    return this.replied(await this.accounts.update(caller, accountId, changes))
  }

  @Answer(accounts.removeAccount)
  remove({ caller, accountId }: RequestOf<typeof accounts.removeAccount>) {
    return this.accounts.remove(caller, accountId)
  }

  @Answer(accounts.testAccount)
  async test({ caller, accountId }: RequestOf<typeof accounts.testAccount>): Promise<AccountResult> {
    return this.replied(await this.accounts.test(caller, accountId))
  }

  @Answer(accounts.getAccountBalance)
  balance({ caller, accountId }: RequestOf<typeof accounts.getAccountBalance>) {
    return this.accounts.balance(caller, accountId)
  }

  @Answer(books.listDrift)
  listDrift(request: RequestOf<typeof books.listDrift>) {
    return this.drift.execute(request)
  }

  private replied(result: Result<Account, CodedError>): AccountResult {
    return result.ok ? ok(this.shown(result.value)) : result
  }

  private shown(account: Account): ReplyOf<typeof accounts.getAccount> {
    const { id, userId, venue, environment, label, active, keyHint, key: told, status, reason } = account
    const market = marketOf(this.brokers.of(venue))
    const times = { createdAt: account.createdAt.toISOString(), updatedAt: account.changedAt.toISOString() }
    const key = { ipBound: told.ipBound, expiresAt: told.expiresAt?.toISOString() ?? null }
    return { id, userId, venue, environment, market, label, active, keyHint, key, status, reason, ...times }
  }
}
