/** Keeps this service's copy of what others own. Called by the consumers. Must never go back to older news. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import {
  type AccountChange,
  type AccountNews,
  type BalanceNews,
  type EntitlementNews,
  Facts,
  type FollowNews,
  type InstrumentNews,
  type RateNews,
  type SettingsNews,
  type StrategyNews,
} from '../../ports/facts.port.ts'

export interface FactsNews {
  readonly strategies?: readonly StrategyNews[]
  readonly follows?: readonly FollowNews[]
  readonly settings?: readonly SettingsNews[]
  readonly accounts?: readonly AccountNews[]
  readonly accountChanges?: readonly AccountChange[]
  readonly balances?: readonly BalanceNews[]
  readonly entitlements?: readonly EntitlementNews[]
  readonly instruments?: readonly InstrumentNews[]
  readonly rates?: readonly RateNews[]
}

@Injectable()
export class LearnFacts {
  constructor(private readonly facts: Facts) {}

  /** One statement for each kind of which there is news. */
  async execute(news: FactsNews, tx: Transaction): Promise<void> {
    const { strategies = [], follows = [], settings = [], accounts = [], balances = [] } = news
    const { accountChanges = [], entitlements = [], instruments = [], rates = [] } = news
    if (strategies.length > 0) await this.facts.rememberStrategies(tx, strategies)
    if (follows.length > 0) await this.facts.rememberFollows(tx, follows)
    if (settings.length > 0) await this.facts.rememberSettings(tx, settings)
    if (accounts.length > 0) await this.facts.rememberAccounts(tx, accounts)
    if (accountChanges.length > 0) await this.facts.rememberAccountChanges(tx, accountChanges)
    if (balances.length > 0) await this.facts.rememberBalances(tx, balances)
    if (entitlements.length > 0) await this.facts.rememberEntitlements(tx, entitlements)
    if (instruments.length > 0) await this.facts.rememberInstruments(tx, instruments)
    if (rates.length > 0) await this.facts.rememberRates(tx, rates)
  }
}
