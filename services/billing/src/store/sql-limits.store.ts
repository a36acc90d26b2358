/** Limited accounts in PostgreSQL, by what was told of follows and entitlements. Called through the Limits port. Must never hold a balance. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { LimitedAccount } from '../domain/subscriptions/near-limit.ts'
import { Limits } from '../ports/limits.port.ts'

const ACCOUNTS = `
select distinct on (follow.account_id) follow.account_id as "accountId", follow.user_id as "userId",
  entitlement->>'plan' as plan, entitlement->>'maxBalance' as "maxBalance", near_limit.account_id is not null as "wasNear"
from follow join customer using (user_id) left join near_limit using (account_id)
where follow.active and entitlement->>'maxBalance' is not null and ($1::uuid is null or follow.account_id > $1)
order by follow.account_id limit $2`

@Injectable()
export class SqlLimits extends Limits {
  constructor(private readonly database: Database) {
    super()
  }

  accounts(after: string | undefined, limit: number): Promise<LimitedAccount[]> {
    return this.database.query<LimitedAccount>(ACCOUNTS, [after ?? null, limit])
  }

  async remember(tx: Transaction, { accountId }: LimitedAccount, near: boolean): Promise<boolean> {
    const changed = near
      ? await tx.query('insert into near_limit values ($1) on conflict do nothing returning account_id', [accountId])
      : await tx.query('delete from near_limit where account_id = $1 returning account_id', [accountId])
    return changed.length > 0
  }
}
