/**
 * Brackets under way: locked, moved on and saved in bulk.
 * Called by the use case that advances brackets. Must never hand out a bracket that another transaction holds.
 */
import type { Side } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, FollowId, SignalId, StrategyId } from '@tradewire/kernel/ids'
import type { Bracket } from '../domain/bracket/bracket.ts'
import type { FirstRest } from '../domain/bracket/first-rest.ts'
import type { SignalPlan } from '../domain/planning/signal-plan.ts'
import type { SignalPlans } from '../domain/planning/signal-plans.ts'
import type { TradeClosed } from '../domain/bracket/trade.ts'

export interface BracketChange {
  readonly before: Bracket
  readonly after: Bracket
  /** Set by the step that closed it. */
  readonly closed: TradeClosed | null
  readonly plan: SignalPlan
}

export interface EntryRest {
  readonly bracketId: string
  readonly intentId: string
  readonly rest: FirstRest
}

/** Whose brackets: one of these, or everyone's. */
export interface BracketScope {
  readonly strategyId?: StrategyId
  readonly followId?: FollowId
  readonly accountId?: AccountId
}

export interface BracketPage {
  /** The last one of the page before. */
  readonly after: string | null
  readonly limit: number
}

export interface OpenBracketsQuery extends BracketPage {
  readonly of: BracketScope
  /** Only those whose entry is still on its way or rests. */
  readonly entriesOnly: boolean
  /** Without those whose followers have kept them when they left. */
  readonly sparesKept: boolean
}

/** What an account holds of a symbol, on one side. */
export interface Holding {
  readonly accountId: string
  readonly symbol: string
  readonly side: Side
}

export interface WakeWait {
  readonly now: Date
  readonly until: Date
}

/** What becomes of a position whose follower leaves: no concern of the strategy's any more, or ending with it. */
export type LeftAs = 'kept' | 'gracefully'

export abstract class Brackets {
  /** Locks in the order of ids, so that two transactions cannot wait for each other; unknown ids are left out. */
  abstract lock(tx: Transaction, bracketIds: readonly string[]): Promise<Bracket[]>

  /** The plans of these signals, by environment; from memory where they have been read before, for they never change. */
  abstract plansOf(tx: Transaction, signalIds: readonly SignalId[]): Promise<Map<SignalId, SignalPlans>>

  /** Writes all that changed in one statement. */
  abstract save(tx: Transaction, changes: readonly BracketChange[]): Promise<void>

  /**
   * Moves all of them, in one statement that neither locks nor reads them before, where nothing was told of any entry
   * and no time to rest is over. Answers whether it did; if not, it has moved and locked none, and they need a look.
   */
  abstract restFirst(tx: Transaction, rests: readonly EntryRest[], now: Date): Promise<boolean>

  /** Counts on by so many trade events per account; answers each account's last number. */
  abstract countOn(tx: Transaction, events: ReadonlyMap<string, number>): Promise<Map<string, number>>

  /** Resolves when every planning that has begun has committed or ended. */
  abstract awaitPlannings(tx: Transaction): Promise<void>

  /** Ids of brackets that have not ended, from after `after`, in order. */
  abstract openIds(query: OpenBracketsQuery): Promise<string[]>

  /** Notes how the follower has left what the follow holds; a later way takes the place of an earlier one. */
  abstract leave(tx: Transaction, followId: FollowId, leftAs: LeftAs): Promise<void>

  /** Which of these, whose locks are held, their followers have kept when they left. */
  abstract keptIds(tx: Transaction, bracketIds: readonly string[]): Promise<string[]>

  /** Ids of brackets whose followers have left gracefully, and whose strategy has turned to the other side since, in order. */
  abstract turnedIds(page: BracketPage): Promise<string[]>

  /** Ids of brackets of an account that hold something of a symbol on this side, oldest first. */
  abstract holdingIds(of: Holding): Promise<string[]>

  /** The other brackets of its account on its symbol and side that have orders still, or ended after that moment. */
  abstract beside(tx: Transaction, bracket: Bracket, since: Date): Promise<Bracket[]>

  /** Ids of brackets that asked to be looked at by now, earliest first. */
  abstract dueIds(now: Date, limit: number): Promise<string[]>

  /** Those of these that are still due `now` ask to be looked at `until` then. */
  abstract wakeLater(tx: Transaction, bracketIds: readonly string[], wait: WakeWait): Promise<void>
}
