/** What a new follow is checked against. Called through the FollowSources port. Must never write. */
import { Injectable } from '@nestjs/common'
import type { Venue } from '@tradewire/contracts/common'
import { Database } from '@tradewire/database/database'
import type { AccountId, RiskProfileId, StrategyId, UserId } from '@tradewire/kernel/ids'
import { In } from 'typeorm'
import type { KnownAccount, RiskProfile, Strategy } from '../domain/model.ts'
import { FollowSources } from '../ports/follow-sources.port.ts'
import { RiskProfileRow } from './risk-profile.row.ts'
import { toRiskProfile, toStrategy } from './rows.mapper.ts'
import { StrategyRow } from './strategy.row.ts'

@Injectable()
export class TypeormFollowSources extends FollowSources {
  constructor(private readonly database: Database) {
    super()
  }

  async strategies(ids: readonly StrategyId[]): Promise<Map<string, Strategy>> {
    const rows = await this.database.dataSource.manager.findBy(StrategyRow, { id: In([...new Set(ids)]) })
    return new Map(rows.map((row) => [row.id, toStrategy(row)]))
  }

  async riskProfiles(ids: readonly RiskProfileId[]): Promise<Map<string, RiskProfile>> {
    const rows = await this.database.dataSource.manager.findBy(RiskProfileRow, { id: In([...new Set(ids)]) })
    return new Map(rows.map((row) => [row.id, toRiskProfile(row)]))
  }

  async accounts(ids: readonly AccountId[]): Promise<Map<string, KnownAccount>> {
    const rows = await this.database.query<{ account_id: string; user_id: string; venue: string }>(
      'select account_id, user_id, venue from account where account_id = any($1::uuid[])',
      [ids],
    )
    return new Map(
      rows.map((row) => [
        row.account_id,
        { accountId: row.account_id as AccountId, userId: row.user_id as UserId, venue: row.venue as Venue },
      ]),
    )
  }
}
