/**
 * What billing's books must say, from the providers' side alone, and where they say something else.
 * Called at the end of a simulation. Must never use a rule of billing's own.
 */
import type { Charge } from '@tradewire/paper/surfaces/stripe/stripe-objects.wire'
import type { BillingWorld } from './billing-world.ts'

/** As the service's setting has it by default. */
const ownerSharePercent = 80n

export type Audited = Pick<BillingWorld, 'database' | 'books'>

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

export async function audit(world: Audited): Promise<Audit> {
  const { database, books } = world
  const payments = await database.query<PaymentRow>(
    `select external_id, provider, owner_id is not null as owner, revenue from payment where external_id is not null`,
  )
  const byId = new Map(payments.map((payment) => [payment.external_id, payment]))
  const expected = new Map<string, bigint>()
  const mismatches: string[] = []
  const charges = [...books.charges.values()]
  for (const charge of charges) {
    const payment = byId.get(charge.payment_intent)
    if (payment === undefined) mismatches.push(`Stripe's ${charge.payment_intent} is not known`)
    else bookStripe(expected, world, charge, payment)
  }
  const mocks = await database.query<{ id: string; minor: string }>(
    `select id, minor from mock_payment where progress = 'succeeded'`,
  )
  for (const { id, minor } of mocks) bookKept(expected, byId.get(id)!, 'clearing:mock', BigInt(minor))
  mismatches.push(...(await compareBalances(world, expected)))
  mismatches.push(...(await comparePaidTimes(world)))
  mismatches.push(...(await compareCounts(world, charges.length + mocks.length)))
  const [imbalance] = await database.query<{ total: string }>(
    `select coalesce(sum(abs(total)), 0)::text as total
     from (select sum(minor) as total from entry group by journal_id) as journals`,
  )
  return {
    payments: charges.length + mocks.length,
    refunds: books.refunds.size,
    disputes: books.disputes.size,
    ledgerImbalance: imbalance?.total ?? 'none',
    mismatches,
  }
}

function bookStripe(expected: Map<string, bigint>, world: Audited, charge: Charge, payment: PaymentRow): void {
  const fee = BigInt(charge.balance_transaction.fee)
  const dispute = [...world.books.disputes.values()].find(({ charge: id }) => id === charge.id)
  const lost = dispute?.status === 'lost' ? BigInt(dispute.amount) : 0n
  const aside = dispute?.status === 'needs_response' ? BigInt(dispute.amount) : 0n
  bookKept(expected, payment, 'clearing:stripe', BigInt(charge.amount - charge.amount_refunded) - lost)
  add(expected, 'clearing:stripe', -fee - aside)
  add(expected, 'disputed:stripe', aside)
  add(expected, 'cost:provider-fees', fee)
}

function bookKept(expected: Map<string, bigint>, payment: PaymentRow, clearing: string, kept: bigint): void {
  const owed = payment.owner ? halfUp(kept * ownerSharePercent, 100n) : 0n
  add(expected, clearing, kept)
  add(expected, 'owed', -owed)
  add(expected, payment.revenue, owed - kept)
}

async function compareBalances({ database }: Audited, expected: Map<string, bigint>): Promise<string[]> {
  const rows = await database.query<{ account: string; minor: string }>(
    `select case when account like 'owed:owner:%' then 'owed' else account end as account, sum(minor)::text as minor
     from entry group by 1`,
  )
  const booked = new Map(rows.map(({ account, minor }) => [account, BigInt(minor)]))
  return [...new Set([...expected.keys(), ...booked.keys()])].flatMap((account) => {
    const [want, have] = [expected.get(account) ?? 0n, booked.get(account) ?? 0n]
    return want === have ? [] : [`${account} is ${have} and must be ${want}`]
  })
}

/** What Stripe was paid for is what is served. */
async function comparePaidTimes({ database, books }: Audited): Promise<string[]> {
  const paid = new Map<string, number>()
  for (const invoice of books.invoices.values()) {
    if (invoice.status !== 'paid') continue
    const { subscription } = invoice.parent.subscription_details
    paid.set(subscription, Math.max(paid.get(subscription) ?? 0, invoice.lines.data[0]!.period.end))
  }
  const rows = await database.query<{ external_id: string; paid_through: Date | null; standing: string }>(
    'select external_id, paid_through, standing from subscription where external_id is not null',
  )
  return rows.flatMap(({ external_id: id, paid_through: through, standing }) => {
    const seconds = through === null ? undefined : through.getTime() / 1_000
    const problems = seconds === paid.get(id) ? [] : [`${id} is paid through ${seconds} and must be ${paid.get(id)}`]
    const isOver = books.subscriptions.get(id)?.status === 'canceled'
    return isOver && standing !== 'ended' ? [...problems, `${id} is ${standing} and must be ended`] : problems
  })
}

async function compareCounts({ database }: Audited, payments: number): Promise<string[]> {
  const [row] = await database.query<Record<string, string>>(
    `select (select count(*) from journal where kind like 'captured %')::text as captured,
       (select count(*) from invoice)::text as invoices,
       (select coalesce(max(last), 0) from invoice_counter)::text as numbered,
       (select count(*) from invoice where number like '____-______')::text as formed,
       (select count(*) from provider_event where state in ('waiting', 'dead'))::text as open,
       (select count(*) from outbox where body like '%"payment.succeeded"%')::text as told`,
  )
  const { captured, invoices, formed, open, told } = row!
  const wanted = String(payments)
  return [
    ...(captured === wanted ? [] : [`${captured} captures are booked of ${wanted} payments`]),
    ...(invoices === wanted && formed === wanted ? [] : [`${invoices} invoices were issued for ${wanted} payments`]),
    ...(told === wanted ? [] : [`${told} payments were told of ${wanted}`]),
    ...(open === '0' ? [] : [`${open} events of providers still wait`]),
  ]
}

function halfUp(amount: bigint, by: bigint): bigint {
  const [size, sign] = amount < 0n ? [-amount, -1n] : [amount, 1n]
  return sign * ((size * 2n + by) / (by * 2n))
}

function add(balances: Map<string, bigint>, account: string, minor: bigint): void {
  balances.set(account, (balances.get(account) ?? 0n) + minor)
}
