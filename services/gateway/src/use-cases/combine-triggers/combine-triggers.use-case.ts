/** A strategy, its signals and what became of them, from signals and orders. Called over RPC. Must never ask once per signal. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listTriggers } from '@tradewire/contracts/rpc/admin'
import { listSignalBrackets } from '@tradewire/contracts/rpc/orders'
import { getStrategy, listSignals } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'

@Injectable()
export class CombineTriggers {
  constructor(private readonly rpc: RpcClient) {}

  async execute({
    caller,
    strategyId,
    page,
  }: RequestOf<typeof listTriggers>): Promise<Result<ReplyOf<typeof listTriggers>, CodedError>> {
    const strategy = await this.rpc.ask(getStrategy, { caller, strategyId })
    if (!strategy.ok) return strategy
    const signals = await this.rpc.ask(listSignals, { caller, strategyId, page })
    if (!signals.ok) return signals
    const signalIds = signals.value.items.map(({ id }) => id)
    const brackets = await this.rpc.ask(listSignalBrackets, { caller, signalIds })
    if (!brackets.ok) return brackets
    return ok({ strategy: strategy.value, signals: signals.value, brackets: brackets.value.items })
  }
}
