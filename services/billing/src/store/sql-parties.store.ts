/** Billing profiles in PostgreSQL; the seller is in the settings. Called through the Parties port. Must never hold a means of payment. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BillingConfig } from '../config.ts'
import type { Party } from '../domain/bills/invoice.ts'
import { Parties, type BillingProfile } from '../ports/parties.port.ts'

interface ProfileRow {
  readonly name: string
  readonly address: string[]
  readonly country: string
  readonly tax_id: string | null
}

interface BuyerRow {
  readonly user_id: string
  readonly username: string | null
  readonly email: string | null
  readonly name: string | null
  readonly address: readonly string[]
  readonly country: string
  readonly tax_id: string | null
}

const BUYERS = `
select buyer.user_id, username, email, name, address, country, tax_id
from unnest($1::uuid[]) as buyer (user_id) left join customer using (user_id) left join billing_profile using (user_id)`

@Injectable()
export class SqlParties extends Parties {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly database: Database,
  ) {
    super()
  }

  async saveProfile(userId: string, { name, address, country, taxId }: BillingProfile): Promise<void> {
    await this.database.query(
      `insert into billing_profile (user_id, name, address, country, tax_id) values ($1, $2, $3, $4, $5)
       on conflict (user_id) do update set name = excluded.name, address = excluded.address,
         country = excluded.country, tax_id = excluded.tax_id`,
      [userId, name, address, country, taxId],
    )
  }

  async profile(userId: string): Promise<BillingProfile | null> {
    const [row] = await this.database.query<ProfileRow>('select * from billing_profile where user_id = $1', [userId])
    if (row === undefined) return null
    const { name, address, country, tax_id: taxId } = row
    return { name, address, country, taxId }
  }

  seller(): Party {
    const { sellerName, sellerAddress, sellerTaxId } = this.config
    return { name: sellerName, address: sellerAddress, taxId: sellerTaxId ?? null }
  }

  async buyers(tx: Transaction, userIds: readonly string[]): Promise<ReadonlyMap<string, Party>> {
    const rows = await tx.query<BuyerRow>(BUYERS, [userIds])
    return new Map(
      rows.map(({ user_id: userId, username, email, ...profile }) => {
        if (profile.name !== null) {
          const { name, address, country, tax_id: taxId } = profile
          return [userId, { name, address: [...address, country], taxId }]
        }
        return [userId, { name: username ?? userId, address: email === null ? [] : [email], taxId: null }]
      }),
    )
  }
}
