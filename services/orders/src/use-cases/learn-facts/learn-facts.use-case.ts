/** Keeps this service's copy of what others own. Called by the consumers. Must never go back to older news. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { type AccountNews, type BalanceNews, Facts, type FollowNews, type InstrumentNews, type StrategyNews } from '../../ports/facts.port.ts'

@Injectable()
export class LearnFacts {
  constructor(private readonly facts: Facts) {}

  async strategies(news: readonly StrategyNews[], tx: Transaction): Promise<void> {
    if (news.length > 0) await this.facts.rememberStrategies(tx, news)
  }

  async follows(news: readonly FollowNews[], tx: Transaction): Promise<void> {
    if (news.length > 0) await this.facts.rememberFollows(tx, news)
  }

  async accounts(news: readonly AccountNews[], tx: Transaction): Promise<void> {
    if (news.length > 0) await this.facts.rememberAccounts(tx, news)
  }

  async balances(news: readonly BalanceNews[], tx: Transaction): Promise<void> {
    if (news.length > 0) await this.facts.rememberBalances(tx, news)
  }

  async instruments(news: readonly InstrumentNews[], tx: Transaction): Promise<void> {
    if (news.length > 0) await this.facts.rememberInstruments(tx, news)
  }
}
