/** Changes of subscriptions in PostgreSQL. Called through the SubscriptionChanges port. Must never decide when one takes effect. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { SubjectKind } from '../domain/bills/bill.ts'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import type { ChangeState, ChangeTiming, SubscriptionChange } from '../domain/subscriptions/subscription-change.ts'
import { SubscriptionChanges } from '../ports/subscription-changes.port.ts'

const INSERT = `
insert into subscription_change (id, subscription_id, user_id, state, timing, former_name, subject_kind, subject_id, subject_name,
  currency, minor, cycle, credit_minor, charge_minor, priced_at, effective_at, paid_through, told_to_provider, request_hash, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict do nothing returning id`

interface ChangeRow {
  readonly id: string
  readonly subscription_id: string
  readonly user_id: string
  readonly state: ChangeState
  readonly timing: ChangeTiming
  readonly former_name: string
  readonly subject_kind: SubjectKind
  readonly subject_id: string
  readonly subject_name: string
  readonly currency: Currency
  readonly minor: string
  readonly cycle: BillingCycle
  readonly credit_minor: string
  readonly charge_minor: string
  readonly priced_at: Date
  readonly effective_at: Date
  readonly paid_through: Date
  readonly told_to_provider: boolean
  readonly request_hash: string
  readonly created_at: Date
}

@Injectable()
export class SqlSubscriptionChanges extends SubscriptionChanges {
  constructor(private readonly database: Database) {
    super()
  }

  async insert(tx: Transaction, change: SubscriptionChange): Promise<boolean> {
    const { subject, amount, cycle } = change.terms
    const { credit, charge } = change.proration
    const inserted = await tx.query(INSERT, [
      change.id,
      change.subscriptionId,
      change.userId,
      change.state,
      change.timing,
      change.formerName,
      subject.kind,
      subject.id,
      subject.name,
      amount.currency,
      amount.minor,
      cycle,
      credit.minor,
      charge.minor,
      change.pricedAt,
      change.effectiveAt,
      change.paidThrough,
      change.toldToProvider,
      change.requestHash,
      change.createdAt,
    ])
    return inserted.length > 0
  }

  async find(id: string, tx?: Transaction): Promise<SubscriptionChange | undefined> {
    const rows = await (tx ?? this.database).query<ChangeRow>('select * from subscription_change where id = $1', [id])
    return rows.map(toChange)[0]
  }

  async latest(subscriptionId: string): Promise<SubscriptionChange | undefined> {
    const rows = await this.database.query<ChangeRow>(
      'select * from subscription_change where subscription_id = $1 order by created_at desc, id desc limit 1',
      [subscriptionId],
    )
    return rows.map(toChange)[0]
  }

  async pending(tx: Transaction, subscriptionId: string): Promise<SubscriptionChange | undefined> {
    const rows = await tx.query<ChangeRow>(
      `select * from subscription_change where subscription_id = $1 and state in ('open', 'scheduled') for update`,
      [subscriptionId],
    )
    return rows.map(toChange)[0]
  }

  async move(tx: Transaction, { id, state: from }: SubscriptionChange, state: ChangeState): Promise<boolean> {
    const moved = await tx.query(
      'update subscription_change set state = $3 where id = $1 and state = $2 returning id',
      [id, from, state],
    )
    return moved.length > 0
  }

  async taken(now: Date, limit: number): Promise<SubscriptionChange[]> {
    const rows = await this.database.query<ChangeRow>(
      `select change.* from subscription_change as change
       where state in ('open', 'scheduled') and look_at <= $1 and exists (
         select from subscription as other
         where other.user_id = change.user_id and other.subject_kind = change.subject_kind
           and other.subject_id = change.subject_id and other.id <> change.subscription_id
           and other.standing in ('incomplete', 'active', 'past-due'))
       order by look_at, created_at limit $2`,
      [now, limit],
    )
    return rows.map(toChange)
  }

  async untold(now: Date, limit: number): Promise<SubscriptionChange[]> {
    const rows = await this.database.query<ChangeRow>(
      `select * from subscription_change
       where told_to_provider and (state = 'paid' or (state = 'open' and timing = 'period-end')) and look_at <= $1
       order by look_at, created_at limit $2`,
      [now, limit],
    )
    return rows.map(toChange)
  }

  async putOff(id: string, until: Date): Promise<void> {
    await this.database.query('update subscription_change set look_at = $2 where id = $1', [id, until])
  }
}

function toChange(row: ChangeRow): SubscriptionChange {
  const amountOf = (minor: string) => money(BigInt(minor), row.currency)
  return {
    id: row.id,
    subscriptionId: row.subscription_id,
    userId: row.user_id,
    state: row.state,
    timing: row.timing,
    formerName: row.former_name,
    terms: {
      subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
      amount: amountOf(row.minor),
      cycle: row.cycle,
    },
    proration: { credit: amountOf(row.credit_minor), charge: amountOf(row.charge_minor) },
    pricedAt: row.priced_at,
    effectiveAt: row.effective_at,
    paidThrough: row.paid_through,
    toldToProvider: row.told_to_provider,
    requestHash: row.request_hash,
    createdAt: row.created_at,
  }
}
