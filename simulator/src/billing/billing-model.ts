/**
 * What billing's books must say, from the providers' side alone, and where they say something else.
 * Called at the end of a simulation. Must never use a rule of billing's own.
 */
import type { BillingWorld } from './world/billing-world.ts'

/** As the service's setting has it by default. */
const ownerSharePercent = 80n

export interface Audited {
  readonly database: BillingWorld['database']
  readonly stripe: BillingWorld['stripe']
  /** Where they are part of it. */
  readonly razorpay?: BillingWorld['razorpay']
  readonly mayar?: Pick<BillingWorld['mayar'], 'invoices'>
  /** Whose payments these providers took, and since when, where those of others before them stand in the same database. */
  readonly part?: { readonly payers: readonly string[]; readonly since: Date }
}

export interface Audit {
  readonly payments: number
  readonly refunds: number
  readonly disputes: number
  readonly ledgerImbalance: string
  /** In words; none when all agrees. */
  readonly mismatches: readonly string[]
}

interface PaymentRow {
  readonly external_id: string
  readonly provider: string
  readonly owner: boolean
  readonly revenue: string
}

/** A payment as its provider has it. */
interface Taken {
  readonly provider: 'stripe' | 'razorpay' | 'mayar' | 'mock'
  readonly id: string
  readonly amount: bigint
  readonly refunded: bigint
  readonly fee: bigint
  readonly aside: bigint
  readonly lost: bigint
}

/** Mayar counts whole rupiah. */
const minorPerRupiah = 100n

export async function audit(world: Audited): Promise<Audit> {
  const { database, stripe, razorpay } = world
  const payments = await database.query<PaymentRow>(
    `select external_id, provider, owner_id is not null and surplus is null as owner,
       case when surplus is null then revenue else 'due:user:' || user_id end as revenue
     from payment where external_id is not null and ${isOf(world)}`,
  )
  const byId = new Map(payments.map((payment) => [payment.external_id, payment]))
  const expected = new Map<string, bigint>()
  const mismatches: string[] = []
  const all = [
    ...takenByStripe(world),
    ...takenByRazorpay(world),
    ...takenByMayar(world),
    ...(await takenByMock(world)),
  ]
  for (const taken of all) {
    const payment = byId.get(taken.id)
    if (payment === undefined) mismatches.push(`${taken.provider}'s ${taken.id} is not known`)
    else book(expected, taken, payment)
  }
  mismatches.push(...(await compareBalances(world, expected)))
  mismatches.push(...(await comparePaidTimes(world)))
  mismatches.push(...(await comparePrices(world)))
  mismatches.push(...(await compareCounts(world, all.length)))
  const [imbalance] = await database.query<{ total: string }>(
    `select coalesce(sum(abs(total)), 0)::text as total
     from (select sum(minor) as total from entry group by journal_id) as journals`,
  )
  return {
    payments: all.length,
    refunds: stripe.refunds.size + (razorpay?.refunds.size ?? 0),
    disputes: stripe.disputes.size + (razorpay?.disputes.size ?? 0),
    ledgerImbalance: imbalance?.total ?? 'none',
    mismatches,
  }
}

function takenByStripe({ stripe }: Audited): Taken[] {
  const disputes = new Map([...stripe.disputes.values()].map((dispute) => [dispute.charge, dispute]))
  return [...stripe.charges.values()].map((charge) => {
    const dispute = disputes.get(charge.id)
    return {
      provider: 'stripe',
      id: charge.payment_intent,
      amount: BigInt(charge.amount),
      refunded: BigInt(charge.amount_refunded),
      fee: BigInt(charge.balance_transaction.fee),
      aside: dispute?.status === 'needs_response' ? BigInt(dispute.amount) : 0n,
      lost: dispute?.status === 'lost' ? BigInt(dispute.amount) : 0n,
    }
  })
}

function takenByRazorpay({ razorpay }: Audited): Taken[] {
  const disputes = new Map([...(razorpay?.disputes.values() ?? [])].map((dispute) => [dispute.payment_id, dispute]))
  const captured = [...(razorpay?.payments.values() ?? [])].filter((payment) => payment.captured)
  return captured.map((payment) => {
    const dispute = disputes.get(payment.id)
    return {
      provider: 'razorpay',
      id: payment.order_id,
      amount: BigInt(payment.amount),
      refunded: BigInt(payment.amount_refunded),
      fee: BigInt(payment.fee ?? 0),
      aside: dispute?.status === 'open' ? BigInt(dispute.amount) : 0n,
      lost: dispute?.status === 'lost' ? BigInt(dispute.amount) : 0n,
    }
  })
}

const nothingElse = { refunded: 0n, fee: 0n, aside: 0n, lost: 0n }

function takenByMayar({ mayar }: Audited): Taken[] {
  const paid = [...(mayar?.invoices.values() ?? [])].filter(({ status }) => status === 'paid')
  return paid.map(({ id, amount }) => ({
    provider: 'mayar',
    id,
    amount: BigInt(amount) * minorPerRupiah,
    ...nothingElse,
  }))
}

async function takenByMock(world: Audited): Promise<Taken[]> {
  const rows = await world.database.query<{ id: string; minor: string; refunded: string }>(
    `select mock_payment.id, mock_payment.minor,
       (select coalesce(sum(value::bigint), 0) from jsonb_each_text(refunds))::text as refunded
     from mock_payment join payment on payment.id = reference
     where mock_payment.progress = 'succeeded' and ${isOf(world)}`,
  )
  return rows.map(({ id, minor, refunded }) => ({
    provider: 'mock',
    id,
    amount: BigInt(minor),
    ...nothingElse,
    refunded: BigInt(refunded),
  }))
}

function book(expected: Map<string, bigint>, taken: Taken, payment: PaymentRow): void {
  const { provider, amount, refunded, fee, aside, lost } = taken
  bookKept(expected, payment, `clearing:${provider}`, amount - refunded - lost)
  add(expected, `clearing:${provider}`, -fee - aside)
  add(expected, `disputed:${provider}`, aside)
  add(expected, 'cost:provider-fees', fee)
}

function bookKept(expected: Map<string, bigint>, payment: PaymentRow, clearing: string, kept: bigint): void {
  const owed = payment.owner ? halfUp(kept * ownerSharePercent, 100n) : 0n
  add(expected, clearing, kept)
  add(expected, 'owed', -owed)
  add(expected, payment.revenue, owed - kept)
}

async function compareBalances(world: Audited, expected: Map<string, bigint>): Promise<string[]> {
  const rows = await world.database.query<{ account: string; minor: string }>(
    `select case when account like 'owed:owner:%' then 'owed' else account end as account, sum(minor)::text as minor
     from entry where ${isSince(world, 'journal_id')} group by 1`,
  )
  const booked = new Map(rows.map(({ account, minor }) => [account, BigInt(minor)]))
  return [...new Set([...expected.keys(), ...booked.keys()])].flatMap((account) => {
    const [want, have] = [expected.get(account) ?? 0n, booked.get(account) ?? 0n]
    return want === have ? [] : [`${account} is ${have} and must be ${want}`]
  })
}

/** What a provider that renews by itself was paid for is what is served. */
async function comparePaidTimes(world: Audited): Promise<string[]> {
  const { database, stripe, razorpay } = world
  const paid = new Map<string, number>()
  for (const invoice of stripe.invoices.values()) {
    if (invoice.status !== 'paid') continue
    const key = `stripe ${invoice.parent.subscription_details.subscription}`
    paid.set(key, Math.max(paid.get(key) ?? 0, ...invoice.lines.data.map(({ period }) => period.end)))
  }
  const over = new Set<string>()
  for (const { id, status } of stripe.subscriptions.values()) if (status === 'canceled') over.add(`stripe ${id}`)
  for (const { id, status, current_end: end } of razorpay?.subscriptions.values() ?? []) {
    if (end !== null) paid.set(`razorpay ${id}`, end)
    if (status === 'cancelled') over.add(`razorpay ${id}`)
  }
  const rows = await database.query<{ key: string; paid_through: Date | null; standing: string }>(
    `select provider || ' ' || external_id as key, paid_through, standing from subscription
     where external_id is not null and ${isOf(world)}`,
  )
  return rows.flatMap(({ key, paid_through: through, standing }) => {
    const seconds = through === null ? undefined : through.getTime() / 1_000
    const problems = seconds === paid.get(key) ? [] : [`${key} is paid through ${seconds} and must be ${paid.get(key)}`]
    return over.has(key) && standing !== 'ended' ? [...problems, `${key} is ${standing} and must be ended`] : problems
  })
}

/** What a provider that renews by itself charges is what the subscription costs: Stripe now, Razorpay from the next cycle on. */
async function comparePrices(world: Audited): Promise<string[]> {
  const { database, stripe, razorpay } = world
  const charged = new Map<string, number | undefined>()
  for (const { id, items } of stripe.subscriptions.values())
    charged.set(`stripe ${id}`, items.data[0].price.unit_amount)
  for (const { id, plan_id: plan, nextPlan } of razorpay?.subscriptions.values() ?? []) {
    charged.set(`razorpay ${id}`, razorpay?.plans.get(nextPlan ?? plan)?.item.amount)
  }
  const rows = await database.query<{ key: string; minor: string }>(
    `select provider || ' ' || external_id as key, coalesce(later.minor, subscription.minor) as minor from subscription
       left join subscription_change as later
         on later.subscription_id = subscription.id and later.state = 'scheduled' and provider = 'razorpay'
     where external_id is not null and ends_at is null and standing in ('active', 'past-due') and ${isOf(world, 'subscription')}`,
  )
  return rows.flatMap(({ key, minor }) => {
    const amount = charged.get(key)
    return amount === Number(minor) ? [] : [`${key} costs ${minor} and is charged ${amount}`]
  })
}

async function compareCounts(world: Audited, payments: number): Promise<string[]> {
  const [row] = await world.database.query<Record<string, string>>(
    `select (select count(*) from journal where kind like 'captured %' and ${isSince(world, 'id')})::text as captured,
       (select count(*) from invoice where ${isOf(world)})::text as invoices,
       (select count(*) from payment where surplus is not null and ${isOf(world)})::text as surplus,
       (select count(*) from invoice where number like '____-______' and ${isOf(world)})::text as formed,
       (select count(*) from provider_event where state in ('waiting', 'dead'))::text as open,
       (select coalesce(sum(event_count), 0) from outbox where subject = 'payment.succeeded')::text as told`,
  )
  const { captured, invoices, formed, open, told, surplus } = row!
  const wanted = String(payments)
  // What serves nothing is the payer's and has none.
  const invoiced = String(payments - Number(surplus))
  return [
    ...(captured === wanted ? [] : [`${captured} captures are booked of ${wanted} payments`]),
    ...(invoices === invoiced && formed === invoiced
      ? []
      : [`${invoices} invoices were issued for ${invoiced} payments`]),
    ...(told === wanted ? [] : [`${told} payments were told of ${wanted}`]),
    ...(open === '0' ? [] : [`${open} events of providers still wait`]),
  ]
}

function isOf({ part }: Audited, table?: string): string {
  const column = table === undefined ? 'user_id' : `${table}.user_id`
  return part === undefined ? 'true' : `${column} = any('{${part.payers.join(',')}}')`
}

/** Journals are named by when they were written. */
function isSince({ part }: Audited, column: string): string {
  if (part === undefined) return 'true'
  const time = part.since.getTime().toString(16).padStart(12, '0')
  return `${column} >= '${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000'`
}

function halfUp(amount: bigint, by: bigint): bigint {
  const [size, sign] = amount < 0n ? [-amount, -1n] : [amount, 1n]
  return sign * ((size * 2n + by) / (by * 2n))
}

function add(balances: Map<string, bigint>, account: string, minor: bigint): void {
  balances.set(account, (balances.get(account) ?? 0n) + minor)
}
