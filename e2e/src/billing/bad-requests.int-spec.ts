import { confirmPayment, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { listStrategyPrices, setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { beforeAll, describe, expect, it } from 'vitest'
import { PaymentDesk, nobody, type Opened, operator, strategyId } from './payment-desk.ts'
import { simulatedProviders } from '@tradewire/simulator/billing/crowd/payers'

const desk = new PaymentDesk()

beforeAll(() => desk.start())

interface BadRequest {
  readonly what: string
  readonly ask: (opened: Opened) => Promise<{ readonly ok: boolean; readonly error?: { readonly code: string } }>
  readonly code: string
}

const wish = { subject: { kind: 'strategy' as const, id: strategyId }, cycle: 'monthly' as const }
const begin = (over: object) => (opened: Opened) =>
  desk.client.ask(beginSubscription, {
    caller: opened.caller,
    subscription: { ...wish, provider: opened.intent.provider, currency: 'USD', ...over },
  })
const refund = (over: object) => (opened: Opened) =>
  desk.client.ask(refundPayment, {
    caller: operator,
    paymentId: opened.intent.paymentId,
    requestId: nobody,
    ...over,
  })
const price = (over: object) => () =>
  desk.client.ask(setStrategyPrices, {
    caller: operator,
    strategyId,
    prices: [{ currency: 'USD', cycle: 'monthly', amount: '40', trialDays: 0, ...over }],
  })
const sell = (over: object) => () =>
  desk.client.ask(createProducts, {
    caller: operator,
    products: [{ name: 'Model A', category: 'models', amount: '150', currency: 'USD', ...over }],
  })
const buy = (line: object) => (opened: Opened) =>
  desk.client.ask(makePurchase, {
    caller: opened.caller,
    purchase: { provider: opened.intent.provider, products: [{ productId: nobody, quantity: 1, ...line }] },
  })
const absurd = '9'.repeat(30)

const asked: readonly BadRequest[] = [
  { what: 'a currency that nobody knows', ask: begin({ currency: 'XXX' }), code: 'PROVIDER_NOT_AVAILABLE' },
  { what: 'a currency in other letters', ask: begin({ currency: 'usd' }), code: 'REQUEST_INVALID' },
  { what: 'a provider that nobody knows', ask: begin({ provider: 'paypal' }), code: 'REQUEST_INVALID' },
  {
    what: 'a plan that there is not',
    ask: begin({ subject: { kind: 'plan', id: nobody }, provider: 'mock' }),
    code: 'PLAN_NOT_FOUND',
  },
  {
    what: 'a strategy that there is not',
    ask: begin({ subject: { kind: 'strategy', id: nobody }, provider: 'mock' }),
    code: 'STRATEGY_NOT_FOUND',
  },
  {
    what: 'the prices of a strategy that there is not',
    ask: ({ caller }) => desk.client.ask(listStrategyPrices, { caller, strategyId: nobody }),
    code: 'STRATEGY_NOT_FOUND',
  },
  { what: 'a cycle that is not sold', ask: begin({ cycle: 'yearly', provider: 'mock' }), code: 'NOT_FOR_SALE' },
  { what: 'a refund of less than nothing', ask: refund({ amount: '-5' }), code: 'REQUEST_INVALID' },
  { what: 'a refund of nothing', ask: refund({ amount: '0' }), code: 'REQUEST_INVALID' },
  { what: 'a refund in another notation', ask: refund({ amount: '1e3' }), code: 'REQUEST_INVALID' },
  { what: 'a refund of what was not paid', ask: refund({ amount: '5' }), code: 'REFUND_REFUSED' },
  { what: 'a refund of more than can be counted', ask: refund({ amount: absurd }), code: 'REFUND_REFUSED' },
  { what: 'a refund of no payment', ask: refund({ paymentId: nobody }), code: 'PAYMENT_NOT_FOUND' },
  { what: 'a purchase of what is not sold', ask: buy({}), code: 'PRODUCT_NOT_FOUND' },
  { what: 'a purchase of none of it', ask: buy({ quantity: 0 }), code: 'REQUEST_INVALID' },
  { what: 'a purchase of fewer than none', ask: buy({ quantity: -1 }), code: 'REQUEST_INVALID' },
  { what: 'a purchase of more than can be counted', ask: buy({ quantity: 1e15 }), code: 'REQUEST_INVALID' },
  {
    what: 'a proof that is none',
    ask: ({ caller, intent: { paymentId } }) => desk.client.ask(confirmPayment, { caller, paymentId, proof: {} }),
    code: 'PROOF_REFUSED',
  },
]

const offered: readonly BadRequest[] = [
  {
    what: 'a subscription in a currency that its provider does not take',
    ask: begin({ provider: 'mayar' }),
    code: 'PROVIDER_NOT_AVAILABLE',
  },
  { what: 'a price of less than nothing', ask: price({ amount: '-40' }), code: 'REQUEST_INVALID' },
  { what: 'a price of nothing', ask: price({ amount: '0.00' }), code: 'REQUEST_INVALID' },
  { what: 'a price of more than can be counted', ask: price({ amount: absurd }), code: 'PRICE_INVALID' },
  { what: 'a price with more digits than its currency', ask: price({ amount: '40.001' }), code: 'PRICE_INVALID' },
  { what: 'a product of less than nothing', ask: sell({ amount: '-1' }), code: 'REQUEST_INVALID' },
  { what: 'a product of more than can be counted', ask: sell({ amount: absurd }), code: 'PRICE_INVALID' },
  { what: 'a product in a currency that nobody knows', ask: sell({ currency: 'XXX' }), code: 'PRICE_INVALID' },
  {
    what: 'a plan that costs more than can be counted',
    ask: () =>
      desk.client.ask(createPlan, {
        caller: operator,
        plan: { name: 'ABSURD', monthlyPrice: absurd, maxApiKeys: 1 },
      }),
    code: 'PRICE_INVALID',
  },
  {
    what: 'a purchase that comes to more than can be counted',
    ask: async ({ caller }) => {
      const products = [{ name: 'Model B', category: 'models', amount: '9999999999', currency: 'USD' }]
      const sold = await desk.client.ask(createProducts, { caller: operator, products })
      const productId = sold.ok ? sold.value.items[0]!.id : ''
      const purchase = { provider: 'mock' as const, products: [{ productId, quantity: 1_000 }] }
      return desk.client.ask(makePurchase, { caller, purchase })
    },
    code: 'PURCHASE_INVALID',
  },
]

async function refused({ ask, code }: BadRequest, opened: Opened): Promise<void> {
  const before = await desk.picture()
  const answer = await ask(opened)
  expect(answer.ok ? 'accepted' : answer.error?.code).toBe(code)
  expect(await desk.picture()).toEqual(before)
}

describe.each(simulatedProviders)('of a payer at %s', (provider) => {
  it.each(asked)('$what is refused with $code, and changes nothing', async (bad) => {
    await refused(bad, await desk.open(provider))
  })
})

describe('of anybody', () => {
  it.each(offered)('$what is refused with $code, and changes nothing', async (bad) => {
    await refused(bad, await desk.open('mock'))
  })
})
