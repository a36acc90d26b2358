/** Links of strategies and what came of verifying them, in PostgreSQL. Called through the Verifications port. Must never change a figure of ours. */
import { Injectable } from '@nestjs/common'
import type { Verification } from '@tradewire/contracts/rpc/returns'
import { Database } from '@tradewire/database/database'
import { type LinkedStrategy, Verifications } from '../ports/verifications.port.ts'

const CLAIM = `
update listed_strategy set asked_at = $2
where myfxbook_url is not null and active and (asked_at is null or asked_at < $1)
returning strategy_id, myfxbook_url`

@Injectable()
export class SqlVerifications extends Verifications {
  constructor(private readonly database: Database) {
    super()
  }

  async claim(askedBefore: Date, now: Date): Promise<LinkedStrategy[]> {
    const rows = await this.database.query<{ strategy_id: string; myfxbook_url: string }>(CLAIM, [askedBefore, now])
    return rows.map((row) => ({ strategyId: row.strategy_id, url: row.myfxbook_url }))
  }

  async keep({ strategyId, url }: LinkedStrategy, verification: Verification): Promise<void> {
    await this.database.query(
      'update listed_strategy set verification = $3 where strategy_id = $1 and myfxbook_url = $2',
      [strategyId, url, JSON.stringify(verification)],
    )
  }

  async find(strategyId: string): Promise<{ url: string; verification: Verification | null } | null> {
    const [row] = await this.database.query<{ myfxbook_url: string | null; verification: Verification | null }>(
      'select myfxbook_url, verification from listed_strategy where strategy_id = $1',
      [strategyId],
    )
    const { myfxbook_url: url = null, verification = null } = row ?? {}
    return url === null ? null : { url, verification }
  }
}
