/** The ledger and the invoices in PostgreSQL. Called through the Books port. Must never update or delete a line. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { IdSource } from '@tradewire/kernel/ids'
import type { Currency } from '../domain/currency.ts'
import type { InvoiceLine } from '../domain/bill.ts'
import type { Invoice, Party } from '../domain/invoice.ts'
import type { Journal } from '../domain/ledger.ts'
import type { TaxTerms } from '../domain/tax.ts'
import { money } from '../domain/money.ts'
import type { UserWindow } from '../ports/bills.port.ts'
import { Books, type Balance, type Cause } from '../ports/books.port.ts'

const invoiceDigits = 6

const WRITE_JOURNALS = `
insert into journal (id, source, object, kind, currency, provider_event_id, rule_run_id, written_at)
select id, source, object, kind, currency, $6::uuid, $7::uuid, $8::timestamptz
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) as j (id, source, object, kind, currency)`

const WRITE_ENTRIES = `
insert into entry (journal_id, line, account, currency, minor)
select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::bigint[])`

const NEXT_NUMBER = `
insert into invoice_counter (year, last) values ($1, 1)
on conflict (year) do update set last = invoice_counter.last + 1 returning last`

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

  async write(tx: Transaction, journals: readonly Journal[], cause: Cause, now: Date): Promise<void> {
    const written = journals
      .filter(({ lines }) => lines.length > 0)
      .map((journal) => ({ id: this.ids.next(), ...journal }))
    if (written.length === 0) return
    await tx.query(WRITE_JOURNALS, [
      written.map(({ id }) => id),
      written.map(({ origin }) => origin.source),
      written.map(({ origin }) => origin.object),
      written.map(({ origin }) => origin.kind),
      written.map(({ currency }) => currency),
      'providerEventId' in cause ? cause.providerEventId : null,
      'ruleRunId' in cause ? cause.ruleRunId : null,
      now,
    ])
    const entries = written.flatMap(({ id, currency, lines }) =>
      lines.map((line, index) => ({ id, currency, number: index + 1, ...line })),
    )
    await tx.query(WRITE_ENTRIES, [
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

  async issueInvoice(tx: Transaction, invoice: Omit<Invoice, 'number'>): Promise<Invoice> {
    const { id, userId, paymentId, feeId, description, amount, tax, issuedAt } = invoice
    const told = [invoice.lines, tax, invoice.seller, invoice.buyer].map((part) => part && JSON.stringify(part))
    const year = issuedAt.getUTCFullYear()
    const [counter] = await tx.query<{ last: number }>(NEXT_NUMBER, [year])
    const number = `${year}-${String(counter!.last).padStart(invoiceDigits, '0')}`
    await tx.query(
      `insert into invoice (id, number, user_id, payment_id, fee_id, description, currency, minor, issued_at,
         lines, tax, seller, buyer)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [id, number, userId, paymentId, feeId, description, amount.currency, amount.minor, issuedAt, ...told],
    )
    return { ...invoice, number }
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

  async findInvoice(id: string, seenBy?: string): Promise<Invoice | undefined> {
    const [row] = await this.database.queryOwn<InvoiceRow>(seenBy, 'select * from invoice where id = $1', [id])
    return row && toInvoice(row)
  }
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
