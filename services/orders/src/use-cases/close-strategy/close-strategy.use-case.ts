/**
 * Closes everything open of a strategy, but what followers have kept who left it. Called by the rpc controller.
 * Must never close for someone who does not own it.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { closeStrategy } from '@tradewire/contracts/rpc/orders'
import type { CodedError } from '@tradewire/kernel/errors'
import type { StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import { ordersErrors } from '../../orders.errors.ts'
import { Facts } from '../../ports/facts.port.ts'
import { CloseOpenBrackets } from '../close-open-brackets/close-open-brackets.use-case.ts'

@Injectable()
export class CloseStrategy {
  constructor(
    private readonly facts: Facts,
    private readonly closeOpenBrackets: CloseOpenBrackets,
  ) {}

  async execute(request: RequestOf<typeof closeStrategy>): Promise<Result<{ closing: number }, CodedError>> {
    const strategyId = request.strategyId as StrategyId
    const ownerId = await this.facts.ownerOfStrategy(strategyId, visibleTo(request.caller))
    if (ownerId === undefined || !maySee(request.caller, ownerId)) return err(ordersErrors.of('STRATEGY_NOT_FOUND'))
    return ok({ closing: await this.closeOpenBrackets.execute({ strategyId }, { sparesKept: true }) })
  }
}
