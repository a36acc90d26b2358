/**
 * Connects the provider's account and creates the strategy that is sized by it, by brokers and signals.
 * Called over RPC. Must never leave the account connected when there is no strategy for it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { createStrategyWithKey } from '@tradewire/contracts/rpc/admin'
import { connectAccount, removeAccount } from '@tradewire/contracts/rpc/accounts'
import { createStrategy } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'

type Request = RequestOf<typeof createStrategyWithKey>
type Created = Result<ReplyOf<typeof createStrategy>, CodedError>

/** How often and how soon it is tried again until `signals` has heard of the new account. */
const heardTriesMax = 50
const heardWaitMs = 100

@Injectable()
export class StartStrategy {
  constructor(private readonly rpc: RpcClient) {}

  async execute(request: Request): Promise<Result<ReplyOf<typeof createStrategyWithKey>, CodedError>> {
    const { caller } = request
    const account = await this.rpc.ask(connectAccount, { caller, account: request.account })
    if (!account.ok) return account
    const created = await this.create(request, account.value.id)
    if (!created.ok) {
      // A strategy of which nobody was told is visible in the list; an account that it was not made for is in the way.
      await this.rpc.ask(removeAccount, { caller, accountId: account.value.id })
      return created
    }
    const { secret, ...strategy } = created.value
    return ok({ strategy, secret, accounts: [account.value] })
  }

  private async create({ caller, account, strategy }: Request, providerAccountId: string): Promise<Created> {
    const wanted = { ...strategy, venue: account.venue, providerAccountId }
    for (let attempt = 1; ; attempt += 1) {
      const created = await this.rpc.ask(createStrategy, { caller, strategy: wanted })
      if (created.ok || created.error.code !== 'ACCOUNT_NOT_FOUND' || attempt >= heardTriesMax) return created
      await delay(heardWaitMs)
    }
  }
}
