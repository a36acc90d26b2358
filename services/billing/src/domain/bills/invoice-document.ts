/** An invoice as it is printed: headings, tables and totals in the order in which they are read. Called by whatever draws it. Must never hold a figure that the invoice and its fee do not. */
import type { FeeLine, PerformanceFee } from '../fees/fee.ts'
import type { Invoice, Party } from './invoice.ts'
import { money, moneyText, type Money } from '../money/money.ts'
import { taxIn, type TaxTerms } from '../money/tax.ts'

export interface DocumentTable {
  readonly heading: string
  readonly columns: readonly DocumentColumn[]
  readonly rows: readonly (readonly string[])[]
}

export interface DocumentColumn {
  readonly title: string
  /** Of the width of the page, in hundredths. */
  readonly width: number
  readonly align: 'left' | 'right'
}

export interface InvoiceDocument {
  readonly title: 'Invoice' | 'Credit note'
  readonly number: string
  readonly issuedOn: string
  /** What it is about, where it is not complete by itself. */
  readonly refersTo: string | null
  readonly issuedAt: Date
  readonly seller: Party
  readonly buyer: Party
  readonly lines: DocumentTable
  readonly totals: readonly (readonly [label: string, amount: string])[]
  /** How it came about, where it was worked out; none for what has a price. */
  readonly explanation: readonly DocumentTable[]
  readonly note: string
}

export interface ExplainedFee {
  readonly fee: PerformanceFee
  readonly lines: readonly FeeLine[]
}

export function documentOf(invoice: Invoice, explained: ExplainedFee | null): InvoiceDocument {
  const { number, issuedAt, seller, buyer, amount, paymentId, feeId } = invoice
  return {
    title: 'Invoice',
    number,
    issuedOn: dayOf(issuedAt),
    refersTo: null,
    issuedAt,
    seller,
    buyer,
    lines: {
      heading: '',
      columns: amountColumns(amount.currency),
      rows: invoice.lines.map(({ description, quantity, amount: shown }) => [description, String(quantity), shown]),
    },
    totals: shownTotals({ ...invoice, taxMinor: taxIn(amount.minor, invoice.tax) }),
    explanation: explained === null ? [] : [workingOf(explained), tradesOf(explained)],
    note: paymentId === null ? `To be paid in your account. Performance fee ${feeId}` : `Paid. Payment ${paymentId}`,
  }
}

export function amountColumns(currency: string): readonly DocumentColumn[] {
  return [
    { title: 'Description', width: 66, align: 'left' },
    { title: 'Quantity', width: 12, align: 'right' },
    { title: `Amount (${currency})`, width: 22, align: 'right' },
  ]
}

interface Totalled {
  readonly amount: Money
  readonly tax: TaxTerms | null
  readonly taxMinor: bigint
}

export function shownTotals({ amount: { minor, currency }, tax, taxMinor }: Totalled): InvoiceDocument['totals'] {
  const shown = (part: bigint) => `${moneyText(money(part, currency))} ${currency}`
  const total = ['Total', shown(minor)] as const
  if (tax === null) return [total]
  const how = tax.included ? 'included' : 'on top'
  const label = `${tax.name} ${tax.percent} % ${tax.country}, ${how}`
  return [['Net', shown(minor - taxMinor)], [label, shown(taxMinor)], total]
}

function workingOf({ fee, lines }: ExplainedFee): DocumentTable {
  const { before, after, ledgerCurrency, rate } = fee
  const inLedger = (amount: { toString(): string }) => `${amount.toString()} ${ledgerCurrency}`
  const rows = [
    ['Period', `${dayOf(fee.periodStart)} to ${dayOf(fee.periodEnd)}`],
    ['Profit counted before this period', inLedger(before.profit)],
    [`Result of ${lines.length} trades of this period, after costs`, inLedger(fee.result)],
    ['Profit after this period', inLedger(after.profit)],
    ['High-water mark before', inLedger(before.highWater)],
    ['New profit above the mark', inLedger(fee.chargeable)],
    ['High-water mark after', inLedger(after.highWater)],
    ...(ledgerCurrency === fee.fee.currency
      ? []
      : [[`One ${ledgerCurrency}`, `${rate.toString()} ${fee.fee.currency}`]]),
    [`Fee: ${fee.percent.toString()} % of the new profit`, `${moneyText(fee.fee)} ${fee.fee.currency}`],
  ]
  const columns = [
    { title: 'How the fee was worked out', width: 66, align: 'left' },
    { title: '', width: 34, align: 'right' },
  ] as const
  return { heading: '', columns, rows }
}

function tradesOf({ fee, lines }: ExplainedFee): DocumentTable {
  const columns = [
    { title: 'Closed (UTC)', width: 24, align: 'left' },
    { title: 'Symbol', width: 18, align: 'left' },
    { title: 'Trade', width: 38, align: 'left' },
    { title: `Result (${fee.ledgerCurrency})`, width: 20, align: 'right' },
  ] as const
  const rows = lines.map(({ closedAt, symbol, tradeId, realizedPnl }) => [
    closedAt.toISOString().slice(0, 19).replace('T', ' '),
    symbol,
    tradeId,
    realizedPnl.toString(),
  ])
  return { heading: 'Trades counted', columns, rows }
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
