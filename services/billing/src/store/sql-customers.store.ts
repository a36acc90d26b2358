/** Users as payers, in PostgreSQL. Called through the Customers port. Must never hold a means of payment. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Entitlement } from '../domain/subscriptions/plan.ts'
import { Customers, type Customer, type Told } from '../ports/customers.port.ts'

@Injectable()
export class SqlCustomers extends Customers {
  constructor(private readonly database: Database) {
    super()
  }

  async save(tx: Transaction, customers: readonly Customer[]): Promise<void> {
    await tx.query(
      `insert into customer (user_id, username, email)
       select distinct on (id) id, username, email
       from unnest($1::uuid[], $2::text[], $3::text[]) as news (id, username, email) order by id
       on conflict (user_id) do update set username = excluded.username, email = excluded.email`,
      [
        customers.map(({ userId }) => userId),
        customers.map(({ username }) => username),
        customers.map(({ email }) => email),
      ],
    )
  }

  async find(userId: string): Promise<Customer | undefined> {
    const [row] = await this.database.query<Customer>(
      'select user_id as "userId", username, email from customer where user_id = $1',
      [userId],
    )
    return row
  }

  async lock(tx: Transaction, userId: string): Promise<Told> {
    const known = await this.lockKnown(tx, userId)
    if (known !== undefined) return known
    await tx.query(`insert into customer (user_id, username) values ($1, '') on conflict (user_id) do nothing`, [
      userId,
    ])
    return (await this.lockKnown(tx, userId))!
  }

  async tell(tx: Transaction, userId: string, { entitlement, revision }: Told): Promise<void> {
    await tx.query('update customer set entitlement = $2, revision = $3 where user_id = $1', [
      userId,
      JSON.stringify(entitlement),
      revision,
    ])
  }

  async ids(after: string | undefined, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ user_id: string }>(
      'select user_id from customer where ($1::uuid is null or user_id > $1) order by user_id limit $2',
      [after ?? null, limit],
    )
    return rows.map(({ user_id: userId }) => userId)
  }

  private async lockKnown(tx: Transaction, userId: string): Promise<Told | undefined> {
    const [row] = await tx.query<{ entitlement: Entitlement | null; revision: number }>(
      'select entitlement, revision from customer where user_id = $1 for update',
      [userId],
    )
    return row
  }
}
