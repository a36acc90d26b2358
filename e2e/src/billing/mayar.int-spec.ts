import { billingService } from '@tradewire/billing/service'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { LearnFacts } from '@tradewire/billing/use-cases/learn-facts/learn-facts.use-case'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { userCreated } from '@tradewire/contracts/events/identity'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { listPayments } from '@tradewire/contracts/rpc/billing/payments'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { listPurchases, makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { Database } from '@tradewire/database/database'
import { paperService } from '@tradewire/paper/service'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { knowStrategy } from '@tradewire/simulator/billing/world/billing-host'
import { orderOf, untilWorkedOn } from './provider-control.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
const pathToken = 'an-end-that-nobody-can-guess'
const clock = new ManualClock('2026-01-31T12:00:00.000Z')

let paper: TestService
let billing: TestService
let client: RpcClient
let productId: string

beforeAll(async () => {
  const directory = { PAPER_DATA_DIRECTORY: backends.directory }
  paper = await startTestService(paperService, backends, { settings: directory, clock })
  billing = await startTestService(billingService, backends, {
    settings: {
      BILLING_PROVIDERS: 'mayar',
      BILLING_MAYAR_API_URL: `${paper.url}/mayar/hl/v1`,
      BILLING_MAYAR_API_KEY: 'key-of-the-simulator',
      BILLING_MAYAR_PATH_TOKEN: pathToken,
    },
    clock,
  })
  client = billing.app.get(RpcClient)
  const products = [{ name: 'Model A', category: 'models', amount: '150000', currency: 'IDR' }]
  const created = await client.ask(createProducts, { caller: operator, products })
  productId = created.ok ? created.value.items[0]!.id : ''
})

const order = (name: string, body: object): Promise<unknown> => orderOf(paper.url, 'mayar', name, body)

const quiet = (): Promise<void> => untilWorkedOn(billing, backends)

const wish = (requestId?: string) => ({
  provider: 'mayar' as const,
  products: [{ productId, quantity: 1 }],
  ...(requestId === undefined ? {} : { requestId }),
})

async function buy(requestId?: string) {
  const made = await client.ask(makePurchase, { caller: follower, purchase: wish(requestId) })
  if (!made.ok) throw new Error(`${made.error.code} ${JSON.stringify(made.error.context)}`)
  const invoice = made.value.payment.paymentUrl?.split('/').at(-1) ?? ''
  return { ...made.value, invoice }
}

async function statusOf(purchaseId: string) {
  const listed = await client.ask(listPurchases, { caller: follower, purchaseIds: [purchaseId], page: {} })
  return listed.ok ? listed.value.items[0]?.status : undefined
}

async function balances(): Promise<Record<string, string>> {
  const answer = await client.ask(listBalances, { caller: operator })
  if (!answer.ok) throw new Error(answer.error.code)
  expect(answer.value.imbalance).toBe('0')
  return Object.fromEntries(answer.value.items.map(({ account, balance }) => [account, balance]))
}

const deliver = (token: string, copies = 1) =>
  order('deliver', { url: `${billing.url}/v1/webhook/payments/mayar/${token}`, copies }) as Promise<{
    accepted: number
  }>

describe('a purchase at Mayar', () => {
  it('is paid when its invoice is, however often that is delivered', async () => {
    const { purchaseId, invoice } = await buy()
    await order('pay', { invoice })
    await deliver(pathToken, 3)
    await quiet()
    expect(await statusOf(purchaseId)).toBe('succeeded')
    const books = await client.ask(listBalances, { caller: operator })
    expect(books).toMatchObject({
      value: {
        imbalance: '0',
        items: [
          { account: 'clearing:mayar', balance: '150000.00' },
          { account: 'revenue:products', balance: '-150000.00' },
        ],
      },
    })
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
      const url = `${billing.url}/v1/webhook/payments/mayar/${token}`
      const answer = await request(url, { method: 'POST', body })
      await answer.body.dump()
      return answer.statusCode
    }
    expect(await post('a-guess')).toBe(400)
    expect(await post(pathToken)).toBe(200)
    await quiet()
    expect(await statusOf(purchaseId)).toBe('created')
    expect(await deliver('a-guess')).toMatchObject({ accepted: 0 })
  })

  it('is found paid by the hourly look when no delivery came', async () => {
    const { purchaseId, invoice } = await buy()
    await order('pay', { invoice })
    await billing.app.get(RunBilling).execute('pull')
    await quiet()
    expect(await statusOf(purchaseId)).toBe('succeeded')
  })

  it('whose answer was lost is opened again, is paid by either invoice, and known to be paid by both', async () => {
    const requestId = '01963a5e-0000-7000-8000-0000000000ad'
    await order('fault', { fault: 'lost-answer' })
    const lost = await client.ask(makePurchase, { caller: follower, purchase: wish(requestId) })
    expect(lost).toMatchObject({ ok: false, error: { code: 'PROVIDER_UNAVAILABLE' } })
    await order('fault', { fault: 'none' })
    const { purchaseId, invoice } = await buy(requestId)
    const number = Number(invoice.split('-').at(-1))
    const paid = async () => {
      await deliver(pathToken)
      await quiet()
      const listed = await client.ask(listPayments, { caller: follower, page: {} })
      const ofIt = listed.ok ? listed.value.items.filter(({ purchaseId: of }) => of === purchaseId) : []
      return ofIt.map(({ status }) => status)
    }
    await order('pay', { invoice: invoice.replace(/\d+$/, String(number - 1)) })
    expect(await paid()).toEqual(['succeeded'])
    expect(await statusOf(purchaseId)).toBe('succeeded')
    await order('pay', { invoice })
    expect(await paid()).toEqual(['succeeded', 'succeeded'])
  })
})

describe('a period of a subscription at Mayar', () => {
  it('that was asked for twice, because an answer was lost, and paid twice is one too many: the payer’s, and no one’s earnings', async () => {
    await knowStrategy(billing.app.get(Database), billing.app.get(LearnFacts))
    const { ownerId, strategyId } = strategyChanged.example
    const caller = { userId: ownerId, roles: ['provider' as const] }
    const prices = [{ currency: 'IDR', cycle: 'monthly' as const, amount: '90000', trialDays: 0 }]
    expect(await client.ask(setStrategyPrices, { caller, strategyId, prices })).toMatchObject({ ok: true })
    const before = await balances()
    const subject = { kind: 'strategy' as const, id: strategyId }
    const requestId = '01963a5e-0000-7000-8000-0000000000ae'
    const wanted = { subject, provider: 'mayar' as const, currency: 'IDR', cycle: 'monthly' as const, requestId }
    const begin = () => client.ask(beginSubscription, { caller: follower, subscription: wanted })
    await order('fault', { fault: 'lost-answer' })
    expect(await begin()).toMatchObject({ ok: false, error: { code: 'PROVIDER_UNAVAILABLE' } })
    await order('fault', { fault: 'none' })
    const begun = await begin()
    const invoice = begun.ok ? (begun.value.paymentUrl?.split('/').at(-1) ?? '') : ''
    const lost = invoice.replace(/\d+$/, String(Number(invoice.split('-').at(-1)) - 1))
    for (const paid of [lost, invoice]) await order('pay', { invoice: paid })
    await deliver(pathToken, 2)
    await quiet()
    const after = await balances()
    const moved = (account: string) => Number(after[account] ?? 0) - Number(before[account] ?? 0)
    expect(moved('clearing:mayar')).toBe(180_000)
    expect(moved(`due:user:${follower.userId}`)).toBe(-90_000)
    expect(moved(`owed:owner:${ownerId}`)).toBe(-72_000)
    expect(moved('revenue:strategies')).toBe(-18_000)
    await billing.app.get(RunBilling).execute('time')
    const kept = 'select surplus from billing.payment where surplus is not null and subscription_id is not null'
    expect(await backends.query(kept)).toEqual([{ surplus: 'kept' }])
    const invoices =
      'select 1 from billing.invoice join billing.payment on payment.id = payment_id where subscription_id is not null'
    expect(await backends.query(invoices)).toHaveLength(1)
    const told = `select 1 from billing.outbox where body like '%paid-in-vain%'`
    expect((await backends.query(told)).length).toBeGreaterThan(0)
  })
})
