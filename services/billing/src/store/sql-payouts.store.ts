/** Payouts in PostgreSQL. Called through the Payouts port. Must never keep a balance of its own: the entries say it. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import type { Owed, Payout, PayoutState } from '../domain/books/payout.ts'
import type { Movement, StatementWindow } from '../domain/books/statement.ts'
import type { UserWindow } from '../ports/bills.port.ts'
import { Payouts, type OwedFilter } from '../ports/payouts.port.ts'

/** Credits are negative in the books, and what is owed. What went off counts at once, what came in when it is old enough. */
const OWED = `
with part as (
  select split_part(account, ':', 1) as place, split_part(account, ':', 3)::uuid as owner_id, entry.currency, minor,
    journal.written_at
  from entry join journal on journal.id = entry.journal_id
  where (account like 'owed:owner:%' or account like 'payable:owner:%' or account like 'pending:owner:%')
    and ($1::uuid is null or account in ('owed:owner:' || $1, 'payable:owner:' || $1, 'pending:owner:' || $1))
    and ($2::text is null or entry.currency = $2))
select owner_id, currency,
  coalesce(-sum(minor) filter (where place = 'owed'), 0)::text as owed,
  coalesce(-sum(minor) filter (where place = 'owed' and (minor > 0 or written_at < $3)), 0)::text as payable,
  coalesce(-sum(minor) filter (where place = 'payable'), 0)::text as under_way,
  coalesce(-sum(minor) filter (where place = 'pending'), 0)::text as pending
from part group by owner_id, currency order by owner_id, currency`

const MOVEMENTS = `
select journal.written_at as at, journal.source, journal.kind, -entry.minor as minor,
  coalesce(payment.description, payout.reference, journal.object) as description
from entry join journal on journal.id = entry.journal_id
  left join payment on payment.provider = journal.source and payment.external_id = journal.object
  left join payout on journal.source = 'rule:payout' and payout.id::text = journal.object
where entry.account = $1 and entry.currency = $2 and journal.written_at >= $3 and journal.written_at < $4
order by journal.written_at, journal.id limit $5`

interface OwedRow {
  readonly owner_id: string
  readonly currency: Currency
  readonly owed: string
  readonly payable: string
  readonly under_way: string
  readonly pending: string
}

interface PayoutRow {
  readonly id: string
  readonly owner_id: string
  readonly currency: Currency
  readonly minor: string
  readonly state: PayoutState
  readonly reference: string | null
  readonly created_at: Date
  readonly settled_at: Date | null
}

@Injectable()
export class SqlPayouts extends Payouts {
  constructor(private readonly database: Database) {
    super()
  }

  async owed(filter: OwedFilter): Promise<Owed[]> {
    return (await this.database.query<OwedRow>(OWED, parametersOf(filter))).map(toOwed)
  }

  async lockOwed(tx: Transaction, filter: OwedFilter): Promise<Owed[]> {
    await tx.lockNamed('payouts')
    return (await tx.query<OwedRow>(OWED, parametersOf(filter))).map(toOwed)
  }

  async insert(tx: Transaction, { id, ownerId, amount, state, createdAt }: Payout): Promise<void> {
    await tx.query(
      'insert into payout (id, owner_id, currency, minor, state, created_at) values ($1, $2, $3, $4, $5, $6)',
      [id, ownerId, amount.currency, amount.minor, state, createdAt],
    )
  }

  async save(tx: Transaction, { id, state, reference, settledAt }: Payout): Promise<void> {
    await tx.query('update payout set state = $2, reference = $3, settled_at = $4 where id = $1', [
      id,
      state,
      reference,
      settledAt,
    ])
  }

  async lock(tx: Transaction, id: string): Promise<Payout | undefined> {
    const [row] = await tx.query<PayoutRow>('select * from payout where id = $1 for update', [id])
    return row && toPayout(row)
  }

  async list({ userId, afterId, limit }: UserWindow): Promise<Payout[]> {
    const rows = await this.database.queryOwn<PayoutRow>(
      userId,
      `select * from payout where ($1::uuid is null or owner_id = $1) and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [userId ?? null, afterId ?? null, limit],
    )
    return rows.map(toPayout)
  }

  async opening({ ownerId, currency, from }: StatementWindow): Promise<bigint> {
    const [row] = await this.database.query<{ minor: string }>(
      `select coalesce(-sum(entry.minor), 0)::text as minor from entry join journal on journal.id = entry.journal_id
       where entry.account = $1 and entry.currency = $2 and journal.written_at < $3`,
      [`owed:owner:${ownerId}`, currency, from],
    )
    return BigInt(row?.minor ?? '0')
  }

  async movements({ ownerId, currency, from, before }: StatementWindow, limit: number): Promise<Movement[]> {
    const rows = await this.database.query<Omit<Movement, 'minor'> & { minor: string }>(MOVEMENTS, [
      `owed:owner:${ownerId}`,
      currency,
      from,
      before,
      limit,
    ])
    return rows.map(({ minor, ...rest }) => ({ ...rest, minor: BigInt(minor) }))
  }
}

function parametersOf({ ownerId, currency, heldFrom }: OwedFilter): unknown[] {
  return [ownerId ?? null, currency ?? null, heldFrom]
}

function toOwed(row: OwedRow): Owed {
  return {
    ownerId: row.owner_id,
    currency: row.currency,
    owedMinor: BigInt(row.owed),
    payableMinor: BigInt(row.payable),
    underWayMinor: BigInt(row.under_way),
    pendingMinor: BigInt(row.pending),
  }
}

function toPayout(row: PayoutRow): Payout {
  return {
    id: row.id,
    ownerId: row.owner_id,
    amount: money(BigInt(row.minor), row.currency),
    state: row.state,
    reference: row.reference,
    createdAt: row.created_at,
    settledAt: row.settled_at,
  }
}
