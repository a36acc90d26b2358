/** What the use cases need of accounts' worth. Called by use cases. Must never leak a row. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { accountConnected, accountDisconnected, balanceUpdated } from '@tradewire/contracts/events/brokers'
import type { findBalances, listAccountTotals, listBalanceDays } from '@tradewire/contracts/rpc/reporting'
import type { Transaction } from '@tradewire/database/transaction'
import type { DollarRate } from '../domain/dollar-rates.ts'

export type Worth = ReplyOf<typeof findBalances>['items'][number]
export type AccountTotal = ReplyOf<typeof listAccountTotals>['items'][number]
export type BalanceDay = ReplyOf<typeof listBalanceDays>['items'][number]

export interface DayWindow {
  readonly from: string | undefined
  /** Only days before this one. */
  readonly before: string | undefined
  readonly limit: number
}

export abstract class Worths {
  abstract rememberAccounts(tx: Transaction, accounts: readonly DataOf<typeof accountConnected>[]): Promise<void>
  /** Those that their users removed count no longer; the rest come back. */
  abstract forgetAccounts(tx: Transaction, accounts: readonly DataOf<typeof accountDisconnected>[]): Promise<void>
  /** Older ones than are known change nothing. */
  abstract recordRates(tx: Transaction, rates: readonly DollarRate[]): Promise<void>
  /** In one statement, the newest of each account and day. */
  abstract recordBalances(tx: Transaction, balances: readonly DataOf<typeof balanceUpdated>[]): Promise<void>
  /** `userId`: only accounts of this user; undefined for operators. */
  abstract find(accountIds: readonly string[], userId: string | undefined): Promise<Worth[]>
  /** Newest first. */
  abstract days(accountId: string, userId: string | undefined, window: DayWindow): Promise<BalanceDay[]>
  abstract ofUser(userId: string): Promise<string>
  /** What they hold in their own currencies; accounts that nothing was heard of are left out. */
  abstract totals(accountIds: readonly string[]): Promise<AccountTotal[]>
  /**
   * What one of each is worth in US dollars where money is paid: live, as was heard last, on paper where nothing else is
   * known. Those without a rate are left out.
   */
  abstract dollarRates(currencies: readonly string[]): Promise<Pick<DollarRate, 'currency' | 'usd'>[]>
}
