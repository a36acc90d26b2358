/** Strategies in PostgreSQL. Called through the Strategies port. Must never be used on a hot path: TypeORM rows. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { type AccountId, idEndOf, type StrategyId, type UserId } from '@tradewire/kernel/ids'
import { LessThan, Raw } from 'typeorm'
import type { Strategy } from '../domain/model.ts'
import { Strategies, type StrategyFilter } from '../ports/strategies.port.ts'
import { fromStrategy, toStrategy } from './rows.mapper.ts'
import { StrategyRow } from './strategy.row.ts'

@Injectable()
export class TypeormStrategies extends Strategies {
  constructor(private readonly database: Database) {
    super()
  }

  async insert(tx: Transaction, strategy: Strategy): Promise<void> {
    await tx.manager.insert(StrategyRow, fromStrategy(strategy))
  }

  async lock(tx: Transaction, id: StrategyId): Promise<Strategy | undefined> {
    const row = await tx.manager.findOne(StrategyRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    return row === null ? undefined : toStrategy(row)
  }

  async update(tx: Transaction, strategy: Strategy): Promise<void> {
    const { id, ...changes } = fromStrategy(strategy)
    await tx.manager.update(StrategyRow, { id }, changes)
  }

  async find(id: StrategyId): Promise<Strategy | undefined> {
    const row = await this.database.dataSource.manager.findOneBy(StrategyRow, { id })
    return row === null ? undefined : toStrategy(row)
  }

  async ownerOfAccount(accountId: AccountId): Promise<UserId | undefined> {
    const sql = 'select user_id as id from account where account_id = $1'
    return (await this.database.query<{ id: UserId }>(sql, [accountId]))[0]?.id
  }

  async list(filter: StrategyFilter): Promise<Strategy[]> {
    const rows = await this.database.dataSource.manager.find(StrategyRow, {
      where: {
        ...(filter.ownerId !== undefined && { ownerId: filter.ownerId }),
        ...(filter.active !== undefined && { active: filter.active }),
        ...(filter.venue !== undefined && { venue: filter.venue }),
        ...(filter.afterId !== undefined && { id: LessThan(filter.afterId) }),
        ...(filter.number !== undefined && { id: numbered(filter.number) }),
      },
      order: { id: 'DESC' },
      take: filter.limit,
    })
    return rows.map(toStrategy)
  }
}

function numbered(number: number) {
  return Raw((column) => `right(cast(${column} as text), 12) = :end`, { end: idEndOf(number) })
}
