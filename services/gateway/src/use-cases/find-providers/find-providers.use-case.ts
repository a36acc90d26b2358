/** The accounts by whose equity strategies are sized, from brokers. Called by use cases that show strategies. Must never ask once each. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import { pageLimitMax } from '@tradewire/contracts/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { listAccounts } from '@tradewire/contracts/rpc/accounts'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'

type Accounts = ReplyOf<typeof listAccounts>['items']

@Injectable()
export class FindProviders {
  constructor(private readonly rpc: RpcClient) {}

  async execute(
    caller: Caller,
    strategies: readonly { readonly providerAccountId: string | null }[],
  ): Promise<Result<Accounts, CodedError>> {
    const accountIds = [...new Set(strategies.flatMap(({ providerAccountId }) => providerAccountId ?? []))]
    if (accountIds.length === 0) return ok([])
    const found = await this.rpc.ask(listAccounts, { caller, accountIds, page: { limit: pageLimitMax } })
    return found.ok ? ok(found.value.items) : found
  }
}
