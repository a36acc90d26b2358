/** The ledger and the invoices in PostgreSQL. Called through the Books port. Must never update or delete a line. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { IdSource } from '@tradewire/kernel/ids'
import type { Currency } from '../domain/money/currency.ts'
import type { InvoiceLine } from '../domain/bills/bill.ts'
import type { Invoice, Party } from '../domain/bills/invoice.ts'
import type { TaxTerms } from '../domain/money/tax.ts'
import { money } from '../domain/money/money.ts'
import type { UserWindow } from '../ports/bills.port.ts'
import { Books, type Balance, type Booked } from '../ports/books.port.ts'

const invoiceDigits = 6

/** The foreign key of the entries is checked when the statement ends, and their balance when the transaction does. */
const WRITE = `
with written as (
  insert into journal (id, source, object, kind, currency, provider_event_id, rule_run_id, written_at)
  select id, source, object, kind, currency, provider_event_id, rule_run_id, $8::timestamptz
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[])
    as j (id, source, object, kind, currency, provider_event_id, rule_run_id))
insert into entry (journal_id, line, account, currency, minor)
select * from unnest($9::uuid[], $10::int[], $11::text[], $12::text[], $13::bigint[])`

const NEXT_NUMBERS = `
insert into invoice_counter (year, last) values ($1, $2)
on conflict (year) do update set last = invoice_counter.last + excluded.last returning last`

const INSERT_INVOICES = `
insert into invoice (id, number, user_id, payment_id, fee_id, description, currency, minor, issued_at, lines, tax, seller, buyer)
select id, number, user_id, payment_id, fee_id, description, currency, minor, issued_at, lines, tax, seller, buyer
from json_populate_recordset(null::invoice, $1)`

interface InvoiceRow {
  readonly id: string
  readonly number: string
  readonly user_id: string
  readonly payment_id: string | null
  readonly fee_id: string | null
  readonly description: string
  readonly lines: readonly InvoiceLine[]
  readonly tax: TaxTerms | null
  readonly seller: Party
  readonly buyer: Party
  readonly currency: Currency
  readonly minor: string
  readonly issued_at: Date
}

@Injectable()
export class SqlBooks extends Books {
  constructor(
    private readonly database: Database,
    private readonly ids: IdSource,
  ) {
    super()
  }

  async write(tx: Transaction, booked: readonly Booked[], now: Date): Promise<void> {
    const written = booked
      .filter(({ journal }) => journal.lines.length > 0)
      .map(({ journal, cause }) => ({ id: this.ids.next(), ...journal, cause }))
    if (written.length === 0) return
    const entries = written.flatMap(({ id, currency, lines }) =>
      lines.map((line, index) => ({ id, currency, number: index + 1, ...line })),
    )
    await tx.query(WRITE, [
      written.map(({ id }) => id),
      written.map(({ origin }) => origin.source),
      written.map(({ origin }) => origin.object),
      written.map(({ origin }) => origin.kind),
      written.map(({ currency }) => currency),
      written.map(({ cause }) => ('providerEventId' in cause ? cause.providerEventId : null)),
      written.map(({ cause }) => ('ruleRunId' in cause ? cause.ruleRunId : null)),
      now,
      entries.map(({ id }) => id),
      entries.map(({ number }) => number),
      entries.map(({ account }) => account),
      entries.map(({ currency }) => currency),
      entries.map(({ minor }) => minor),
    ])
  }

  async beginRule(tx: Transaction, { id, rule, object, ranAt }: Parameters<Books['beginRule']>[1]): Promise<boolean> {
    const begun = await tx.query(
      `insert into rule_run (id, rule, object, ran_at) values ($1, $2, $3, $4)
       on conflict (rule, object) do nothing returning id`,
      [id, rule, object, ranAt],
    )
    return begun.length > 0
  }

  async balances(): Promise<Balance[]> {
    const rows = await this.database.query<{ account: string; currency: Currency; minor: string }>(
      `select account, currency, sum(minor)::text as minor from entry
       group by account, currency having sum(minor) <> 0 order by account, currency`,
    )
    return rows.map(({ account, currency, minor }) => ({ account, currency, minor: BigInt(minor) }))
  }

  async imbalance(): Promise<bigint> {
    const [row] = await this.database.query<{ total: string }>(
      `select coalesce(sum(abs(total)), 0)::text as total from (
         select sum(minor) as total from entry group by journal_id, currency) as of_journals`,
    )
    return BigInt(row?.total ?? '0')
  }

  async issueInvoices(tx: Transaction, drafts: readonly Omit<Invoice, 'number'>[], now: Date): Promise<Invoice[]> {
    const year = now.getUTCFullYear()
    const [counter] = await tx.query<{ last: number }>(NEXT_NUMBERS, [year, drafts.length])
    const first = counter!.last - drafts.length + 1
    const invoices = drafts.map((draft, index) => ({ ...draft, number: numberOf(year, first + index) }))
    await tx.query(INSERT_INVOICES, [JSON.stringify(invoices.map(toRow))])
    return invoices
  }

  async invoices({ userId, afterId, limit }: UserWindow): Promise<Invoice[]> {
    const rows = await this.database.queryOwn<InvoiceRow>(
      userId,
      `select * from invoice where ($1::uuid is null or user_id = $1) and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [userId ?? null, afterId ?? null, limit],
    )
    return rows.map(toInvoice)
  }

  async invoicesOf(tx: Transaction, paymentIds: readonly string[]): Promise<ReadonlyMap<string, Invoice>> {
    const sql = 'select * from invoice where payment_id = any($1::uuid[])'
    const rows = await tx.query<InvoiceRow & { readonly payment_id: string }>(sql, [paymentIds])
    return new Map(rows.map((row) => [row.payment_id, toInvoice(row)]))
  }

  async findInvoice(id: string, seenBy: string | undefined): Promise<Invoice | undefined> {
    const [row] = await this.database.queryOwn<InvoiceRow>(seenBy, 'select * from invoice where id = $1', [id])
    return row && toInvoice(row)
  }
}

function numberOf(year: number, count: number): string {
  return `${year}-${String(count).padStart(invoiceDigits, '0')}`
}

function toRow({ id, number, userId, paymentId, feeId, description, lines, tax, ...invoice }: Invoice) {
  const { seller, buyer, issuedAt } = invoice
  const { currency, minor } = invoice.amount
  return {
    id,
    number,
    user_id: userId,
    payment_id: paymentId,
    fee_id: feeId,
    description,
    lines,
    tax,
    seller,
    buyer,
    currency,
    minor: minor.toString(),
    issued_at: issuedAt.toISOString(),
  } satisfies Record<keyof InvoiceRow, unknown>
}

function toInvoice(row: InvoiceRow): Invoice {
  const { id, number, description, lines, tax, seller, buyer } = row
  return {
    id,
    number,
    userId: row.user_id,
    paymentId: row.payment_id,
    feeId: row.fee_id,
    description,
    lines,
    amount: money(BigInt(row.minor), row.currency),
    tax,
    seller,
    buyer,
    issuedAt: row.issued_at,
  }
}
