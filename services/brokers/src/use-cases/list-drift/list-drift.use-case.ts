/** The drift report of one account. Called over RPC. Must never show an account to somebody whose it is not. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type * as rpc from '@tradewire/contracts/rpc/venue-books'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors } from '#brokers.errors'
import { Accounts } from '#ports/accounts.port'
import { Reconciliations, type StoredDrift } from '#ports/reconciliations.port'

type Reply = ReplyOf<typeof rpc.listDrift>

@Injectable()
export class ListDrift {
  constructor(
    private readonly accounts: Accounts,
    private readonly books: Reconciliations,
  ) {}

  async execute({
    caller,
    accountId,
    page,
    state,
    kind,
  }: RequestOf<typeof rpc.listDrift>): Promise<Result<Reply, CodedError>> {
    const seenBy = visibleTo(caller)
    const account = await this.accounts.get(accountId, seenBy)
    if (account === null || !maySee(caller, account.userId)) return err(brokersErrors.of('ACCOUNT_NOT_FOUND'))
    const items = await pageById(
      page,
      (window) => this.books.list({ seenBy, accountId, state, kind, ...window }),
      itemOf,
    )
    return items.ok ? ok({ ...items.value, counts: await this.books.counts(accountId, seenBy) }) : items
  }
}

function itemOf({ id, kind, subject, symbol, details, foundAt, resolvedAt }: StoredDrift): Reply['items'][number] {
  return {
    id,
    kind,
    subject,
    symbol,
    state: resolvedAt === null ? 'open' : 'resolved',
    details,
    foundAt: foundAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  }
}
