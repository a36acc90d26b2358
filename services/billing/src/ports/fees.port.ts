/** Stored agreements, marks and performance fees. Called by use cases. Must never count a trade twice. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { followChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import type { DueAgreement, FeeAgreement, FeeLine, FeeOffer, PerformanceFee, ShownFee } from '../domain/fees/fee.ts'
import type { Mark } from '../domain/fees/performance-fee.ts'
import type { UserWindow } from './bills.port.ts'

export type FollowNews = DataOf<typeof followChanged>

/** A user who follows a strategy from now on, and did with no account before. */
export interface Beginning {
  readonly userId: string
  readonly strategyId: string
  /** What is asked for there now. */
  readonly offer: FeeOffer
}

export interface FeeWindow extends UserWindow {
  readonly strategyId: string | undefined
}

export abstract class Fees {
  abstract saveOffer(strategyId: string, offer: FeeOffer, now: Date): Promise<void>
  /** Null when nothing was ever asked for. */
  abstract offer(strategyId: string): Promise<FeeOffer | null>

  /** Answers who begins to follow a strategy of somebody else that a fee is asked for. */
  abstract saveFollows(tx: Transaction, follows: readonly FollowNews[]): Promise<Beginning[]>
  /** Who comes back agrees anew; what was counted before stays. */
  abstract saveAgreements(tx: Transaction, agreements: readonly FeeAgreement[]): Promise<void>

  /** Those whose period is over and that may be looked at again, longest over first. */
  abstract due(closedBefore: Date, now: Date, limit: number): Promise<Omit<DueAgreement, 'tax'>[]>
  abstract putOff(agreementId: string, until: Date): Promise<void>
  /** Undefined when its period was closed meanwhile. */
  abstract lockAgreement(tx: Transaction, agreement: FeeAgreement): Promise<FeeAgreement | undefined>
  abstract openPeriod(tx: Transaction, agreement: FeeAgreement): Promise<void>
  abstract counted(tx: Transaction, tradeIds: readonly string[]): Promise<ReadonlySet<string>>
  abstract mark(tx: Transaction, agreementId: string, ledgerCurrency: string): Promise<Mark>
  abstract insertFee(tx: Transaction, fee: PerformanceFee, lines: readonly FeeLine[]): Promise<void>

  /** Undefined also when it is not of `seenBy`; undefined there for anybody's. */
  abstract find(id: string, seenBy: string | undefined): Promise<ShownFee | undefined>
  abstract lines(feeId: string, seenBy: string | undefined): Promise<FeeLine[]>
  abstract list(window: FeeWindow): Promise<ShownFee[]>
}
