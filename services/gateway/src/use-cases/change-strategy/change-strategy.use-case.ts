/** Changes a strategy and shows it with its provider's account, by signals and brokers. Called over RPC. Must never change twice. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { updateStrategyWithKey } from '@tradewire/contracts/rpc/admin'
import { updateStrategy } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { FindProviders } from '../find-providers/find-providers.use-case.ts'

@Injectable()
export class ChangeStrategy {
  constructor(
    private readonly rpc: RpcClient,
    private readonly providers: FindProviders,
  ) {}

  async execute(
    request: RequestOf<typeof updateStrategyWithKey>,
  ): Promise<Result<ReplyOf<typeof updateStrategyWithKey>, CodedError>> {
    const strategy = await this.rpc.ask(updateStrategy, request)
    if (!strategy.ok) return strategy
    const accounts = await this.providers.execute(request.caller, [strategy.value])
    return accounts.ok ? ok({ strategy: strategy.value, accounts: accounts.value }) : accounts
  }
}
