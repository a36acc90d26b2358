/** The tax of each country in PostgreSQL, by the country of the payer's billing profile. Called through its ports. Must never guess a country. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { TaxTerms } from '../domain/money/tax.ts'
import { TaxRates, type TaxCalculator } from '../ports/taxes.port.ts'

const COLUMNS = 'country, tax_rate.name, percent::text, included'

@Injectable()
export class SqlTaxes extends TaxRates implements TaxCalculator {
  constructor(private readonly database: Database) {
    super()
  }

  async termsFor(userId: string): Promise<TaxTerms | null> {
    const [terms] = await this.database.query<TaxTerms>(
      `select ${COLUMNS} from tax_rate join billing_profile using (country) where user_id = $1 and percent > 0`,
      [userId],
    )
    return terms ?? null
  }

  all(): Promise<TaxTerms[]> {
    return this.database.query<TaxTerms>(`select ${COLUMNS} from tax_rate order by country`)
  }

  async replaceAll(tx: Transaction, rates: readonly TaxTerms[]): Promise<void> {
    await tx.query('delete from tax_rate')
    await tx.query(
      `insert into tax_rate (country, name, percent, included)
       select * from unnest($1::text[], $2::text[], $3::numeric[], $4::boolean[])`,
      [
        rates.map(({ country }) => country),
        rates.map(({ name }) => name),
        rates.map(({ percent }) => percent),
        rates.map(({ included }) => included),
      ],
    )
  }
}
