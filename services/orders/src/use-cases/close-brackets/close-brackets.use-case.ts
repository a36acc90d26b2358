/**
 * Closes everything open of a strategy or of a follow: entries end, positions go by market.
 * Called by the closing questions. Must never close what is not the caller's.
 */
import { Injectable } from '@nestjs/common'
import type { Caller } from '@tradewire/contracts/define-route'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId, StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { injectTrace } from '@tradewire/observability/trace'
import { maySee } from '../../domain/ownership.ts'
import { ordersErrors } from '../../orders.errors.ts'
import { Brackets } from '../../ports/brackets.port.ts'
import { Facts } from '../../ports/facts.port.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

/** Brackets closed in one transaction. */
const batchRows = 500

type Closing = Result<{ closing: number }, CodedError>

@Injectable()
export class CloseBrackets {
  constructor(
    private readonly database: Database,
    private readonly brackets: Brackets,
    private readonly facts: Facts,
    private readonly advanceBrackets: AdvanceBrackets,
  ) {}

  async ofStrategy(request: { readonly caller: Caller; readonly strategyId: string }): Promise<Closing> {
    const strategyId = request.strategyId as StrategyId
    const ownerId = await this.facts.ownerOfStrategy(strategyId)
    if (ownerId === undefined || !maySee(request.caller, ownerId)) return err(ordersErrors.of('STRATEGY_NOT_FOUND'))
    return ok({ closing: await this.close({ strategyId }) })
  }

  async ofFollow(request: { readonly caller: Caller; readonly followId: string }): Promise<Closing> {
    const followId = request.followId as FollowId
    const ownerId = await this.facts.ownerOfFollow(followId)
    if (ownerId === undefined || !maySee(request.caller, ownerId)) return err(ordersErrors.of('FOLLOW_NOT_FOUND'))
    return ok({ closing: await this.close({ followId }) })
  }

  /** In batches of their own, so that the first closes leave at once. */
  private async close(of: { readonly strategyId: StrategyId } | { readonly followId: FollowId }): Promise<number> {
    const trace = injectTrace() ?? null
    let closing = 0
    let after: string | null = null
    for (;;) {
      const ids: string[] = await this.brackets.openIds(of, after, batchRows)
      if (ids.length > 0) {
        const newsById = new Map(ids.map((id) => [id, { news: [{ kind: 'close' as const }], trace }]))
        const moved = await this.database.transact((tx) => this.advanceBrackets.execute(tx, newsById))
        closing += moved.filter((bracket) => bracket.closing?.cause === 'command').length
      }
      if (ids.length < batchRows) return closing
      after = ids.at(-1)!
    }
  }
}
