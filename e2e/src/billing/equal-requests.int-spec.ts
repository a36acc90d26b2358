import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { type Id, uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { beforeAll, describe, expect, it } from 'vitest'
import { nobody, type Opened, operator, PaymentDesk, strategyId } from './payment-desk.ts'

const desk = new PaymentDesk()
const parallel = 50
type Real = 'stripe' | 'razorpay' | 'mayar'

/** What a provider has more of when it was asked once. */
const once: readonly { readonly provider: Real; readonly begun: object; readonly sold: object }[] = [
  { provider: 'stripe', begun: { customers: 1, subscriptions: 1, intents: 1 }, sold: { customers: 1, intents: 1 } },
  { provider: 'razorpay', begun: { subscriptions: 1 }, sold: { orders: 1 } },
  { provider: 'mayar', begun: { invoices: 1 }, sold: { invoices: 1 } },
]

beforeAll(() => desk.start({ twice: true }))

type Answer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: object }

/** Fifty times: all are answered, and alike. */
async function atOnce<Value>(ask: () => Promise<Answer<Value>>): Promise<Value> {
  const answers = await Promise.all(Array.from({ length: parallel }, ask))
  expect(answers.filter(({ ok }) => !ok)).toEqual([])
  const values = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
  expect(new Set(values.map((value) => JSON.stringify(value))).size).toBe(1)
  return values[0]!
}

/** What a provider keeps of all that we asked it for. */
function keptAt(provider: Real): Record<string, number> {
  const { stripe, razorpay, mayar } = desk
  const { customers, subscriptions, intents, refunds } = stripe.books
  const { subscriptions: plans, orders, refunds: returned } = razorpay.books
  const all = {
    stripe: { customers, subscriptions, intents, refunds },
    razorpay: { subscriptions: plans, orders, refunds: returned },
    mayar: { invoices: mayar.invoices },
  }
  return Object.fromEntries(Object.entries(all[provider]).map(([name, { size }]) => [name, size]))
}

async function booked(): Promise<Record<string, number>> {
  const answer = await desk.client.ask(listBalances, { caller: operator })
  if (!answer.ok) throw new Error(answer.error.code)
  expect(answer.value.imbalance).toBe('0')
  return Object.fromEntries(
    answer.value.items.map(({ account, currency, balance }) => [`${account} ${currency}`, Number(balance)]),
  )
}

/** What there is more of afterwards. */
async function grown<Value>(
  count: () => Record<string, number> | Promise<Record<string, number>>,
  work: () => Promise<Value>,
) {
  const before = await count()
  const value = await work()
  const after = Object.entries(await count())
  const more = after.map(([name, number]) => [name, number - (before[name] ?? 0)] as const)
  return { value, more: Object.fromEntries(more.filter(([, number]) => number !== 0)) }
}

async function rowsOf(userId: string): Promise<number[]> {
  const tables = ['subscription', 'purchase', 'payment', 'invoice']
  const counted = tables.map((table) =>
    desk.backends.query(`select 1 from billing.${table} where user_id = $1`, [userId]),
  )
  return (await Promise.all(counted)).map(({ length }) => length)
}

/** Told of fifty times at once. */
async function pay(provider: Real, opened: Opened): Promise<void> {
  const delivery = await desk.tellOfPayment(provider, opened)
  const answers = await Promise.all(Array.from({ length: parallel }, () => desk.deliver(provider, delivery)))
  expect(new Set(answers)).toEqual(new Set([200]))
}

function payerOf(what: string): Opened['caller'] {
  return { userId: uuidOfHash(`payer of ${what}`) as Id<'User'>, roles: ['follower'] }
}

describe('a request that Mayar does not answer for a while', () => {
  it('is held by the process that asks for as long as it takes, and told once', async () => {
    const caller = payerOf('a slow subscription')
    const subject = { kind: 'strategy' as const, id: strategyId }
    const requestId = uuidOfHash('subscribe slowly')
    const subscription = { subject, provider: 'mayar' as const, currency: 'IDR', cycle: 'monthly' as const, requestId }
    const until = async () => {
      const ofIt = `select opening_until as until from billing.payment where user_id = $1 and opening_until > clock_timestamp()`
      const [claim] = await desk.backends.query<{ until: Date }>(ofIt, [caller.userId])
      return claim?.until.getTime() ?? 0
    }
    const { more } = await grown(
      () => keptAt('mayar'),
      async () => {
        let asked: Promise<unknown> = Promise.resolve()
        await desk.whileUnanswered(async () => {
          asked = atOnce(() => desk.client.ask(beginSubscription, { caller, subscription }))
          await eventually(async () => (await until()) > 0)
          const first = await until()
          await eventually(async () => (await until()) > first)
        })
        await asked
      },
    )
    expect(more).toEqual({ invoices: 1 })
    expect(await until()).toBe(0)
  })
})

describe.each(once)('fifty equal requests at once to two processes, at $provider', ({ provider, begun, sold }) => {
  const currency = provider === 'mayar' ? 'IDR' : 'USD'
  const price = provider === 'mayar' ? 150_000 : 40

  it('begin one subscription, which is paid once', async () => {
    const caller = payerOf(`a subscription at ${provider}`)
    const subject = { kind: 'strategy' as const, id: strategyId }
    const requestId = uuidOfHash(`subscribe at ${provider}`)
    const subscription = { subject, provider, currency, cycle: 'monthly' as const, requestId }
    const ask = () => desk.client.ask(beginSubscription, { caller, subscription })
    const { value: intent, more } = await grown(
      () => keptAt(provider),
      () => atOnce(ask),
    )
    expect(more).toEqual(begun)
    const paid = await grown(booked, () => pay(provider, { caller, intent }))
    expect(paid.more[`revenue:strategies ${currency}`]).toBe(-price / 5)
    expect(await rowsOf(caller.userId)).toEqual([1, 0, 1, 1])
  })

  it('buy once, and give money back once', async () => {
    const caller = payerOf(`a purchase at ${provider}`)
    const product = { name: `Model at ${provider}`, category: 'models', amount: String(price), currency }
    const created = await desk.client.ask(createProducts, { caller: operator, products: [product] })
    const productId = created.ok ? created.value.items[0]!.id : nobody
    const purchase = { provider, products: [{ productId, quantity: 2 }], requestId: uuidOfHash(`buy at ${provider}`) }
    const ask = () => desk.client.ask(makePurchase, { caller, purchase })
    const { value: bought, more } = await grown(
      () => keptAt(provider),
      () => atOnce(ask),
    )
    expect(more).toEqual(sold)
    const intent = bought.payment
    const paid = await grown(booked, () => pay(provider, { caller, intent }))
    expect(paid.more[`revenue:products ${currency}`]).toBe(-price * 2)
    expect(await rowsOf(caller.userId)).toEqual([0, 1, 1, 1])
    // Mayar gives nothing back through its API.
    if (provider === 'mayar') return
    const refund = { caller: operator, paymentId: intent.paymentId, amount: '30', requestId: nobody }
    const giveBack = () => Promise.all(Array.from({ length: parallel }, () => desk.client.ask(refundPayment, refund)))
    const returned = await grown(
      () => keptAt(provider),
      () => grown(booked, giveBack),
    )
    expect(returned.more).toEqual({ refunds: 1 })
    expect(returned.value.more[`revenue:products ${currency}`]).toBe(30)
    expect(returned.value.value.filter(({ ok }) => !ok)).toEqual([])
  })
})
