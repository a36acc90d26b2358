/** Creates a strategy with its alert secret. Called over RPC. Must never store the secret itself. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { maySee } from '@tradewire/contracts/caller'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { createStrategy } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { type AccountId, IdSource, type UserId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { strategyNews } from '../../domain/announce.ts'
import type { Strategy } from '../../domain/model.ts'
import { digestOf, newSecret } from '../../domain/secret.ts'
import { viewStrategy } from '../../domain/views.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class CreateStrategy {
  constructor(
    private readonly database: Database,
    private readonly strategies: Strategies,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly randomness: Randomness,
  ) {}

  async execute(
    request: RequestOf<typeof createStrategy>,
  ): Promise<Result<ReplyOf<typeof createStrategy>, CodedError>> {
    const accountId = request.strategy.providerAccountId as AccountId | null
    if (accountId !== null) {
      const ownerId = await this.strategies.ownerOfAccount(accountId)
      if (ownerId === undefined || !maySee(request.caller, ownerId)) {
        return err(signalsErrors.of('ACCOUNT_NOT_FOUND', { accountId }))
      }
    }
    const secret = newSecret(this.randomness)
    const now = this.clock.now()
    const strategy: Strategy = {
      ...request.strategy,
      providerAccountId: accountId,
      id: this.ids.next<'Strategy'>(),
      ownerId: request.caller.userId as UserId,
      secrets: { current: digestOf(secret), previous: null },
      revision: 1,
      createdAt: now,
      updatedAt: now,
    }
    await this.database.transact(async (tx) => {
      await this.strategies.insert(tx, strategy)
      tx.append(strategyChanged, strategyNews(strategy))
    })
    return ok({ ...viewStrategy(strategy), secret })
  }
}
