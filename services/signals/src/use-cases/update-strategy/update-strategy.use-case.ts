/** Changes, pauses or resumes a strategy. Called over RPC. Must never leave an inactive one accepting alerts. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { updateStrategy } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { AccountId, StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { strategyNews } from '../../domain/announce.ts'
import type { Strategy } from '../../domain/model.ts'
import { maySee } from '@tradewire/contracts/caller'
import { viewStrategy } from '../../domain/views.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class UpdateStrategy {
  constructor(
    private readonly database: Database,
    private readonly strategies: Strategies,
    private readonly clock: Clock,
  ) {}

  execute({
    caller,
    strategyId,
    changes,
  }: RequestOf<typeof updateStrategy>): Promise<Result<ReplyOf<typeof updateStrategy>, CodedError>> {
    return this.database.transact(async (tx) => {
      const strategy = await this.strategies.lock(tx, strategyId as StrategyId)
      if (strategy === undefined || !maySee(caller, strategy.ownerId)) {
        return err(signalsErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
      }
      const accountId = changes.providerAccountId as AccountId | null | undefined
      if (typeof accountId === 'string') {
        const ownerId = await this.strategies.ownerOfAccount(accountId)
        if (ownerId === undefined || !maySee(caller, ownerId)) {
          return err(signalsErrors.of('ACCOUNT_NOT_FOUND', { accountId }))
        }
      }
      const changed = {
        ...strategy,
        ...changes,
        revision: strategy.revision + 1,
        updatedAt: this.clock.now(),
      } as Strategy
      await this.strategies.update(tx, changed)
      tx.append(strategyChanged, strategyNews(changed))
      return ok(viewStrategy(changed))
    })
  }
}
