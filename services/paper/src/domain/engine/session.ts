/**
 * One command being worked out: every record is applied to the books the moment it is made, and kept for the journal.
 * Called by the engine's functions, which get it as their first argument. Must never outlive its command.
 */
import { apply } from './apply.ts'
import type { Order } from '../order.ts'
import { minuteMs } from '../books/candles.ts'
import type { PriceMoved, VenueRecord } from '../records.ts'
import type { Account, Market, VenueState } from '../state.ts'

/** Told of each record right after it was applied, while the books still show that moment. */
export type RecordObserver = (record: VenueRecord, state: VenueState) => void

export class Session {
  readonly records: VenueRecord[] = []

  /** `now`: the venue's wall clock in ms, one value for the whole command. */
  constructor(
    readonly state: VenueState,
    readonly now: number,
    private readonly observe: RecordObserver = () => undefined,
  ) {}

  emit(record: Exclude<VenueRecord, PriceMoved>): void {
    this.records.push(record)
    apply(this.state, record)
    this.observe(record, this.state)
  }

  /** Ticks of one minute between which nothing happened are kept as one record: a run with its extremes. */
  emitPrice(record: PriceMoved): void {
    apply(this.state, record)
    const last = this.records.at(-1)
    if (last?.kind === 'price' && sameRun(last, record)) {
      if (record.high > last.high) last.high = record.high
      if (record.low < last.low) last.low = record.low
      last.at = record.at
      last.close = record.close
      last.bid = record.bid
      last.ask = record.ask
    } else {
      this.records.push(record)
    }
  }

  /** Ids of orders, trades and lists come from one counter, which the fold keeps. */
  nextId(): number {
    const id = this.state.nextId
    this.state.nextId = id + 1
    return id
  }

  end(order: Order, status: 'cancelled' | 'expired' | 'rejected', reason: string | null): void {
    this.emit({ kind: 'ended', orderId: order.id, status, reason, at: this.now })
  }
}

/** One account's business on one market within one command. */
export interface Desk {
  readonly session: Session
  readonly account: Account
  readonly market: Market
}

function sameRun(run: PriceMoved, next: PriceMoved): boolean {
  return (
    run.venue === next.venue &&
    run.symbol === next.symbol &&
    Math.floor(run.at / minuteMs) === Math.floor(next.at / minuteMs)
  )
}
