/**
 * Keeps what accounts are worth: whose they are, the last balance of each day, rates to the dollar.
 * Called for news of brokers. Must never cost more than one statement for each kind of which there is news.
 */
import { Injectable } from '@nestjs/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import {
  type accountConnected,
  type accountDisconnected,
  accountRemoved,
  type balanceUpdated,
  type rateUpdated,
} from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { dollarRateOf } from '../../domain/dollar-rates.ts'
import { Worths } from '../../ports/worths.port.ts'

export interface WorthNews {
  readonly connected: readonly DataOf<typeof accountConnected>[]
  readonly disconnected: readonly DataOf<typeof accountDisconnected>[]
  readonly balances: readonly DataOf<typeof balanceUpdated>[]
  readonly rates: readonly DataOf<typeof rateUpdated>[]
}

@Injectable()
export class RecordWorth {
  constructor(private readonly worths: Worths) {}

  async execute(news: WorthNews, tx: Transaction): Promise<void> {
    const { connected, balances } = news
    // An account whose key is refused for now still holds what it holds.
    const removed = news.disconnected.filter(({ reason }) => reason.code === accountRemoved)
    const rates = news.rates.flatMap((rate) => dollarRateOf(rate) ?? [])
    if (connected.length > 0) await this.worths.rememberAccounts(tx, connected)
    if (removed.length > 0) await this.worths.forgetAccounts(tx, removed)
    if (rates.length > 0) await this.worths.recordRates(tx, rates)
    if (balances.length > 0) await this.worths.recordBalances(tx, balances)
  }
}
