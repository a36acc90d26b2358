/**
 * Brackets for reading, straight in the shapes of the answers.
 * Called by the reading use cases. Must never show what is outside the scope it is given.
 */
import type { BracketReply, OverviewReply, PositionReply } from '@tradewire/contracts/rpc/orders'
import type { Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { StoredStory } from '../domain/explain/explanation.ts'

/** Whose brackets may be seen: everyone's, or a user's own and, for a provider, those of their strategies. */
export interface ReadScope {
  readonly userId: string | null
  /** Also the brackets of the strategies that the user owns. */
  readonly ownStrategies: boolean
}

export interface BracketFilter {
  readonly strategyId?: string | undefined
  readonly followId?: string | undefined
  readonly accountId?: string | undefined
  readonly signalId?: string | undefined
  readonly state?: string | undefined
}

export interface PageRequest {
  readonly limit: number
  readonly nextToken?: string | undefined
}

export interface OverviewQuery {
  readonly strategyId?: string | undefined
  readonly signalId?: string | undefined
  readonly perSignal: boolean
}

export abstract class BracketReads {
  /** Fails with PAGE_TOKEN_INVALID. */
  abstract list(
    scope: ReadScope,
    filter: BracketFilter,
    page: PageRequest,
  ): Promise<Result<Page<BracketReply>, CodedError>>
  abstract find(scope: ReadScope, bracketId: string): Promise<BracketReply | undefined>
  abstract story(scope: ReadScope, bracketId: string): Promise<StoredStory | undefined>
  abstract positions(
    scope: ReadScope,
    filter: Pick<BracketFilter, 'accountId' | 'strategyId'>,
    page: PageRequest,
  ): Promise<Result<Page<PositionReply>, CodedError>>
  abstract overview(scope: ReadScope, query: OverviewQuery): Promise<OverviewReply[]>
}
