/** Credit notes in PostgreSQL. Implements the CreditNotes port. Must never update or delete one. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { CreditNote, CreditReason } from '../domain/bills/credit-note.ts'
import type { Party } from '../domain/bills/invoice.ts'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import type { TaxTerms } from '../domain/money/tax.ts'
import type { UserWindow } from '../ports/bills.port.ts'
import { CreditNotes } from '../ports/credit-notes.port.ts'

const numberDigits = 6

const NEXT_NUMBERS = `
insert into credit_note_counter (year, last) values ($1, $2)
on conflict (year) do update set last = credit_note_counter.last + excluded.last returning last`

const INSERT = 'insert into credit_note select * from json_populate_recordset(null::credit_note, $1)'

interface CreditNoteRow {
  readonly id: string
  readonly number: string
  readonly user_id: string
  readonly invoice_id: string
  readonly invoice_number: string
  readonly payment_id: string
  readonly reason: CreditReason
  readonly reference: string
  readonly description: string
  readonly currency: Currency
  readonly minor: string
  readonly tax_minor: string
  readonly up_to_minor: string
  readonly tax: TaxTerms | null
  readonly seller: Party
  readonly buyer: Party
  readonly issued_at: Date
}

@Injectable()
export class SqlCreditNotes extends CreditNotes {
  constructor(private readonly database: Database) {
    super()
  }

  async issue(tx: Transaction, drafts: readonly Omit<CreditNote, 'number'>[], now: Date): Promise<CreditNote[]> {
    const year = now.getUTCFullYear()
    const [counter] = await tx.query<{ last: number }>(NEXT_NUMBERS, [year, drafts.length])
    const first = counter!.last - drafts.length + 1
    const notes = drafts.map((draft, index) => ({ ...draft, number: numberOf(year, first + index) }))
    await tx.query(INSERT, [JSON.stringify(notes.map(toRow))])
    return notes
  }

  async find(id: string, seenBy: string | undefined): Promise<CreditNote | undefined> {
    const sql = 'select * from credit_note where id = $1'
    const [row] = await this.database.queryOwn<CreditNoteRow>(seenBy, sql, [id])
    return row && toCreditNote(row)
  }

  async list({ userId, afterId, limit }: UserWindow): Promise<CreditNote[]> {
    const rows = await this.database.queryOwn<CreditNoteRow>(
      userId,
      `select * from credit_note where ($1::uuid is null or user_id = $1) and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [userId ?? null, afterId ?? null, limit],
    )
    return rows.map(toCreditNote)
  }
}

/** Another sequence than that of invoices. */
function numberOf(year: number, count: number): string {
  return `CN-${year}-${String(count).padStart(numberDigits, '0')}`
}

function toRow({ userId, invoiceId, invoiceNumber, paymentId, amount, ...note }: CreditNote) {
  const { taxMinor, upToMinor, issuedAt, ...same } = note
  return {
    ...same,
    user_id: userId,
    invoice_id: invoiceId,
    invoice_number: invoiceNumber,
    payment_id: paymentId,
    currency: amount.currency,
    minor: amount.minor.toString(),
    tax_minor: taxMinor.toString(),
    up_to_minor: upToMinor.toString(),
    issued_at: issuedAt.toISOString(),
  } satisfies Record<keyof CreditNoteRow, unknown>
}

function toCreditNote(row: CreditNoteRow): CreditNote {
  const { id, number, reason, reference, description, tax, seller, buyer } = row
  return {
    id,
    number,
    userId: row.user_id,
    invoiceId: row.invoice_id,
    invoiceNumber: row.invoice_number,
    paymentId: row.payment_id,
    reason,
    reference,
    description,
    amount: money(BigInt(row.minor), row.currency),
    taxMinor: BigInt(row.tax_minor),
    upToMinor: BigInt(row.up_to_minor),
    tax,
    seller,
    buyer,
    issuedAt: row.issued_at,
  }
}
