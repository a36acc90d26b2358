/** Subscriptions, payments and purchases in PostgreSQL. Called through the Bills port. Must never decide what follows from them. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { RetryableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import type { Payment, Purchase, Subscription } from '../domain/bills/bill.ts'
import { statusOf } from '../domain/payments/payment.ts'
import type { PaidPlan } from '../domain/subscriptions/plan.ts'
import type { ProviderCode } from '../domain/payments/provider-code.ts'
import { Bills, type Named, type UserWindow } from '../ports/bills.port.ts'
import {
  factsText,
  paymentParameters,
  subscriptionParameters,
  toPayment,
  toPurchase,
  toSubscription,
  type PaymentRow,
  type PurchaseRow,
  type SubscriptionRow,
} from './bills.mapper.ts'

const INSERT_SUBSCRIPTION = `
insert into subscription (id, user_id, subject_kind, subject_id, subject_name, owner_id, owner_percent, provider, external_id,
  currency, minor, cycle, begun_at, anchor_at, paid_through, failed_from, ends_at, standing, served_until, next_change_at, revision, tax, grid_from, grid_after_period)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
on conflict do nothing returning id`

/** By another of the same user that is in force: for this, or with a change that is not in force yet and leads to this. */
const TAKEN = `
select 1 from subscription as other
where user_id = $1 and id <> $4 and standing in ('incomplete', 'active', 'past-due')
  and ((subject_kind = $2 and subject_id = $3) or exists (
    select from subscription_change as change
    where change.subscription_id = other.id and change.state in ('open', 'scheduled')
      and change.subject_kind = $2 and change.subject_id = $3))
limit 1`

const SAVE_SUBSCRIPTION = `
update subscription set external_id = $2, paid_through = $3, failed_from = $4, ends_at = $5, standing = $6,
  served_until = $7, next_change_at = $8, revision = $9, subject_id = $10, subject_name = $11, minor = $12, cycle = $13,
  grid_from = $14, grid_after_period = $15
where id = $1`

const RENEWABLE = `
select * from subscription
where provider = any($1::text[]) and standing in ('active', 'past-due') and paid_through < $3 and served_until > $2
  and (ends_at is null or ends_at > paid_through) and renewal_look_at <= $2
  and not exists (
    select 1 from payment where payment.subscription_id = subscription.id and payment.progress <> 'succeeded'
      and payment.external_id is not null and payment.change_id is null)
order by renewal_look_at, paid_through limit $4`

/** Of the payment of the period that was paid last, and of those for changes since. */
const GAVE_BACK = `
select 1 from payment
where subscription_id = $1 and progress = 'succeeded' and status <> 'succeeded' and created_at >= (
  select max(created_at) from payment where subscription_id = $1 and progress = 'succeeded' and change_id is null)
limit 1`

const INSERT_PAYMENT = `
insert into payment (id, user_id, subscription_id, period, purchase_id, description, provider, external_id, currency,
  minor, revenue, owner_id, owner_percent, client_secret, payment_url, progress, status, facts, request_hash,
  created_at, updated_at, fee_id, tax, pays_through, change_id, lines, surplus, page_external_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
on conflict do nothing returning id`

const SAVE_PAYMENTS = `
update payment set external_id = saved.external_id, client_secret = saved.client_secret, payment_url = saved.payment_url,
  progress = saved.progress, status = saved.status, facts = saved.facts, updated_at = saved.updated_at, surplus = saved.surplus,
  page_external_id = saved.page_external_id
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::text[],
  $10::text[])
  as saved (id, external_id, client_secret, payment_url, progress, status, facts, updated_at, surplus, page_external_id)
where payment.id = saved.id`

/** By the clock that all processes share. */
const OPENING_UNTIL = `
update payment set opening_until = clock_timestamp() + $2::int * interval '1 millisecond' where id = $1`

const CLAIM_OPENING = `
${OPENING_UNTIL} and opening_until <= clock_timestamp() returning old.opening_until = '-infinity' as is_first`

const LOCK_SUBSCRIPTIONS = `
select * from subscription where id in (
  select unnest($1::uuid[]) union
  select subscription.id from unnest($2::text[], $3::text[]) as named (provider, external_id)
    join subscription using (provider, external_id))
order by id for update`

/** With the others for the same fee or purchase: whoever holds one of them holds all. */
const LOCK_PAYMENTS = `
with named as (
  select unnest($1::uuid[]) as id union
  select payment.id from unnest($2::text[], $3::text[]) as known (provider, external_id)
    join payment using (provider, external_id))
select * from payment where id in (
  select id from named union
  select other.id from named join payment using (id) join payment other on other.fee_id = payment.fee_id union
  select other.id from named join payment using (id) join payment other on other.purchase_id = payment.purchase_id)
order by id for update`

const PURCHASES = `
select purchase.id as purchase_id, payment.*, purchase.lines, purchase.subtotal_minor,
  purchase.discount_minor, purchase.tax as purchase_tax, purchase.total_minor, purchase.payment_id, purchase.created_at as bought_at
from purchase join payment on payment.id = purchase.payment_id
where ($1::uuid is null or purchase.user_id = $1) and ($2::uuid[] is null or purchase.id = any($2))
  and ($3::uuid is null or purchase.id < $3)
order by purchase.id desc limit $4`

@Injectable()
export class SqlBills extends Bills {
  constructor(private readonly database: Database) {
    super()
  }

  async insertSubscription(tx: Transaction, subscription: Subscription): Promise<boolean> {
    if (await this.isTaken(tx, subscription, subscription.subject)) return false
    return (await tx.query(INSERT_SUBSCRIPTION, subscriptionParameters(subscription))).length > 0
  }

  async saveSubscription(tx: Transaction, subscription: Subscription): Promise<void> {
    const { id, externalId, facts, standing, servedUntil, nextChangeAt, revision } = subscription
    const { paidThrough, failedFrom, endsAt } = facts
    await tx.query(SAVE_SUBSCRIPTION, [
      id,
      externalId,
      paidThrough,
      failedFrom,
      endsAt,
      standing,
      servedUntil,
      nextChangeAt,
      revision,
      subscription.subject.id,
      subscription.subject.name,
      subscription.amount.minor,
      subscription.cycle,
      subscription.grid.from,
      subscription.grid.afterPeriod,
    ])
  }

  async lockSubscription(tx: Transaction, { id }: { readonly id: string }): Promise<Subscription | undefined> {
    return (await this.lockSubscriptions(tx, { ids: [id], externalIds: [] }))[0]
  }

  async lockSubscriptions(tx: Transaction, named: Named): Promise<Subscription[]> {
    return (await lockNamed<SubscriptionRow>(tx, LOCK_SUBSCRIPTIONS, named)).map(toSubscription)
  }

  async findSubscription(id: string, seenBy: string | undefined): Promise<Subscription | undefined> {
    const sql = 'select * from subscription where id = $1'
    const [row] = await this.database.queryOwn<SubscriptionRow>(seenBy, sql, [id])
    return row && toSubscription(row)
  }

  async everSubscribed(userId: string, { kind, id }: Pick<Subscription['subject'], 'kind' | 'id'>): Promise<boolean> {
    const rows = await this.database.query(
      'select 1 from subscription where user_id = $1 and subject_kind = $2 and subject_id = $3 limit 1',
      [userId, kind, id],
    )
    return rows.length > 0
  }

  async subscriptions({ userId, afterId, limit }: UserWindow): Promise<Subscription[]> {
    const rows = await this.database.queryOwn<SubscriptionRow>(userId, pageSql('subscription'), [
      userId ?? null,
      afterId ?? null,
      limit,
    ])
    return rows.map(toSubscription)
  }

  async dueSubscriptions(now: Date, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'select id from subscription where next_change_at <= $1 order by next_change_at limit $2',
      [now, limit],
    )
    return rows.map(({ id }) => id)
  }

  async putOff(subscriptionId: string, until: Date): Promise<void> {
    await this.database.query('update subscription set next_change_at = $2 where id = $1', [subscriptionId, until])
  }

  async renewable(providers: readonly ProviderCode[], now: Date, before: Date, limit: number): Promise<Subscription[]> {
    const rows = await this.database.query<SubscriptionRow>(RENEWABLE, [providers, now, before, limit])
    return rows.map(toSubscription)
  }

  async putOffRenewal(subscriptionId: string, until: Date): Promise<void> {
    await this.database.query('update subscription set renewal_look_at = $2 where id = $1', [subscriptionId, until])
  }

  async gaveMoneyBack(subscriptionId: string): Promise<boolean> {
    return (await this.database.query(GAVE_BACK, [subscriptionId])).length > 0
  }

  async isNextBilled(tx: Transaction, { id }: Subscription): Promise<boolean> {
    const unpaid = `select 1 from payment where subscription_id = $1 and period is not null and progress <> 'succeeded'`
    return (await tx.query(unpaid, [id])).length > 0
  }

  async isTaken(tx: Transaction, than: Subscription, { kind, id }: Subscription['subject']): Promise<boolean> {
    return (await tx.query(TAKEN, [than.userId, kind, id, than.id])).length > 0
  }

  async lockUnnamed(tx: Transaction, subscriptionId: string, isForChange: boolean): Promise<Payment | undefined> {
    const [row] = await tx.query<PaymentRow>(
      `select payment.* from payment left join subscription_change as change on change.id = payment.change_id
       where payment.subscription_id = $1 and payment.external_id is null
         and case when $2 then change.state = 'open' else payment.period = 1 end for update of payment`,
      [subscriptionId, isForChange],
    )
    return row && toPayment(row)
  }

  plansHeld(userIds: readonly string[], tx?: Transaction): Promise<PaidPlan[]> {
    return (tx ?? this.database).query<PaidPlan>(
      `select user_id as "userId", subject_id as "planId", served_until as "servedUntil", begun_at as "begunAt"
       from subscription where user_id = any($1::uuid[]) and subject_kind = 'plan' and served_until is not null`,
      [userIds],
    )
  }

  async insertPayment(tx: Transaction, payment: Payment): Promise<boolean> {
    return (await tx.query(INSERT_PAYMENT, paymentParameters(payment, statusOf(payment.facts)))).length > 0
  }

  async addPayment(tx: Transaction, payment: Payment): Promise<void> {
    if (await this.insertPayment(tx, payment)) return
    throw new RetryableError(`another transaction has added payment ${payment.id}`)
  }

  async savePayments(tx: Transaction, payments: readonly Payment[]): Promise<void> {
    if (payments.length === 0) return
    await tx.query(SAVE_PAYMENTS, [
      payments.map(({ id }) => id),
      payments.map(({ externalId }) => externalId),
      payments.map(({ clientSecret }) => clientSecret),
      payments.map(({ paymentUrl }) => paymentUrl),
      payments.map(({ facts }) => facts.progress),
      payments.map(({ facts }) => statusOf(facts)),
      payments.map(({ facts }) => factsText(facts)),
      payments.map(({ updatedAt }) => updatedAt),
      payments.map(({ surplus }) => surplus),
      payments.map(({ pageExternalId }) => pageExternalId),
    ])
  }

  async lockPayment(tx: Transaction, { id }: { readonly id: string }): Promise<Payment | undefined> {
    const held = await this.lockPayments(tx, { ids: [id], externalIds: [] })
    return held.find((payment) => payment.id === id)
  }

  async lockPayments(tx: Transaction, named: Named): Promise<Payment[]> {
    return (await lockNamed<PaymentRow>(tx, LOCK_PAYMENTS, named)).map(toPayment)
  }

  async surplusDue(now: Date, limit: number): Promise<Payment[]> {
    const rows = await this.database.query<PaymentRow>(
      `select * from payment where surplus = 'due' and surplus_look_at <= $1
       order by surplus_look_at, created_at limit $2`,
      [now, limit],
    )
    return rows.map(toPayment)
  }

  async claimOpening(paymentId: string, forMs: number): Promise<'first' | 'again' | undefined> {
    const [claimed] = await this.database.query<{ is_first: boolean }>(CLAIM_OPENING, [paymentId, forMs])
    if (claimed === undefined) return undefined
    return claimed.is_first ? 'first' : 'again'
  }

  async keepOpening(paymentId: string, forMs: number): Promise<void> {
    await this.database.query(`${OPENING_UNTIL} and opening_until > clock_timestamp()`, [paymentId, forMs])
  }

  async letGoOfOpening(paymentId: string): Promise<void> {
    await this.database.query(`update payment set opening_until = clock_timestamp() where id = $1`, [paymentId])
  }

  async putOffSurplus(paymentId: string, until: Date): Promise<void> {
    await this.database.query('update payment set surplus_look_at = $2 where id = $1', [paymentId, until])
  }

  async settleSurplus(tx: Transaction, paymentId: string, outcome: 'returned' | 'kept'): Promise<boolean> {
    const settled = await tx.query(`update payment set surplus = $2 where id = $1 and surplus = 'due' returning id`, [
      paymentId,
      outcome,
    ])
    return settled.length > 0
  }

  async findPayment(id: string, seenBy: string | undefined): Promise<Payment | undefined> {
    const [row] = await this.database.queryOwn<PaymentRow>(seenBy, 'select * from payment where id = $1', [id])
    return row && toPayment(row)
  }

  async payments({ userId, afterId, limit }: UserWindow): Promise<Payment[]> {
    const rows = await this.database.queryOwn<PaymentRow>(userId, pageSql('payment'), [
      userId ?? null,
      afterId ?? null,
      limit,
    ])
    return rows.map(toPayment)
  }

  async openPages(subscriptionId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select page_external_id as id from payment
       where subscription_id = $1 and page_external_id is not null and progress <> 'succeeded'`,
      [subscriptionId],
    )
    return rows.map(({ id }) => id)
  }

  async insertPurchase(tx: Transaction, purchase: Purchase): Promise<boolean> {
    const { id, userId, lines, currency, subtotal, discount, total, paymentId, createdAt } = purchase
    const tax = purchase.tax === null ? null : JSON.stringify(purchase.tax)
    const minors = [subtotal.minor, discount.minor, total.minor]
    const inserted = await tx.query(
      `insert into purchase (id, user_id, lines, currency, subtotal_minor, discount_minor, total_minor, payment_id,
         created_at, tax)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (payment_id) do nothing returning id`,
      [id, userId, JSON.stringify(lines), currency, ...minors, paymentId, createdAt, tax],
    )
    return inserted.length > 0
  }

  async findPurchase(id: string, tx?: Transaction): Promise<Purchase | undefined> {
    const [row] = await (tx ?? this.database).query<PurchaseRow>(
      'select *, tax as purchase_tax from purchase where id = $1',
      [id],
    )
    return row && toPurchase(row)
  }

  async purchases({
    userId,
    ids,
    afterId,
    limit,
  }: UserWindow & { readonly ids: readonly string[] | undefined }): Promise<
    { readonly purchase: Purchase; readonly payment: Payment }[]
  > {
    const rows = await this.database.queryOwn<PaymentRow & PurchaseRow & { purchase_id: string; bought_at: Date }>(
      userId,
      PURCHASES,
      [userId ?? null, ids ?? null, afterId ?? null, limit],
    )
    return rows.map((row) => ({
      purchase: toPurchase({ ...row, id: row.purchase_id, created_at: row.bought_at }),
      payment: toPayment(row),
    }))
  }
}

async function lockNamed<Row>(tx: Transaction, sql: string, { ids, externalIds }: Named): Promise<Row[]> {
  if (ids.length === 0 && externalIds.length === 0) return []
  return tx.query<Row>(sql, [
    ids,
    externalIds.map(({ provider }) => provider),
    externalIds.map(({ externalId }) => externalId),
  ])
}

function pageSql(table: 'subscription' | 'payment'): string {
  return `select * from ${table} where ($1::uuid is null or user_id = $1) and ($2::uuid is null or id < $2)
    order by id desc limit $3`
}
