import 'reflect-metadata'
import { refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { createDiscount, createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase, precalculatePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import * as invoicing from '@tradewire/contracts/rpc/billing/invoices'
import * as crediting from '@tradewire/contracts/rpc/billing/credit-notes'
import * as profiles from '@tradewire/contracts/rpc/billing/profile'
import * as payouts from '@tradewire/contracts/rpc/billing/payouts'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BillingDesk, follower, operator, owner, stranger, strategyId } from '../testing/billing-desk.ts'

const desk = new BillingDesk()
const ask = desk.ask.bind(desk)
const refusal = desk.refusal.bind(desk)
const pay = desk.pay.bind(desk)
const quiet = desk.quiet.bind(desk)
const passDays = desk.passDays.bind(desk)
const balances = desk.balances.bind(desk)

beforeAll(() => desk.start())
beforeEach(() => desk.clear())

describe('a tax', () => {
  const rates = [{ country: 'DE', name: 'VAT', percent: '19', included: false }]
  const profile = { name: 'Anna Example', address: ['Beispielweg 1', '10115 Berlin'], country: 'DE', taxId: 'DE123' }

  beforeEach(async () => {
    await ask(profiles.setTaxRates, { caller: operator, rates })
  })

  it('is added for payers of its country alone, set aside, never shared, and stands on the invoice', async () => {
    await ask(setStrategyPrices, {
      caller: owner,
      strategyId,
      prices: [{ currency: 'USD', cycle: 'monthly' as const, amount: '99' }],
    })
    const begin = (caller: typeof follower) => desk.begin(strategyId, caller, 'strategy')
    expect(await begin(stranger)).toMatchObject({ amount: '99.00' })
    await ask(profiles.setBillingProfile, { caller: follower, profile })
    const intent = await begin(follower)
    expect(intent).toMatchObject({ amount: '117.81' })
    await pay(intent.paymentUrl)
    const owed = `owed:owner:${owner.userId}`
    const kept = { 'clearing:mock': '117.81', 'tax:DE': '-18.81' }
    expect(await balances()).toEqual({ ...kept, 'revenue:strategies': '-19.80', [owed]: '-79.20' })
    const { items } = await ask(invoicing.listInvoices, { caller: follower, page: {} })
    expect(items).toMatchObject([
      {
        amount: '117.81',
        net: '99.00',
        tax: { name: 'VAT', percent: '19', amount: '18.81' },
        lines: [{ amount: '99.00' }],
      },
    ])
  })

  it('is precalculated as it is charged, after the discount, and is not changed by what is said later', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '100', currency: 'USD' }]
    const { items } = await ask(createProducts, { caller: operator, products })
    await ask(createDiscount, { caller: operator, discount: { code: 'SPRING', percent: '10' } })
    await ask(profiles.setBillingProfile, { caller: follower, profile })
    const bought = [{ productId: items[0]!.id, quantity: 2 }]
    const purchase = { provider: 'mock' as const, products: bought, discountCode: 'SPRING' }
    const calculated = await ask(precalculatePurchase, { caller: follower, purchase })
    expect(calculated).toMatchObject({
      subtotal: '200.00',
      discount: '20.00',
      tax: { amount: '34.20' },
      total: '214.20',
    })
    const made = await ask(makePurchase, { caller: follower, purchase })
    expect(made).toMatchObject({ ...calculated, payment: { amount: '214.20' } })
    await ask(profiles.setTaxRates, { caller: operator, rates: [] })
    await pay(made.payment.paymentUrl)
    expect(await balances()).toMatchObject({ 'tax:DE': '-34.20', 'revenue:products': '-180.00' })
    expect((await ask(invoicing.listInvoices, { caller: follower, page: {} })).items[0]?.lines).toEqual([
      { description: 'Model A', quantity: 2, amount: '200.00' },
      { description: 'Discount', quantity: 1, amount: '-20.00' },
    ])
    const twice = [...rates, ...rates]
    expect(await refusal(profiles.setTaxRates, { caller: operator, rates: twice })).toBe('TAX_RATE_TWICE')
  })
})

describe('what a strategy earns its owner', () => {
  const window = { currency: 'USD', from: '2026-01-01T00:00:00.000Z', before: '2027-01-01T00:00:00.000Z' }
  const run = () => ask(payouts.runPayouts, { caller: operator })

  it('is held, paid out once with everything apart by currency, stated line by line, and owed again when it comes back', async () => {
    const prices = [{ currency: 'USD', cycle: 'monthly' as const, amount: '99' }]
    await ask(setStrategyPrices, { caller: owner, strategyId, prices })
    const intent = await desk.begin(strategyId, follower, 'strategy')
    await pay(intent.paymentUrl)
    expect((await run()).items).toEqual([])
    const { items: held } = await ask(payouts.listOwed, { caller: owner })
    expect(held).toMatchObject([{ owed: '79.20', payable: '0.00' }])
    await passDays(15)
    const runs = await Promise.all([run(), run(), run()])
    const created = runs.flatMap(({ items }) => items)
    expect(created).toMatchObject([{ ownerId: owner.userId, amount: '79.20', currency: 'USD', state: 'created' }])
    const payoutId = created[0]!.id
    const settle = (state: 'paid' | 'returned', reference: string) =>
      desk.client.ask(payouts.settlePayout, { caller: operator, payoutId, state, reference })
    expect(await settle('paid', 'SEPA 1')).toMatchObject({ ok: true, value: { state: 'paid', reference: 'SEPA 1' } })
    expect(await settle('paid', 'SEPA 1')).toMatchObject({ ok: true })
    expect(await balances()).toEqual({ 'clearing:mock': '99.00', 'revenue:strategies': '-19.80', 'paid-out': '-79.20' })
    expect(await settle('returned', 'account closed')).toMatchObject({ ok: true })
    expect(await settle('paid', 'SEPA 2')).toMatchObject({ ok: false, error: { code: 'PAYOUT_SETTLED' } })
    const stated = await ask(payouts.getStatement, { caller: owner, window })
    expect(stated.lines.map(({ kind, amount, balance }) => [kind, amount, balance])).toEqual([
      ['earned', '79.20', '79.20'],
      ['payout', '-79.20', '0.00'],
      ['payout-returned', '79.20', '79.20'],
    ])
    const file = await ask(payouts.getStatementFile, { caller: operator, window: { ...window, ownerId: owner.userId } })
    expect(file.name).toBe('statement-USD-2026-01-01-2027-01-01.csv')
    expect(Buffer.from(file.base64, 'base64').toString('utf8').split('\r\n')).toHaveLength(7)
    expect((await ask(payouts.getStatement, { caller: stranger, window })).lines).toEqual([])
    expect((await ask(payouts.listPayouts, { caller: stranger, page: {} })).items).toEqual([])
  })

  it('that was paid out and is refunded afterwards is taken off what is earned next', async () => {
    const prices = [{ currency: 'USD', cycle: 'monthly' as const, amount: '99' }]
    await ask(setStrategyPrices, { caller: owner, strategyId, prices })
    const intent = await desk.begin(strategyId, follower, 'strategy')
    await pay(intent.paymentUrl)
    await passDays(15)
    expect((await run()).items).toHaveLength(1)
    const requestId = '01963a5e-0000-7000-8000-0000000000ad'
    await ask(refundPayment, { caller: operator, paymentId: intent.paymentId, requestId })
    await quiet()
    expect(await ask(payouts.listOwed, { caller: owner })).toMatchObject({
      items: [{ owed: '-79.20', payable: '-79.20', underWay: '79.20' }],
    })
    expect((await run()).items).toEqual([])
  })
})

describe('an invoice', () => {
  it('is a file of its own for its payer and operators, and always the same', async () => {
    await desk.subscribed(await desk.plan())
    const [invoice] = (await ask(invoicing.listInvoices, { caller: follower, page: {} })).items
    const invoiceId = invoice!.id
    const file = await ask(invoicing.getInvoiceFile, { caller: follower, invoiceId })
    expect(file.name).toBe('invoice-2026-000001.pdf')
    expect(Buffer.from(file.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
    expect(await ask(invoicing.getInvoiceFile, { caller: operator, invoiceId })).toEqual(file)
    expect(await refusal(invoicing.getInvoiceFile, { caller: stranger, invoiceId })).toBe('INVOICE_NOT_FOUND')
  })

  it('stays as it is when something of it is given back, which has a credit note of its own', async () => {
    const rates = [{ country: 'DE', name: 'VAT', percent: '19', included: true }]
    await ask(profiles.setTaxRates, { caller: operator, rates })
    const profile = { name: 'Anna Example', address: [], country: 'DE', taxId: null }
    await ask(profiles.setBillingProfile, { caller: follower, profile })
    const { paymentId, paymentUrl } = await desk.begin(await desk.plan({ monthlyPrice: '119' }))
    await pay(paymentUrl)
    const listed = () => ask(invoicing.listInvoices, { caller: follower, page: {} })
    const { items: before } = await listed()
    const requestIds = ['01963a5e-0000-7000-8000-0000000000ae', '01963a5e-0000-7000-8000-0000000000af']
    for (const requestId of [...requestIds, ...requestIds]) {
      await ask(refundPayment, { caller: operator, paymentId, amount: '11.90', requestId })
    }
    await quiet()
    expect((await listed()).items).toEqual(before)
    const { items: notes } = await ask(crediting.listCreditNotes, { caller: follower, page: {} })
    const of = { invoiceId: before[0]!.id, invoiceNumber: before[0]!.number, paymentId, reason: 'refund' }
    const amounts = { net: '10.00', amount: '11.90', currency: 'USD', tax: { name: 'VAT', amount: '1.90' } }
    expect(notes.map(({ number }) => number)).toEqual(['CN-2026-000002', 'CN-2026-000001'])
    expect(notes).toMatchObject([
      { ...of, ...amounts },
      { ...of, ...amounts },
    ])
    expect(await balances()).toMatchObject({ 'tax:DE': '-15.20', 'revenue:plans': '-80.00' })
    expect(await desk.published('credit-note.issued')).toMatchObject([of, of])
    const creditNoteId = notes[1]!.id
    const file = await ask(crediting.getCreditNoteFile, { caller: follower, creditNoteId })
    expect(file.name).toBe('credit-note-CN-2026-000001.pdf')
    expect(Buffer.from(file.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
    expect(await ask(crediting.getCreditNoteFile, { caller: operator, creditNoteId })).toEqual(file)
    expect(await refusal(crediting.getCreditNoteFile, { caller: stranger, creditNoteId })).toBe('CREDIT_NOTE_NOT_FOUND')
    expect((await ask(crediting.listCreditNotes, { caller: stranger, page: {} })).items).toEqual([])
    for (const table of ['invoice', 'credit_note']) {
      const changed = desk.backends.query(`update billing.${table} set description = 'another'`)
      await expect(changed, table).rejects.toThrow(/never changes/)
    }
  })

  it('has the next number, without gaps, however many are paid at once', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '10', currency: 'USD' }]
    const { items } = await ask(createProducts, { caller: operator, products })
    const purchase = { provider: 'mock' as const, products: [{ productId: items[0]!.id, quantity: 1 }] }
    const made = await Promise.all(Array.from({ length: 12 }, () => ask(makePurchase, { caller: follower, purchase })))
    await Promise.all(made.map(({ payment }) => pay(payment.paymentUrl)))
    const { items: invoices } = await ask(invoicing.listInvoices, { caller: follower, page: {} })
    const numbers = Array.from({ length: 12 }, (_, index) => `2026-${String(index + 1).padStart(6, '0')}`)
    expect(invoices.map(({ number }) => number).toSorted()).toEqual(numbers)
  })
})
