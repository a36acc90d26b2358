/**
 * Prices and subscriptions of strategies in PostgreSQL. Called through the Subscriptions port.
 * Must never be asked while a strategy that costs nothing is planned.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId } from '@tradewire/kernel/ids'
import type { Candidate } from '../domain/gate/gate.ts'
import {
  type LeavingFollow,
  type PriceNews,
  type SoldStrategy,
  type SubscriptionNews,
  Subscriptions,
} from '../ports/subscriptions.port.ts'
import { Columns, plain, upsertSql } from './columns.mapper.ts'
import { type FollowSettingsRow, SettingsReader } from './settings.mapper.ts'

const prices = new Columns<PriceNews>([
  plain('strategy_id', 'uuid', ({ strategyId }) => strategyId),
  plain('sold', 'boolean', ({ prices: asked }) => asked.length > 0),
  plain('revision', 'int', ({ revision }) => revision),
])

const subscriptions = new Columns<SubscriptionNews>([
  plain('subscription_id', 'uuid', ({ subscriptionId }) => subscriptionId),
  plain('user_id', 'uuid', ({ userId }) => userId),
  plain('strategy_id', 'uuid', ({ subject }) => subject.id),
  plain('served_until', 'timestamptz', ({ servedUntil }) => servedUntil),
  plain('revision', 'int', ({ revision }) => revision),
])

const priceSql = upsertSql('strategy_sale', prices, ['strategy_id'], 'revision')
const subscriptionSql = upsertSql('strategy_subscription', subscriptions, ['subscription_id'], 'revision')

const servedSql = `select user_id, max(served_until) as served_until from strategy_subscription
where strategy_id = $1 and user_id = any ($2::uuid[]) group by user_id`

const unservedSql = `select f.follow_id, f.risk_percent, f.leverage, f.max_notional, f.profile_settings, f.settings,
  l.settings as account_settings, s.settings as strategy_settings, p.settings as platform_settings
from follow f
left join strategy s on s.strategy_id = f.strategy_id
left join layer_settings p on p.scope = 'platform'
left join layer_settings l on l.scope = 'account' and l.scope_id = f.account_id
where f.user_id = $1 and f.strategy_id = $2 and not exists (
  select 1 from strategy_subscription paid where paid.user_id = $1 and paid.strategy_id = $2 and paid.served_until > $3
    and paid.subscription_id <> $4)
order by f.follow_id`

interface UnservedRow extends FollowSettingsRow {
  readonly follow_id: string
  readonly strategy_settings: string | null
  readonly platform_settings: string | null
}

@Injectable()
export class SqlSubscriptions extends Subscriptions {
  async rememberPrices(tx: Transaction, news: readonly PriceNews[]): Promise<void> {
    await tx.query(priceSql, prices.parameters(latest(news, ({ strategyId }) => strategyId)))
  }

  async remember(tx: Transaction, news: readonly SubscriptionNews[]): Promise<void> {
    await tx.query(subscriptionSql, subscriptions.parameters(latest(news, ({ subscriptionId }) => subscriptionId)))
  }

  async of(tx: Transaction, candidates: Candidate[], { strategyId, soldBy }: SoldStrategy): Promise<Candidate[]> {
    if (soldBy === null || candidates.length === 0) return candidates
    const users = [...new Set(candidates.map(({ userId }) => userId))]
    const rows = await tx.query<{ user_id: string; served_until: Date | null }>(servedSql, [strategyId, users])
    const served = new Map(rows.map((row) => [row.user_id, row.served_until]))
    return candidates.map((candidate) => {
      if (candidate.userId === soldBy) return candidate
      return { ...candidate, access: { servedUntil: served.get(candidate.userId) ?? null } }
    })
  }

  async unserved(
    tx: Transaction,
    { subscriptionId, userId, subject }: SubscriptionNews,
    now: Date,
  ): Promise<LeavingFollow[]> {
    const rows = await tx.query<UnservedRow>(unservedSql, [userId, subject.id, now, subscriptionId])
    const reader = new SettingsReader()
    return rows.map((row) => {
      const common = { platform: reader.of(row.platform_settings), strategy: reader.of(row.strategy_settings) }
      return { followId: row.follow_id as FollowId, settings: reader.resolved(row, common) }
    })
  }
}

/** One statement cannot write one row twice. */
function latest<News extends { readonly revision: number }>(
  news: readonly News[],
  keyOf: (news: News) => string,
): News[] {
  const byKey = new Map<string, News>()
  for (const one of news) {
    const known = byKey.get(keyOf(one))
    if (known === undefined || known.revision < one.revision) byKey.set(keyOf(one), one)
  }
  return [...byKey.values()]
}
