/** Makes a new alert secret; the old one lives on for the overlap. Called over RPC. Must never show an old secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { rotateStrategySecret } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { StrategyId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { strategyNews } from '../../domain/announce.ts'
import { maySee } from '@tradewire/contracts/caller'
import { digestOf, newSecret } from '../../domain/secret.ts'
import { viewStrategy } from '../../domain/views.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class RotateSecret {
  constructor(
    private readonly database: Database,
    private readonly strategies: Strategies,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  execute({
    caller,
    strategyId,
    overlapSeconds,
  }: RequestOf<typeof rotateStrategySecret>): Promise<Result<ReplyOf<typeof rotateStrategySecret>, CodedError>> {
    const secret = newSecret(this.randomness)
    return this.database.transact(async (tx) => {
      const strategy = await this.strategies.lock(tx, strategyId as StrategyId)
      if (strategy === undefined || !maySee(caller, strategy.ownerId)) {
        return err(signalsErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
      }
      const now = this.clock.now()
      const until = new Date(now.getTime() + overlapSeconds * 1_000)
      const changed = {
        ...strategy,
        secrets: { current: digestOf(secret), previous: { digest: strategy.secrets.current, until } },
        revision: strategy.revision + 1,
        updatedAt: now,
      }
      await this.strategies.update(tx, changed)
      tx.append(strategyChanged, strategyNews(changed))
      return ok({ ...viewStrategy(changed), secret })
    })
  }
}
