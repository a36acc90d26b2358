/**
 * A follower's position from its entry to its end, as data: its states, the moves between them and its news.
 * Called by the deciding rules, the stores and the use cases. Must never be changed but by `advance`.
 */
import type { AccountEnvironment, Side, Venue } from '@tradewire/contracts/common'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { AccountId, BracketId, FollowId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { ExitRules } from './exit-rules.ts'
import type { Loss } from './loss.ts'
import { isFinal, type Leg, type LegUpdate, type Reason } from './leg.ts'

export type BracketState =
  | 'denied'
  | 'waiting'
  | 'planned'
  | 'entering'
  | 'open'
  | 'protected'
  | 'closing'
  | 'closed'
  | 'failed'

/**
 * What the legs add up to, and what a move needs. `entry-sent`: nothing was told of the entry. `entry-told`: something,
 * but no fill. `uncovered`, `covered`: something is held, and a stop that stands covers not all of it, or all. `leaving`:
 * all of it is to go. `all-out`, `never-filled`: the entry has ended, and nothing is left of what it filled, or it filled
 * nothing.
 */
export type BracketFact = 'entry-sent' | 'entry-told' | 'uncovered' | 'covered' | 'leaving' | 'all-out' | 'never-filled'

/** What the planner finds, and what its moves need: an order that the gate has approved, a denial, or what has to end first. */
export type PlanningFact = 'approved' | 'denied' | 'waiting'

/** Where a bracket begins, and where one goes from `waiting`: nothing but the planner's word moves it there. */
export const plannerMoves = {
  approved: 'planned',
  denied: 'denied',
  waiting: 'waiting',
} as const satisfies Record<PlanningFact, BracketState>

const ends = { leaving: 'closing', 'all-out': 'closed' } as const
const held = { uncovered: 'open', covered: 'protected', ...ends } as const

/**
 * Where a fact leads from each state; what is not here is impossible. `open` is held but not (wholly) covered by a stop;
 * more fills lead from `protected` back to it. `closed` and `failed` end a bracket, but evidence of a late fill reopens
 * it: what is held must be dealt with. A `waiting` one has no orders and is moved by the planner alone.
 */
export const bracketMoves: Readonly<
  Record<BracketState, Readonly<Partial<Record<BracketFact | PlanningFact, BracketState>>>>
> = {
  denied: {},
  waiting: plannerMoves,
  planned: { 'entry-sent': 'planned', 'entry-told': 'entering', uncovered: 'open', 'never-filled': 'failed', ...ends },
  entering: { 'entry-told': 'entering', uncovered: 'open', 'never-filled': 'failed', ...ends },
  open: held,
  protected: held,
  closing: { 'never-filled': 'failed', ...ends },
  closed: ends,
  // What was filled late may be too little to sell: it ends at once.
  failed: { 'never-filled': 'failed', 'entry-told': 'entering', uncovered: 'open', ...ends },
}

/** Why a bracket is being taken off the market other than by its own stop or targets. */
export type ClosingCause =
  | 'command'
  | 'reversal'
  | 'stop-refused'
  | 'stop-hit'
  | 'trailing-hit'
  | 'late-fill'
  | 'position-gone'

export interface Bracket {
  readonly bracketId: BracketId
  readonly signalId: SignalId
  readonly strategyId: StrategyId
  readonly followId: FollowId
  readonly accountId: AccountId
  readonly userId: UserId
  readonly venue: Venue
  /** Of the account: whose terms it was sized by, and whose prices it is watched by. */
  readonly environment: AccountEnvironment
  readonly symbol: string
  /** Of the entry: buy for a long position. */
  readonly side: Side
  readonly leverage: number | null
  readonly exits: ExitRules
  readonly state: BracketState
  readonly closing: { readonly cause: ClosingCause; readonly at: string } | null
  /** Closed without a leg of ours, as far as evidence goes: the sum of the losses. */
  readonly gone: Decimal
  readonly losses: readonly Loss[]
  readonly firstFilledAt: string | null
  /** Since when something is held without a stop; null while all is covered. */
  readonly exposedSince: string | null
  /** Sum of the exposed spans that have ended. */
  readonly unprotectedMs: number
  /** When trade.opened and trade.closed were told; each at most once. */
  readonly openedAt: string | null
  readonly closedAt: string | null
  /** When to look again without news. */
  readonly wakeAt: string | null
  /** Why the entry came to nothing. */
  readonly failure: Reason | null
  readonly legs: readonly Leg[]
}

/**
 * Whether the follow's next signal has to wait: this bracket has not ended, or one of its orders can still execute. At
 * a netting venue an exit that was not swept yet would eat the next position.
 */
export function holdsSlot({ state, legs }: Pick<Bracket, 'state' | 'legs'>): boolean {
  if (state === 'denied' || state === 'waiting') return false
  return (state !== 'closed' && state !== 'failed') || !legs.every(isFinal)
}

/** Nothing of it can execute any more, and what it lost or gave back is known: the next entry can be sized. */
export function isOver(bracket: Pick<Bracket, 'state' | 'legs' | 'closedAt'>): boolean {
  return !holdsSlot(bracket) && (bracket.state === 'failed' || bracket.closedAt !== null)
}

export type BracketNews =
  | { readonly kind: 'update'; readonly update: LegUpdate }
  | { readonly kind: 'loss'; readonly loss: Loss }
  /** `sparesKept`: nothing that the follower has kept when they left. */
  | { readonly kind: 'close'; readonly cause?: 'reversal'; readonly sparesKept?: boolean }
  | { readonly kind: 'wake' }
  /** The price has come that a leg is watched for. */
  | {
      readonly kind: 'fired'
      readonly leg: string
      readonly price: Decimal
      readonly best: Decimal | null
      readonly at: string
    }
  /** No price has come since then, for what is watched; null: one has come again. */
  | { readonly kind: 'blind'; readonly since: string | null }
