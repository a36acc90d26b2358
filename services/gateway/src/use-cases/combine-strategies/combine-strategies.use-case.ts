/** Strategies with their providers' accounts, from signals and brokers. Called over RPC. Must never ask once per strategy. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listStrategiesWithKeys } from '@tradewire/contracts/rpc/admin'
import { listStrategies } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { FindProviders } from '../find-providers/find-providers.use-case.ts'

@Injectable()
export class CombineStrategies {
  constructor(
    private readonly rpc: RpcClient,
    private readonly providers: FindProviders,
  ) {}

  async execute(
    request: RequestOf<typeof listStrategiesWithKeys>,
  ): Promise<Result<ReplyOf<typeof listStrategiesWithKeys>, CodedError>> {
    const strategies = await this.rpc.ask(listStrategies, request)
    if (!strategies.ok) return strategies
    const accounts = await this.providers.execute(request.caller, strategies.value.items)
    return accounts.ok ? ok({ strategies: strategies.value, accounts: accounts.value }) : accounts
  }
}
