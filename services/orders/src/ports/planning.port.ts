/**
 * What planning needs of the store: the followers of a strategy with all that the gate asks, and a place for the plans.
 * Called by the planner. Must never hand out followers one by one.
 */
import type { AccountEnvironment } from '@tradewire/contracts/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { RetryableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, BracketId, FollowId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { ApprovedOrder } from '../domain/gate/approved-order.ts'
import type { Candidate } from '../domain/gate/gate.ts'
import type { Instruments } from '../domain/planning/instrument.ts'
import type { KillSwitch } from '../domain/stopping/kill-switch.ts'
import type { Leg } from '../domain/bracket/leg.ts'
import type { ProviderAccount } from '../domain/sizing/provider.ts'
import type { VenueRate } from '../domain/sizing/rates.ts'
import type { SettingsByLayer } from '../domain/sizing/settings.ts'
import type { Signal } from '../domain/planning/signal-plan.ts'
import type { SignalPlans } from '../domain/planning/signal-plans.ts'
import type { SizingTrace } from '../domain/sizing/sizing.ts'
import type { Wait, Waited } from '../domain/gate/open-position.ts'
import type { WaitingEntry } from './waiting-entries.port.ts'

/** Of a connection of the database. */
export type PlannerId = number

/** What is known of a signal's strategy and instrument. */
export interface SignalFacts {
  /** Undefined when this service has not heard of the strategy. */
  readonly strategy:
    | {
        readonly name: string
        readonly active: boolean
        readonly settings: TradeSettings | null
        /** Null when it names none. */
        readonly provider: ProviderAccount | null
        /** Who offers it for money; null when it costs nothing. */
        readonly soldBy: UserId | null
      }
    | undefined
  /** The signal's, as each environment of its venue has it. */
  readonly instruments: Instruments
  /** Of the signal's venue. */
  readonly rates: readonly VenueRate[]
  /** What the operator has said for everyone. */
  readonly platformSettings: TradeSettings | null
  /** A signal of the strategy for all its followers that came later and has been planned already. */
  readonly overtakenBy: string | null
  /** Engaged ones that can concern the strategy's followers. */
  readonly killSwitches: readonly KillSwitch[]
  /** Accounts for which an earlier planning of this signal, that was cut short, has stored a bracket already. */
  readonly takingPart: ReadonlyMap<AccountId, FollowId>
  /** Whether an earlier planning of this signal has stored anything of it. */
  readonly begun: boolean
  /** Why that earlier planning refused the signal for everyone: what it said to some holds for all. */
  readonly refusal: Denial | null
  /** Whether as many others of the strategy as asked for came in the minute before it and were planned. */
  readonly isFrequent: boolean
  /** The connection that holds the planning's locks. */
  readonly planner: PlannerId
}

/** The signal as it is stored, once, for all its brackets. */
export interface StoredSignal {
  readonly signal: Signal
  /** The accepted signal as it came, as JSON text. */
  readonly raw: string
  readonly strategyName: string | null
  /** None where it was refused to all. */
  readonly plans: SignalPlans
  readonly denial: Denial | null
  /** Some of its brackets may be stored already, by a planning that was cut short. */
  readonly begun: boolean
  readonly plannedAt: Date
  readonly planner: PlannerId
  /** When a resting entry is looked at again; known now, so that its acceptance need not change an index. */
  readonly wakeAt: string | null
}

/** What the signal means for one follower. */
export interface PlannedBracket {
  readonly bracketId: BracketId
  readonly candidate: Candidate
  readonly sizing: SizingTrace | null
  /** The approved order with its entry leg, or the denial. */
  readonly result:
    | { readonly outcome: 'approved'; readonly order: ApprovedOrder; readonly entry: Leg; readonly margin: string }
    | { readonly outcome: 'denied'; readonly denial: Denial }
    | { readonly outcome: 'waiting'; readonly wait: Wait }
  /** What it has waited for, when its turn has come. */
  readonly waited?: Waited
}

/** Where the next followers start: by partition of their commands, and those of one account stay together. */
export interface FollowerCursor {
  readonly accountId: string
  readonly followId: string
}

export interface FollowerQuery {
  readonly signal: Signal
  readonly strategyId: StrategyId
  /** Null when the strategy costs nothing: then nobody is asked whether they have paid. */
  readonly soldBy: UserId | null
  /** The currency that the signal's instrument is paid in, by environment. */
  readonly quotes: Readonly<Partial<Record<AccountEnvironment, string>>>
  /** The layers that are the same for all followers. */
  readonly common: Pick<SettingsByLayer, 'platform' | 'strategy'>
  readonly now: Date
  /** Only these, where the signal is not for all. */
  readonly followIds: readonly FollowId[] | null
  readonly after: FollowerCursor | null
  readonly limit: number
}

/**
 * Brackets were stored since the facts were read, by a planning whose lock went with its connection and whose last chunk
 * was committed nevertheless: of this signal, or another open one of its follows. It is planned anew; to leave a follow
 * out would be to pass it over.
 */
export class PlannedMeanwhile extends RetryableError {
  override readonly name = 'PlannedMeanwhile'

  constructor(signalId: string, options?: ErrorOptions) {
    super(`signal ${signalId}: another planning has stored brackets meanwhile`, options)
  }
}

export abstract class Planning {
  /**
   * Waits until no kill switch is being engaged and no other transaction plans this venue's symbol, so that checks of
   * open brackets stay true until the commit; then answers what is known now. A signal is frequent behind so many others.
   */
  abstract lockSymbol(tx: Transaction, signal: Signal, frequentFrom: number): Promise<SignalFacts>

  /**
   * For a chunk that is stored in a transaction of its own: what `lockSymbol` waits for holds until that one's end, too.
   * Where the planning's connection has broken, and its locks with it, the transaction fails with PlannedMeanwhile.
   */
  abstract join(tx: Transaction, signal: Signal, planner: PlannerId): Promise<void>

  /**
   * The next active followers by partition, account and follow, each with account, balance and open brackets, in one statement.
   * Accounts with a limit on all that they hold stay locked until the commit: no other symbol's planning adds to them.
   */
  abstract candidates(tx: Transaction, query: FollowerQuery): Promise<Candidate[]>

  /**
   * Stores brackets, entry legs and traces in one statement; answers the ids that were new. What exists already is left
   * out. Fails with PlannedMeanwhile, at the latest with the commit, where one would give a follow a second open bracket.
   */
  abstract insert(tx: Transaction, signal: StoredSignal, brackets: readonly PlannedBracket[]): Promise<Set<string>>

  /** Stores the signal with its denial and without a bracket: it was refused as a whole. */
  abstract refuse(tx: Transaction, signal: StoredSignal): Promise<void>

  /**
   * Lets new brackets that have to wait queue up, and denies the waiting entries whose place new ones take; answers
   * those that were denied.
   */
  abstract queue(tx: Transaction, signal: StoredSignal, fresh: readonly PlannedBracket[]): Promise<WaitingEntry[]>

  /** Denies those that still wait; answers them. */
  abstract withdraw(tx: Transaction, bracketIds: readonly string[], denial: Denial): Promise<WaitingEntry[]>

  /**
   * Stores what became of entries that waited; answers the ids of those that still did. Who waits again stays in the
   * queue.
   */
  abstract decide(tx: Transaction, signal: StoredSignal, brackets: readonly PlannedBracket[]): Promise<Set<string>>
}
