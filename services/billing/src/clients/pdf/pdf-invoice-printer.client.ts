/**
 * Draws invoices and credit notes as PDF, on A4, in the fonts that every reader has. Implements the InvoicePrinter port.
 * Must never load the library before somebody asks for an invoice: it is large, and most processes never draw one.
 */
import { Injectable } from '@nestjs/common'
import type { DocumentColumn, DocumentTable, InvoiceDocument } from '../../domain/bills/invoice-document.ts'
import type { Party } from '../../domain/bills/invoice.ts'
import { InvoicePrinter } from '../../ports/invoice-printer.port.ts'

type Sheet = PDFKit.PDFDocument

const marginPoints = 56
const footerPoints = 30
const rowPaddingPoints = 4
const ink = '#1b2733'
const faint = '#6b7885'
const rule = '#d5dbe1'
const band = '#f2f5f8'
const regular = 'Helvetica'
const bold = 'Helvetica-Bold'

@Injectable()
export class PdfInvoicePrinter extends InvoicePrinter {
  async print(shown: InvoiceDocument): Promise<Buffer> {
    const { default: PdfDocument } = await import('pdfkit')
    const info = { Title: `${shown.title} ${shown.number}`, Author: shown.seller.name, CreationDate: shown.issuedAt }
    const sheet = new PdfDocument({ size: 'A4', margin: marginPoints, bufferPages: true, info })
    const parts: Buffer[] = []
    sheet.on('data', (part: Buffer) => parts.push(part))
    const printed = new Promise<Buffer>((resolve, reject) => {
      sheet.on('end', () => resolve(Buffer.concat(parts)))
      sheet.on('error', reject)
    })
    drawHead(sheet, shown)
    drawTable(sheet, shown.lines)
    drawTotals(sheet, shown.totals)
    sheet.moveDown(1).font(regular).fontSize(9).fillColor(faint).text(printable(shown.note), marginPoints)
    for (const table of shown.explanation) drawTable(sheet, table)
    drawFooters(sheet, shown)
    sheet.end()
    return printed
  }
}

function drawHead(sheet: Sheet, { title, number, issuedOn, refersTo, seller, buyer }: InvoiceDocument): void {
  const right = marginPoints + widthOf(sheet) / 2
  const half = widthOf(sheet) / 2
  sheet.font(bold).fontSize(24).fillColor(ink).text(title, marginPoints, marginPoints)
  sheet.font(regular).fontSize(10).fillColor(faint)
  sheet.text(`Number ${number}`).text(`Date ${issuedOn}`)
  if (refersTo !== null) sheet.text(refersTo)
  const top = sheet.y + 18
  drawParty(sheet, { title: 'From', party: seller, left: marginPoints, top, width: half })
  const left = sheet.y
  drawParty(sheet, { title: 'To', party: buyer, left: right, top, width: half })
  sheet.y = Math.max(left, sheet.y) + 12
}

function drawParty(
  sheet: Sheet,
  place: {
    readonly title: string
    readonly party: Party
    readonly left: number
    readonly top: number
    readonly width: number
  },
): void {
  const { title, party, left, top, width } = place
  sheet.font(regular).fontSize(9).fillColor(faint).text(title, left, top, { width })
  sheet.font(bold).fontSize(11).fillColor(ink).text(printable(party.name), { width })
  sheet.font(regular).fontSize(10)
  for (const line of party.address) sheet.text(printable(line), { width })
  if (party.taxId !== null) sheet.text(`Tax number ${printable(party.taxId)}`, { width })
}

function drawTable(sheet: Sheet, { heading, columns, rows }: DocumentTable): void {
  sheet.moveDown(1.2)
  if (heading !== '') sheet.font(bold).fontSize(12).fillColor(ink).text(heading, marginPoints).moveDown(0.4)
  drawRow(sheet, columns, { cells: columns.map(({ title }) => title), isHead: true })
  for (const cells of rows) {
    // A table that goes on shows on each page what its columns are.
    if (drawRow(sheet, columns, { cells, isHead: false, dry: true }) > bottomOf(sheet) - sheet.y) {
      sheet.addPage()
      drawRow(sheet, columns, { cells: columns.map(({ title }) => title), isHead: true })
    }
    drawRow(sheet, columns, { cells, isHead: false })
  }
}

interface Row {
  readonly cells: readonly string[]
  readonly isHead: boolean
  /** Only measured. */
  readonly dry?: boolean
}

/** Answers its height. */
function drawRow(sheet: Sheet, columns: readonly DocumentColumn[], { cells, isHead, dry = false }: Row): number {
  sheet.font(isHead ? bold : regular).fontSize(9)
  const widths = columns.map(({ width }) => (widthOf(sheet) * width) / 100)
  const texts = cells.map(printable)
  const inner = (width: number) => width - 2 * rowPaddingPoints
  const heights = texts.map((text, index) => sheet.heightOfString(text, { width: inner(widths[index] ?? 0) }))
  const height = Math.max(...heights) + 2 * rowPaddingPoints
  if (dry) return height
  const top = sheet.y
  if (isHead) sheet.rect(marginPoints, top, widthOf(sheet), height).fill(band)
  let left = marginPoints
  texts.forEach((text, index) => {
    const width = widths[index] ?? 0
    const align = columns[index]?.align ?? 'left'
    sheet.fillColor(ink).text(text, left + rowPaddingPoints, top + rowPaddingPoints, { width: inner(width), align })
    left += width
  })
  sheet.moveTo(marginPoints, top + height).lineTo(marginPoints + widthOf(sheet), top + height)
  sheet.lineWidth(0.5).strokeColor(rule).stroke()
  sheet.x = marginPoints
  sheet.y = top + height
  return height
}

function drawTotals(sheet: Sheet, totals: InvoiceDocument['totals']): void {
  const width = widthOf(sheet)
  sheet.y += 6
  totals.forEach(([label, amount], index) => {
    const isLast = index === totals.length - 1
    const top = sheet.y
    sheet
      .font(isLast ? bold : regular)
      .fontSize(isLast ? 12 : 10)
      .fillColor(ink)
    sheet.text(printable(label), marginPoints, top, { width: width * 0.75 - rowPaddingPoints, align: 'right' })
    sheet.text(amount, marginPoints + width * 0.75, top, { width: width * 0.25 - rowPaddingPoints, align: 'right' })
    sheet.y += 3
  })
  sheet.x = marginPoints
}

function drawFooters(sheet: Sheet, { title, number, seller }: InvoiceDocument): void {
  const { start, count } = sheet.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    sheet.switchToPage(page)
    // Below the margin, where text would otherwise begin a new page.
    sheet.page.margins.bottom = 0
    const top = sheet.page.height - footerPoints
    const options = { width: widthOf(sheet), lineBreak: false }
    sheet.font(regular).fontSize(8).fillColor(faint)
    sheet.text(printable(`${seller.name}  ·  ${title} ${number}`), marginPoints, top, options)
    sheet.text(`Page ${page - start + 1} of ${count}`, marginPoints, top, { ...options, align: 'right' })
  }
}

function widthOf({ page }: Sheet): number {
  return page.width - 2 * marginPoints
}

function bottomOf({ page }: Sheet): number {
  return page.height - marginPoints
}

/** The fonts know Western letters: what else there is loses its marks, or shows as a question mark. */
function printable(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e\u00a0-\u00ff€–—‘’“”•…]/gu, (letter) => {
    const bare = letter.normalize('NFKD').replaceAll(/\p{M}/gu, '')
    return /^[\u0020-\u007e]+$/.test(bare) ? bare : '?'
  })
}
