/** Risk profiles in PostgreSQL. Called through the RiskProfiles port. Must never be used on a hot path: TypeORM rows. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { RiskProfileId } from '@tradewire/kernel/ids'
import type { RiskProfile } from '../domain/model.ts'
import { RiskProfiles } from '../ports/risk-profiles.port.ts'
import { RiskProfileRow } from './risk-profile.row.ts'
import { toRiskProfile } from './rows.mapper.ts'

/** There are a handful; a list longer than this would be a mistake elsewhere. */
const profilesListedMax = 1_000

@Injectable()
export class TypeormRiskProfiles extends RiskProfiles {
  constructor(private readonly database: Database) {
    super()
  }

  async insert(tx: Transaction, profile: RiskProfile): Promise<boolean> {
    const inserted = await tx.manager
      .createQueryBuilder()
      .insert()
      .into(RiskProfileRow)
      .values({ ...profile })
      .orIgnore()
      .returning('id')
      .execute()
    return (inserted.raw as unknown[]).length === 1
  }

  async lock(tx: Transaction, id: RiskProfileId): Promise<RiskProfile | undefined> {
    const row = await tx.manager.findOne(RiskProfileRow, { where: { id }, lock: { mode: 'pessimistic_write' } })
    return row === null ? undefined : toRiskProfile(row)
  }

  async update(tx: Transaction, { id, ...changes }: RiskProfile): Promise<void> {
    await tx.manager.update(RiskProfileRow, { id }, changes)
  }

  async find(id: RiskProfileId): Promise<RiskProfile | undefined> {
    const row = await this.database.dataSource.manager.findOneBy(RiskProfileRow, { id })
    return row === null ? undefined : toRiskProfile(row)
  }

  async list(): Promise<RiskProfile[]> {
    const rows = await this.database.dataSource.manager.find(RiskProfileRow, {
      order: { name: 'ASC' },
      take: profilesListedMax,
    })
    return rows.map(toRiskProfile)
  }
}
