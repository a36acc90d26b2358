/** What the use cases need of the ledger and its projection. Called by use cases. Must never leak a row. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import type {
  getTrade,
  listFollowerPerformance,
  listLedgerTrades,
  listTradingDays,
} from '@tradewire/contracts/rpc/reporting'
import type { Transaction } from '@tradewire/database/transaction'
import type { ClosedTrade } from '../domain/performance.ts'

export type Opened = DataOf<typeof tradeOpened>
export type Closed = DataOf<typeof tradeClosed>
export type TradeView = ReplyOf<typeof getTrade>
export type FollowerView = ReplyOf<typeof listFollowerPerformance>['items'][number]

export type TradingDay = ReplyOf<typeof listTradingDays>['items'][number]

export interface TradeFilter {
  /** Only trades of this user; undefined for operators. */
  readonly userId: string | undefined
  readonly strategyId?: string | undefined
  readonly followId?: string | undefined
  readonly accountId?: string | undefined
}

/** Closed trades, since when and in which currency. */
export interface ClosedFilter extends TradeFilter {
  readonly currency?: string | undefined
  readonly origin?: 'strategy' | 'manual' | undefined
  readonly from?: string | undefined
}

export type LedgerTrade = ReplyOf<typeof listLedgerTrades>['items'][number]
type LedgerRequest = RequestOf<typeof listLedgerTrades>

/** Trades of a user with a strategy, after the last one that was shown. */
export interface LedgerWindow extends Pick<LedgerRequest, 'userId' | 'strategyId' | 'from' | 'before'> {
  readonly after: { readonly closedAt: string; readonly tradeId: string } | undefined
  readonly limit: number
}

export interface Window {
  readonly afterId: string | undefined
  readonly limit: number
}

export abstract class Ledger {
  /** Opening and closing of a trade may come in either order and more than once; the end is the same. */
  abstract recordOpened(tx: Transaction, trades: readonly Opened[]): Promise<void>
  /** Answers the ids of those that were not in the ledger before. */
  abstract recordClosed(tx: Transaction, trades: readonly Closed[]): Promise<ReadonlySet<string>>
  abstract recordHandSignals(tx: Transaction, signalIds: readonly string[]): Promise<void>
  /** `userId`: only if it is this user's; undefined for those who see all. */
  abstract find(id: string, userId: string | undefined): Promise<TradeView | undefined>
  abstract list(filter: TradeFilter & { readonly state?: string | undefined }, window: Window): Promise<TradeView[]>
  /** Quote currencies of closed trades of the filter, that of the most trades first. */
  abstract currencies(filter: ClosedFilter): Promise<string[]>
  /** Closed trades of the filter in the order in which they were closed. */
  abstract closedTrades(filter: ClosedFilter): Promise<ClosedTrade[]>
  abstract countOpen(filter: ClosedFilter): Promise<number>
  /** Days with closed trades, newest first. */
  abstract tradingDays(
    filter: ClosedFilter,
    window: { readonly before: string | undefined; readonly limit: number },
  ): Promise<TradingDay[]>
  abstract followers(
    filter: TradeFilter & { readonly followIds?: readonly string[] | undefined },
    window: Window,
  ): Promise<FollowerView[]>
  /** In the order in which they were closed. */
  abstract tradesOf(window: LedgerWindow): Promise<LedgerTrade[]>
}
