/** Follows and known accounts in PostgreSQL. Called through the Follows port. Must never insert row by row. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId, RiskProfileId, StrategyId } from '@tradewire/kernel/ids'
import { In, LessThan } from 'typeorm'
import type { Follow, KnownAccount } from '../domain/model.ts'
import { Follows, type FollowFilter } from '../ports/follows.port.ts'
import { FollowRow } from './follow.row.ts'
import { toFollow } from './rows.mapper.ts'

@Injectable()
export class TypeormFollows extends Follows {
  constructor(private readonly database: Database) {
    super()
  }

  async insertMany(tx: Transaction, follows: readonly Follow[]): Promise<Set<string>> {
    const inserted = await tx.manager
      .createQueryBuilder()
      .insert()
      .into(FollowRow)
      .values(follows.map((follow) => ({ ...follow })))
      .orIgnore()
      .returning('id')
      .execute()
    return new Set((inserted.raw as { id: string }[]).map(({ id }) => id))
  }

  async lock(tx: Transaction, id: FollowId): Promise<Follow | undefined> {
    const row = await tx.manager.findOne(FollowRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    return row === null ? undefined : toFollow(row)
  }

  async update(tx: Transaction, { id, ...changes }: Follow): Promise<void> {
    await tx.manager.update(FollowRow, { id }, changes)
  }

  async touchByRiskProfile(tx: Transaction, id: RiskProfileId, at: Date): Promise<Follow[]> {
    await tx.query('update follow set revision = revision + 1, updated_at = $2 where risk_profile_id = $1', [id, at])
    return (await tx.manager.findBy(FollowRow, { riskProfileId: id })).map(toFollow)
  }

  async find(id: FollowId): Promise<Follow | undefined> {
    const row = await this.database.dataSource.manager.findOneBy(FollowRow, { id })
    return row === null ? undefined : toFollow(row)
  }

  async findOf(accountId: string, symbol: string): Promise<Follow | undefined> {
    const row = await this.database.dataSource.manager
      .createQueryBuilder(FollowRow, 'f')
      .where('f.accountId = :accountId', { accountId })
      .andWhere('f.strategyId in (select id from strategy where symbol = :symbol)', { symbol })
      .orderBy('f.active', 'DESC')
      .addOrderBy('f.id', 'DESC')
      .limit(1)
      .getOne()
    return row === null ? undefined : toFollow(row)
  }

  countActive(strategyId: StrategyId, ids: readonly FollowId[]): Promise<number> {
    return this.database.dataSource.manager.countBy(FollowRow, { strategyId, active: true, id: In([...ids]) })
  }

  async list(filter: FollowFilter): Promise<Follow[]> {
    const rows = await this.database.dataSource.manager.find(FollowRow, {
      where: {
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(filter.strategyId !== undefined && { strategyId: filter.strategyId }),
        ...(filter.accountId !== undefined && { accountId: filter.accountId }),
        ...(filter.active !== undefined && { active: filter.active }),
        ...(filter.afterId !== undefined && { id: LessThan(filter.afterId) }),
      },
      order: { id: 'DESC' },
      take: filter.limit,
    })
    return rows.map(toFollow)
  }

  async rememberAccounts(tx: Transaction, accounts: readonly KnownAccount[]): Promise<void> {
    await tx.query(
      `insert into account (account_id, user_id, venue)
       select distinct on (account_id) account_id, user_id, venue
       from unnest($1::uuid[], $2::uuid[], $3::text[]) as t(account_id, user_id, venue)
       on conflict (account_id) do update set user_id = excluded.user_id, venue = excluded.venue`,
      [
        accounts.map(({ accountId }) => accountId),
        accounts.map(({ userId }) => userId),
        accounts.map(({ venue }) => venue),
      ],
    )
  }
}
