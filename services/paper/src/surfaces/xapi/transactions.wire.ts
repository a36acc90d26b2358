/**
 * Every transaction that was asked for, by its number, and what became of it. Called by the trading commands and the stream.
 * Must never call a transaction accepted before its records are kept.
 */
import type { Amount } from '#domain/amount'
import type { Account, Market } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { numberOf } from './values.wire.ts'

export const requestStatus = { error: 0, pending: 1, accepted: 3, rejected: 4 } as const
export type RequestStatus = (typeof requestStatus)[keyof typeof requestStatus]

export interface Transaction {
  readonly order: number
  readonly accountId: string
  readonly customComment: string
  readonly market: Market
  readonly price: Amount
  readonly visibleFrom: number
  status: RequestStatus
  message: string | null
}

export type TransactionListener = (account: Account, transaction: Transaction) => void

const transactionsMax = 100_000

export class Transactions {
  private readonly byOrder = new Map<number, Transaction>()
  private readonly listeners: TransactionListener[] = []
  private readonly timers = new Set<NodeJS.Timeout>()

  constructor(
    private readonly venue: RunningVenue,
    private readonly executionMs: number,
  ) {}

  onSettled(listener: TransactionListener): void {
    this.listeners.push(listener)
  }

  find(account: Account, order: number): Transaction | undefined {
    const found = this.byOrder.get(order)
    return found?.accountId === account.id ? found : undefined
  }

  /** `work` says why it was refused; null when it was done. It runs now, or after the time that execution takes. */
  start(account: Account, transaction: Omit<Transaction, 'status' | 'message'>, work: () => string | null): void {
    const pending: Transaction = { ...transaction, status: requestStatus.pending, message: null }
    this.byOrder.set(pending.order, pending)
    const [oldest] = this.byOrder.keys()
    if (this.byOrder.size > transactionsMax && oldest !== undefined) this.byOrder.delete(oldest)
    const run = () => {
      pending.message = work()
      pending.status = pending.message === null ? requestStatus.accepted : requestStatus.rejected
      const afterMs = Math.max(0, pending.visibleFrom - this.venue.now())
      void this.venue.settled().then(
        () => this.after(afterMs, () => this.tell(account, pending)),
        () => undefined,
      )
    }
    if (this.executionMs === 0) run()
    else this.after(this.executionMs, run)
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }

  private after(delayMs: number, work: () => void): void {
    if (delayMs === 0) return work()
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      work()
    }, delayMs)
    this.timers.add(timer)
  }

  private tell(account: Account, transaction: Transaction): void {
    for (const listener of this.listeners) listener(account, transaction)
  }
}

/** What `tradeTransactionStatus` answers; a hidden transaction looks pending. */
export function statusRecord(transaction: Transaction, now: number) {
  const { market, customComment, order } = transaction
  const hidden = transaction.visibleFrom > now
  return {
    ask: numberOf(market.ask),
    bid: numberOf(market.bid),
    customComment,
    message: hidden ? null : transaction.message,
    order,
    requestStatus: hidden ? requestStatus.pending : transaction.status,
  }
}
