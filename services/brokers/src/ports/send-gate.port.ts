/** Answers whether an order may be sent now. Implemented in clients/. Must never change an order's state. */
import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { BrokerError, RateLimitedError } from '@tradewire/broker-kit/broker-error'
import type { Venue } from '@tradewire/contracts/common'
import type { Result } from '@tradewire/kernel/result'
import type { LaneWork, OpenAttempt } from '#domain/sending/desk'
import type { AccountSession } from './sessions.port.ts'

export abstract class SendGate {
  /** Our id of the order as its venue takes it. */
  abstract clientOrderId(command: SubmitCommand): string
  /**
   * False where the venue refuses a used id for ever: there a row may say submitting from the beginning, because sending
   * again after a crash can only find the first order.
   */
  abstract needsMark(command: SubmitCommand): boolean
  /** Stores, fenced and in one commit, that these are being sent; answers the intents that may be. */
  abstract mark(all: readonly OpenAttempt[]): Promise<ReadonlySet<string>>
  /** 0 and the budget is spent, or how many milliseconds to wait. */
  abstract spend(one: OpenAttempt, work: LaneWork): number
  /** The venue refused a call because of its rate. */
  abstract closeBudget(venue: Venue, accountId: string, limited: RateLimitedError): void
  /** Only entries expire: an exit always goes. */
  abstract expired(command: SubmitCommand): boolean
  /** True while no other process can hold the partition. */
  abstract leaseHolds(partition: number): boolean
  /** Sets the leverage at the venue unless it stands there already. */
  abstract ensureLeverage(opened: AccountSession, command: SubmitCommand): Promise<Result<undefined, BrokerError>>
  /** The database's time. */
  abstract now(): Date
}
