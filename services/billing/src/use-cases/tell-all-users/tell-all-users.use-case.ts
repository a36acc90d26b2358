/** Tells every user anew what they may do, after plans have changed. Called by the use cases that change plans. Must never hold a lock on all users. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Customers } from '../../ports/customers.port.ts'
import { TellEntitlement } from '../tell-entitlement/tell-entitlement.use-case.ts'

const batchRows = 200

@Injectable()
export class TellAllUsers {
  constructor(
    private readonly database: Database,
    private readonly customers: Customers,
    private readonly tellEntitlement: TellEntitlement,
  ) {}

  async execute(): Promise<void> {
    let after: string | undefined
    for (;;) {
      const ids = await this.customers.ids(after, batchRows)
      if (ids.length === 0) return
      await this.database.transact(async (tx) => {
        for (const userId of ids) await this.tellEntitlement.execute(tx, userId)
      })
      after = ids.at(-1)
    }
  }
}
