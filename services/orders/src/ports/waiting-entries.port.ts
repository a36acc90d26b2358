/**
 * Entries that wait until another position is gone: who they wait for, whose turn has come, and who gives up.
 * Called by the use case that plans them and by those that close. Must never hand an entry to two transactions.
 */
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, BracketId, FollowId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { SignalData } from '../domain/planning/accepted-signal.ts'
import type { Waited } from '../domain/gate/open-position.ts'
import type { BracketScope } from './brackets.port.ts'

export interface WaitingEntry {
  readonly bracketId: BracketId
  readonly signalId: SignalId
  readonly strategyId: StrategyId
  readonly followId: FollowId
  readonly accountId: AccountId
  readonly userId: UserId
}

export interface DueEntry extends WaitingEntry {
  readonly waited: Waited
}

/** Entries of one signal, which are planned together. */
export interface DueSignal {
  readonly data: SignalData
  /** The trace that the signal came in. */
  readonly trace: string | null
  readonly entries: readonly DueEntry[]
}

/** Whose waiting entries: a scope's, or these of it. */
export interface WaitingScope extends BracketScope {
  readonly bracketIds?: readonly string[]
}

export abstract class WaitingEntries {
  /** Brackets that an entry wants out of its way and that nobody closes yet. */
  abstract toClose(now: Date, limit: number): Promise<{ readonly bracketId: string; readonly trace: string | null }[]>

  /** Entries of which nothing stands in the way any more, and those whose signal has expired. */
  abstract due(now: Date, limit: number): Promise<DueSignal[]>

  /** These entries, and those that wait for one of these brackets, are looked at again then, and not before. */
  abstract putOff(tx: Transaction, bracketIds: readonly string[], until: Date): Promise<void>

  /** Denies those that still wait, in one statement; answers them. */
  abstract withdraw(tx: Transaction, of: WaitingScope, denial: Denial): Promise<WaitingEntry[]>
}
