import { follower, operator, owner, strategyId } from '@tradewire/billing/testing/billing-desk'
import { Bills } from '@tradewire/billing/ports/bills.port'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { listPurchases, makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pathToken, ProviderDesk } from './provider-desk.ts'

const desk = new ProviderDesk(['mayar'])
let productId: string

beforeAll(() => desk.start())

beforeEach(async () => {
  await desk.clear()
  const products = [{ name: 'Model A', category: 'models', amount: '150000', currency: 'IDR' }]
  productId = (await desk.ask(createProducts, { caller: operator, products })).items[0]!.id
})

const order = (name: string, body: object) => desk.order('mayar', name, body)
const deliver = (copies = 1) => desk.deliver('mayar', { copies })

const wish = (requestId?: string) => ({
  provider: 'mayar' as const,
  products: [{ productId, quantity: 1 }],
  ...(requestId === undefined ? {} : { requestId }),
})

async function buy(requestId?: string) {
  const made = await desk.ask(makePurchase, { caller: follower, purchase: wish(requestId) })
  const invoice = made.payment.paymentUrl?.split('/').at(-1) ?? ''
  return { ...made, invoice }
}

async function statusOf(purchaseId: string) {
  const { items } = await desk.ask(listPurchases, { caller: follower, purchaseIds: [purchaseId], page: {} })
  return items[0]?.status
}

describe('a purchase at Mayar', () => {
  it('is paid when its invoice is, however often that is delivered', async () => {
    const { purchaseId, invoice } = await buy()
    await order('pay', { invoice })
    await deliver(3)
    expect(await statusOf(purchaseId)).toBe('succeeded')
    expect(await desk.balances()).toEqual({ 'clearing:mayar': '150000.00', 'revenue:products': '-150000.00' })
  })

  it('is not paid by a delivery that says so while its invoice does not, nor by one to another address', async () => {
    const { purchaseId, invoice } = await buy()
    const data = {
      id: 'trx-forged',
      transactionId: 'trx-forged',
      status: 'SUCCESS',
      productId: invoice,
      amount: 150_000,
    }
    const body = JSON.stringify({ event: 'payment.received', data })
    const post = async (token: string) => {
      const url = desk.deliveriesOf('mayar', token)
      const answer = await request(url, { method: 'POST', body })
      await answer.body.dump()
      return answer.statusCode
    }
    expect(await post('a-guess')).toBe(400)
    expect(await post(pathToken)).toBe(200)
    await desk.quiet()
    expect(await statusOf(purchaseId)).toBe('created')
    const guessed = { url: desk.deliveriesOf('mayar', 'a-guess') }
    expect(await desk.deliver('mayar', guessed)).toMatchObject({ accepted: 0 })
  })

  it('is found paid by the hourly look when no delivery came', async () => {
    const { purchaseId, invoice } = await buy()
    await order('pay', { invoice })
    await desk.run('pull')
    await desk.quiet()
    expect(await statusOf(purchaseId)).toBe('succeeded')
  })

  it('whose answer was lost is paid by the invoice that was opened, which Mayar lists', async () => {
    const requestId = '01963a5e-0000-7000-8000-0000000000ac'
    const numberOf = ({ invoice }: { readonly invoice: string }) => Number(invoice.split('-').at(-1))
    const before = await buy()
    await order('fault', { fault: 'lost-answer' })
    const lost = await desk.client.ask(makePurchase, { caller: follower, purchase: wish(requestId) })
    expect(lost).toMatchObject({ ok: false, error: { code: 'PROVIDER_UNAVAILABLE' } })
    await order('fault', { fault: 'none' })
    const later = await buy()
    const found = await buy(requestId)
    expect([found, later].map(numberOf)).toEqual([numberOf(before) + 1, numberOf(before) + 2])
    expect(found.payment.paymentUrl).toBe(`https://mayar.test/invoices/${found.invoice}`)
    await order('pay', { invoice: found.invoice })
    await deliver()
    expect(await statusOf(found.purchaseId)).toBe('succeeded')
  })

  it('is not paid by an invoice that was closed, which Mayar does to what nobody paid', async () => {
    const { purchaseId, invoice } = await buy()
    await order('close', { invoice })
    const data = { id: invoice, transactionId: 'trx-reminder', productId: invoice }
    const body = JSON.stringify({ event: 'payment.reminder', data })
    const answer = await request(desk.deliveriesOf('mayar', pathToken), { method: 'POST', body })
    await answer.body.dump()
    expect(answer.statusCode).toBe(200)
    await desk.quiet()
    expect(await statusOf(purchaseId)).toBe('created')
  })

  it('whose answer was lost and that is not listed is opened again, and known to be paid by both', async () => {
    const requestId = '01963a5e-0000-7000-8000-0000000000ad'
    await order('fault', { fault: 'lost-unlisted' })
    const lost = await desk.client.ask(makePurchase, { caller: follower, purchase: wish(requestId) })
    expect(lost).toMatchObject({ ok: false, error: { code: 'PROVIDER_UNAVAILABLE' } })
    await order('fault', { fault: 'none' })
    const { purchaseId, invoice } = await buy(requestId)
    const number = Number(invoice.split('-').at(-1))
    const paid = async () => {
      await deliver()
      const ofIt = (await desk.payments()).filter(({ purchaseId: of }) => of === purchaseId)
      return ofIt.map(({ status }) => status)
    }
    await order('pay', { invoice: invoice.replace(/\d+$/, String(number - 1)) })
    expect(await paid()).toEqual(['succeeded'])
    expect(await statusOf(purchaseId)).toBe('succeeded')
    await order('pay', { invoice })
    expect(await paid()).toEqual(['succeeded', 'succeeded'])
  })

  it('is opened by one process at a time, and by the next soon after one has died while it asked', async () => {
    const requestId = '01963a5e-0000-7000-8000-0000000000af'
    await order('fault', { fault: 'unavailable' })
    const refused = await desk.client.ask(makePurchase, { caller: follower, purchase: wish(requestId) })
    expect(refused).toMatchObject({ ok: false, error: { code: 'PROVIDER_UNAVAILABLE' } })
    await order('fault', { fault: 'none' })
    const bills = desk.service.app.get(Bills)
    const [unopened] = await desk.payments()
    const claimOfTheDead = () => bills.claimOpening(unopened!.id, 1_000)
    expect(await claimOfTheDead()).toBe('again')
    expect(await claimOfTheDead()).toBeUndefined()
    const ofIt = 'select opening_until as until from billing.payment where id = $1'
    const [claim] = await desk.backends.query<{ until: Date }>(ofIt, [unopened!.id])
    const { purchaseId, invoice } = await buy(requestId)
    expect(Date.now()).toBeGreaterThanOrEqual(claim!.until.getTime())
    await order('pay', { invoice })
    await deliver()
    expect(await statusOf(purchaseId)).toBe('succeeded')
    expect(await desk.payments()).toHaveLength(1)
  })
})

describe('a period of a subscription at Mayar', () => {
  it('that was asked for twice, because an answer was lost, and paid twice is one too many: the payer’s, and no one’s earnings', async () => {
    const prices = [{ currency: 'IDR', cycle: 'monthly' as const, amount: '90000', trialDays: 0 }]
    await desk.ask(setStrategyPrices, { caller: owner, strategyId, prices })
    const before = await desk.balances()
    const subject = { kind: 'strategy' as const, id: strategyId }
    const requestId = '01963a5e-0000-7000-8000-0000000000ae'
    const wanted = { subject, provider: 'mayar' as const, currency: 'IDR', cycle: 'monthly' as const, requestId }
    const begin = () => desk.client.ask(beginSubscription, { caller: follower, subscription: wanted })
    await order('fault', { fault: 'lost-unlisted' })
    expect(await begin()).toMatchObject({ ok: false, error: { code: 'PROVIDER_UNAVAILABLE' } })
    await order('fault', { fault: 'none' })
    const begun = await begin()
    const invoice = begun.ok ? (begun.value.paymentUrl?.split('/').at(-1) ?? '') : ''
    const lost = invoice.replace(/\d+$/, String(Number(invoice.split('-').at(-1)) - 1))
    for (const paid of [lost, invoice]) await order('pay', { invoice: paid })
    await deliver(2)
    const after = await desk.balances()
    const moved = (account: string) => Number(after[account] ?? 0) - Number(before[account] ?? 0)
    expect(moved('clearing:mayar')).toBe(180_000)
    expect(moved(`due:user:${follower.userId}`)).toBe(-90_000)
    expect(moved(`owed:owner:${owner.userId}`)).toBe(-72_000)
    expect(moved('revenue:strategies')).toBe(-18_000)
    await desk.run('time')
    const kept = 'select surplus from billing.payment where surplus is not null and subscription_id is not null'
    expect(await desk.backends.query(kept)).toEqual([{ surplus: 'kept' }])
    const invoices =
      'select 1 from billing.invoice join billing.payment on payment.id = payment_id where subscription_id is not null'
    expect(await desk.backends.query(invoices)).toHaveLength(1)
    const told = `select 1 from billing.outbox where body like '%paid-in-vain%'`
    expect((await desk.backends.query(told)).length).toBeGreaterThan(0)
  })
})
