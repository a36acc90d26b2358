/**
 * The read model in PostgreSQL. Called through the Facts port.
 * Must never let older news overwrite newer: every upsert compares revisions or times.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId, StrategyId, UserId } from '@tradewire/kernel/ids'
import { partitionOf } from '@tradewire/kernel/partition'
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
} from '../ports/facts.port.ts'
import { Columns, plain, text, upsertSql } from './columns.mapper.ts'
import { settingsText } from './settings.mapper.ts'

const strategies = new Columns<StrategyNews>([
  plain('strategy_id', 'uuid', ({ strategyId }) => strategyId),
  plain('owner_id', 'uuid', ({ ownerId }) => ownerId),
  text('name', 'text', ({ name }) => name),
  plain('venue', 'text', ({ venue }) => venue),
  plain('symbol', 'text', ({ symbol }) => symbol),
  plain('active', 'boolean', ({ active }) => active),
  text('settings', 'text', ({ settings }) => settingsText(settings)),
  plain('provider_account_id', 'uuid', ({ providerAccountId }) => providerAccountId ?? null),
  plain('revision', 'int', ({ revision }) => revision),
])

const follows = new Columns<FollowNews>([
  plain('follow_id', 'uuid', ({ followId }) => followId),
  plain('strategy_id', 'uuid', ({ strategyId }) => strategyId),
  plain('account_id', 'uuid', ({ accountId }) => accountId),
  plain('account_partition', 'smallint', ({ accountId }) => partitionOf(accountId)),
  plain('user_id', 'uuid', ({ userId }) => userId),
  plain('risk_profile_id', 'uuid', ({ riskProfileId }) => riskProfileId),
  plain('risk_percent', 'numeric', ({ riskPercent }) => riskPercent),
  plain('leverage', 'int', ({ leverage }) => leverage),
  plain('max_notional', 'numeric', ({ maxNotional }) => maxNotional),
  plain('active', 'boolean', ({ active }) => active),
  text('profile_settings', 'text', ({ profileSettings }) => settingsText(profileSettings)),
  text('settings', 'text', ({ settings }) => settingsText(settings)),
  plain('revision', 'int', ({ revision }) => revision),
])

const layers = new Columns<SettingsNews>([
  plain('scope', 'text', ({ scope }) => scope),
  plain('scope_id', 'uuid', ({ scopeId }) => scopeId),
  text('settings', 'text', ({ settings }) => settingsText(settings)),
  plain('revision', 'int', ({ revision }) => revision),
])

const accounts = new Columns<AccountNews>([
  plain('account_id', 'uuid', ({ accountId }) => accountId),
  plain('user_id', 'uuid', ({ userId }) => userId),
  plain('venue', 'text', ({ venue }) => venue),
  plain('environment', 'text', ({ environment }) => environment),
  text('label', 'text', ({ label }) => label),
  plain('connected', 'boolean', ({ connected }) => connected),
  text('disconnected_by', 'text', ({ disconnectedBy }) => disconnectedBy),
  plain('changed_at', 'timestamptz', ({ changedAt }) => changedAt),
])

const accountChanges = new Columns<AccountChange>([
  plain('account_id', 'uuid', ({ accountId }) => accountId),
  plain('user_id', 'uuid', ({ userId }) => userId),
  plain('venue', 'text', ({ venue }) => venue),
  plain('environment', 'text', ({ environment }) => environment),
  text('label', 'text', ({ label }) => label),
  plain('active', 'boolean', ({ active }) => active),
  plain('active_changed_at', 'timestamptz', ({ changedAt }) => changedAt),
])

const balances = new Columns<BalanceNews>([
  plain('account_id', 'uuid', ({ accountId }) => accountId),
  text('currency', 'text', ({ currency }) => currency),
  plain('total', 'numeric', ({ total }) => total),
  plain('free', 'numeric', ({ free }) => free),
  plain('equity', 'numeric', ({ equity }) => equity),
  plain('observed_at', 'timestamptz', ({ observedAt }) => observedAt),
])

const entitlements = new Columns<EntitlementNews>([
  plain('user_id', 'uuid', ({ userId }) => userId),
  text('plan', 'text', ({ plan }) => plan),
  plain('ends_at', 'timestamptz', ({ endsAt }) => endsAt),
  plain('max_positions', 'int', ({ maxPositions }) => maxPositions),
  plain('max_balance', 'numeric', ({ maxBalance }) => maxBalance),
  plain('strategy_automated', 'boolean', ({ strategyAutomated }) => strategyAutomated),
  plain('revision', 'int', ({ revision }) => revision),
])

const instruments = new Columns<InstrumentNews>([
  plain('venue', 'text', ({ venue }) => venue),
  plain('environment', 'text', ({ environment }) => environment),
  plain('symbol', 'text', ({ symbol }) => symbol),
  plain('kind', 'text', ({ kind }) => kind),
  text('base', 'text', ({ base }) => base),
  text('quote', 'text', ({ quote }) => quote),
  plain('active', 'boolean', ({ active }) => active),
  plain('price_step', 'numeric', ({ priceStep }) => priceStep),
  plain('quantity_step', 'numeric', ({ quantityStep }) => quantityStep),
  plain('minimum_quantity', 'numeric', ({ minimumQuantity }) => minimumQuantity),
  plain('maximum_quantity', 'numeric', ({ maximumQuantity }) => maximumQuantity),
  plain('minimum_notional', 'numeric', ({ minimumNotional }) => minimumNotional),
  plain('contract_size', 'numeric', ({ contractSize }) => contractSize),
  text('trading_hours', 'text', ({ tradingHours }) =>
    tradingHours === undefined ? null : JSON.stringify(tradingHours),
  ),
  plain('observed_at', 'timestamptz', ({ observedAt }) => observedAt),
])

const rates = new Columns<RateNews>([
  plain('venue', 'text', ({ venue }) => venue),
  plain('environment', 'text', ({ environment }) => environment),
  plain('symbol', 'text', ({ symbol }) => symbol),
  plain('price', 'numeric', ({ price }) => price),
  plain('observed_at', 'timestamptz', ({ observedAt }) => observedAt),
])

const strategySql = upsertSql('strategy', strategies, ['strategy_id'], 'revision')
const followSql = upsertSql('follow', follows, ['follow_id'], 'revision')
/** As if all that came before the pause had been heard: the pause itself, which says everything, is news still. */
const pauseFollowSql = `update follow set active = false, revision = $2::int - 1 where follow_id = $1 and revision < $2`
const layerSql = upsertSql('layer_settings', layers, ['scope', 'scope_id'], 'revision')
const accountSql = upsertSql('account', accounts, ['account_id'], 'changed_at')
/** Of an account that nobody has heard of: it is not connected until that is told as well. */
const accountChangeSql = `insert into account (${accountChanges.names}, connected, changed_at)
select ${accountChanges.names}, false, '-infinity' from ${accountChanges.unnest('n')}
on conflict (account_id) do update
set label = excluded.label, active = excluded.active, active_changed_at = excluded.active_changed_at
where account.active_changed_at < excluded.active_changed_at`
const balanceSql = upsertSql('balance', balances, ['account_id', 'currency'], 'observed_at')
const entitlementSql = upsertSql('entitlement', entitlements, ['user_id'], 'revision')
const instrumentSql = upsertSql('instrument', instruments, ['venue', 'environment', 'symbol'], 'observed_at')
const rateSql = upsertSql('rate', rates, ['venue', 'environment', 'symbol'], 'observed_at')

@Injectable()
export class SqlFacts extends Facts {
  constructor(private readonly database: Database) {
    super()
  }

  async rememberStrategies(tx: Transaction, news: readonly StrategyNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ strategyId }) => strategyId,
      (a, b) => a.revision > b.revision,
    )
    await tx.query(strategySql, strategies.parameters(latest))
  }

  async rememberFollows(tx: Transaction, news: readonly FollowNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ followId }) => followId,
      (a, b) => a.revision > b.revision,
    )
    await tx.query(followSql, follows.parameters(latest))
  }

  async pauseFollow(tx: Transaction, followId: FollowId, revision: number): Promise<void> {
    await tx.query(pauseFollowSql, [followId, revision])
  }

  async rememberSettings(tx: Transaction, news: readonly SettingsNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ scope, scopeId }) => `${scope} ${scopeId}`,
      (a, b) => a.revision > b.revision,
    )
    await tx.query(layerSql, layers.parameters(latest))
  }

  async rememberAccounts(tx: Transaction, news: readonly AccountNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ accountId }) => accountId,
      (a, b) => a.changedAt > b.changedAt,
    )
    await tx.query(accountSql, accounts.parameters(latest))
  }

  async rememberAccountChanges(tx: Transaction, news: readonly AccountChange[]): Promise<void> {
    const latest = newest(
      news,
      ({ accountId }) => accountId,
      (a, b) => a.changedAt > b.changedAt,
    )
    await tx.query(accountChangeSql, accountChanges.parameters(latest))
  }

  async rememberBalances(tx: Transaction, news: readonly BalanceNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ accountId, currency }) => `${accountId} ${currency}`,
      (a, b) => a.observedAt > b.observedAt,
    )
    await tx.query(balanceSql, balances.parameters(latest))
  }

  async rememberEntitlements(tx: Transaction, news: readonly EntitlementNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ userId }) => userId,
      (a, b) => a.revision > b.revision,
    )
    await tx.query(entitlementSql, entitlements.parameters(latest))
  }

  async rememberInstruments(tx: Transaction, news: readonly InstrumentNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ venue, environment, symbol }) => `${venue} ${environment} ${symbol}`,
      (a, b) => a.observedAt > b.observedAt,
    )
    await tx.query(instrumentSql, instruments.parameters(latest))
  }

  async rememberRates(tx: Transaction, news: readonly RateNews[]): Promise<void> {
    const latest = newest(
      news,
      ({ venue, environment, symbol }) => `${venue} ${environment} ${symbol}`,
      (a, b) => a.observedAt > b.observedAt,
    )
    await tx.query(rateSql, rates.parameters(latest))
  }

  async ownerOfStrategy(strategyId: StrategyId, seenBy: string | undefined): Promise<UserId | undefined> {
    const sql = 'select owner_id as id from strategy where strategy_id = $1'
    return (await this.database.queryOwn<{ id: UserId }>(seenBy, sql, [strategyId]))[0]?.id
  }

  async ownerOfFollow(followId: FollowId, seenBy: string | undefined): Promise<UserId | undefined> {
    const sql = 'select user_id as id from follow where follow_id = $1'
    return (await this.database.queryOwn<{ id: UserId }>(seenBy, sql, [followId]))[0]?.id
  }
}

/** One row per key, as one statement may touch a row only once. */
function newest<News>(
  all: readonly News[],
  keyOf: (news: News) => string,
  isNewer: (a: News, b: News) => boolean,
): News[] {
  const latest = new Map<string, News>()
  for (const news of all) {
    const known = latest.get(keyOf(news))
    if (known === undefined || isNewer(news, known)) latest.set(keyOf(news), news)
  }
  return [...latest.values()]
}
