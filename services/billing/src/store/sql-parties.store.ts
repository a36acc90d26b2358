/** Billing profiles in PostgreSQL; the seller is in the settings. Called through the Parties port. Must never hold a means of payment. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BillingConfig } from '../config.ts'
import type { Party } from '../domain/invoice.ts'
import { Parties, type BillingProfile } from '../ports/parties.port.ts'

interface ProfileRow {
  readonly name: string
  readonly address: string[]
  readonly country: string
  readonly tax_id: string | null
}

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

  async of(tx: Transaction, userId: string): Promise<{ readonly seller: Party; readonly buyer: Party }> {
    const { sellerName, sellerAddress, sellerTaxId } = this.config
    const seller = { name: sellerName, address: sellerAddress, taxId: sellerTaxId ?? null }
    const [row] = await tx.query<ProfileRow>('select * from billing_profile where user_id = $1', [userId])
    if (row !== undefined) {
      const buyer = { name: row.name, address: [...row.address, row.country], taxId: row.tax_id }
      return { seller, buyer }
    }
    const [known] = await tx.query<{ username: string; email: string | null }>(
      'select username, email from customer where user_id = $1',
      [userId],
    )
    const { username, email } = known ?? { username: userId, email: null }
    return { seller, buyer: { name: username, address: email === null ? [] : [email], taxId: null } }
  }
}
