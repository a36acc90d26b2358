/**
 * Questions and commands that `billing` answers: plans, prices, products, purchases, subscriptions, payments, the books.
 * Called by the gateway. Must never carry a card number or a provider's key.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { decimalText, pageOf, pageQuery, positiveDecimalText, timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { subscriptionStanding } from '../events/billing.ts'
import { chargedTax } from './billing-profile.ts'

/** Providers are asked over the network. */
export const providerDeadlineMs = 20_000
const listMax = 100

export const billingCurrency = z.string().regex(/^[A-Z]{3}$/, { error: 'must be a currency code such as USD' })
export const paymentProvider = z.enum(['mock', 'stripe', 'razorpay', 'mayar'])
/** `form`: the payer stays on your page. `page`: they are sent to the provider's. Left out: its usual one. */
export const checkoutKind = z.enum(['form', 'page'])
export const billingCycle = z.enum(['monthly', 'quarterly', 'yearly'])
const nonNegativeDecimalText = decimalText.refine((text) => !text.startsWith('-'), { error: 'must not be negative' })
const name = z.string().trim().min(1).max(80)

const trialDays = z.int().min(0).max(365)

const planSettings = {
  name,
  /** In USD; null for a plan that is not sold by itself. */
  monthlyPrice: nonNegativeDecimalText.nullable(),
  /** What one account may hold; null for any amount. */
  maxBalance: positiveDecimalText.nullable(),
  maxApiKeys: z.int().min(0).max(10_000),
  /** Positions under way on all accounts together; null for any number. */
  maxPositions: z.int().min(0).max(100_000).nullable(),
  /** Not shown to everyone. */
  private: z.boolean(),
  strategyAutomated: z.boolean(),
  premium: z.boolean(),
  /** Days that a first subscription is served before it is paid. */
  trialDays,
}

export const planInput = z.strictObject({
  ...planSettings,
  monthlyPrice: planSettings.monthlyPrice.default(null),
  maxBalance: planSettings.maxBalance.default(null),
  maxPositions: planSettings.maxPositions.default(null),
  private: planSettings.private.default(true),
  strategyAutomated: planSettings.strategyAutomated.default(true),
  premium: planSettings.premium.default(false),
  trialDays: trialDays.default(0),
  /** For everyone who has no other; at most one plan. */
  default: z.boolean().default(false),
})
export const planChanges = z.strictObject(planSettings).partial()

export const plan = z
  .strictObject({
    id: z.uuid(),
    ...planSettings,
    default: z.boolean(),
    /** Of its monthly price in Stripe's catalogue; null while it does not stand there. */
    stripePriceId: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Plan' })

export const listPlans = defineRpc({
  name: 'billing.plans.list',
  description: 'Plans, cheapest first; private ones for operators only.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(plan) }),
})

export const createPlan = defineRpc({
  name: 'billing.plans.create',
  description: 'Adds a plan.',
  request: z.strictObject({ caller, plan: planInput }),
  reply: plan,
})

export const updatePlan = defineRpc({
  name: 'billing.plans.update',
  description: 'Changes a plan for everyone who has it.',
  request: z.strictObject({ caller, planId: z.uuid(), changes: planChanges }),
  reply: plan,
})

export const removePlan = defineRpc({
  name: 'billing.plans.remove',
  description: 'Takes a plan off the list; who has it keeps it, and its subscriptions go on.',
  request: z.strictObject({ caller, planId: z.uuid() }),
  reply: plan,
})

export const price = z.strictObject({
  currency: billingCurrency,
  cycle: billingCycle,
  amount: positiveDecimalText,
  trialDays: trialDays.default(0),
})
const pricesMax = 60

export const setStrategyPrices = defineRpc({
  name: 'billing.prices.set',
  description:
    'Says what a strategy costs its subscribers; replaces all its prices. Running subscriptions keep theirs.',
  request: z.strictObject({ caller, strategyId: z.uuid(), prices: z.array(price).max(pricesMax) }),
  reply: z.strictObject({ items: z.array(price) }),
})

export const listStrategyPrices = defineRpc({
  name: 'billing.prices.list',
  description: 'What a strategy costs.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: z.strictObject({ items: z.array(price) }),
})

/** What is subscribed to. */
export const subscriptionSubject = z.strictObject({ kind: z.enum(['plan', 'strategy']), id: z.uuid() })

export const subscriptionInput = z.strictObject({
  subject: subscriptionSubject,
  provider: paymentProvider,
  currency: billingCurrency,
  cycle: billingCycle,
  checkout: checkoutKind.optional(),
  /** Chosen by the caller: asked again with the same one, the answer is the same and nothing is charged twice. */
  requestId: z.uuid().optional(),
})

export const paymentIntent = z
  .strictObject({
    paymentId: z.uuid(),
    subscriptionId: z.uuid().nullable(),
    provider: paymentProvider,
    amount: positiveDecimalText,
    /** The same in the smallest unit of the currency. */
    amountMinor: z.int().positive(),
    currency: billingCurrency,
    /** For the provider's own form; null where the payer is sent to a page. */
    clientSecret: z.string().nullable(),
    /** Where the payer pays; null where a form is shown. */
    paymentUrl: z.string().nullable(),
    /** When the next payment is due if this one succeeds; null for a purchase or a performance fee. */
    nextPaymentAt: timestamp.nullable(),
  })
  .meta({ id: 'PaymentIntent' })

export const beginSubscription = defineRpc({
  name: 'billing.subscriptions.begin',
  description: 'Begins a subscription; it is active once its first payment has succeeded.',
  request: z.strictObject({ caller, subscription: subscriptionInput }),
  reply: paymentIntent,
  deadlineMs: providerDeadlineMs,
})

export const subscription = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    subject: subscriptionSubject.extend({ name: z.string() }),
    provider: paymentProvider,
    amount: positiveDecimalText,
    currency: billingCurrency,
    cycle: billingCycle,
    standing: subscriptionStanding,
    paidThrough: timestamp.nullable(),
    servedUntil: timestamp.nullable(),
    endsAt: timestamp.nullable(),
    begunAt: timestamp,
    trialEndsAt: timestamp.nullable(),
  })
  .meta({ id: 'Subscription' })
export type SubscriptionReply = z.output<typeof subscription>

export const listSubscriptions = defineRpc({
  name: 'billing.subscriptions.list',
  description: 'Subscriptions, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(subscription),
})

export const cancelSubscription = defineRpc({
  name: 'billing.subscriptions.cancel',
  description: 'Ends a subscription when the time that was paid is over; at once when nothing was paid.',
  request: z.strictObject({ caller, subscriptionId: z.uuid() }),
  reply: subscription,
  deadlineMs: providerDeadlineMs,
})

export const openPortal = defineRpc({
  name: 'billing.subscriptions.portal',
  description: 'Where the payer of a subscription changes cards and sees invoices at the provider.',
  request: z.strictObject({ caller, subscriptionId: z.uuid() }),
  reply: z.strictObject({ url: z.string() }),
  deadlineMs: providerDeadlineMs,
})

export const payment = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    subscriptionId: z.uuid().nullable(),
    purchaseId: z.uuid().nullable(),
    /** The performance fee that it pays. */
    feeId: z.uuid().nullable(),
    provider: paymentProvider,
    amount: positiveDecimalText,
    refunded: nonNegativeDecimalText,
    currency: billingCurrency,
    status: z.enum([
      'created',
      'needs-action',
      'processing',
      'failed',
      'succeeded',
      'partly-refunded',
      'refunded',
      'disputed',
      'charged-back',
    ]),
    failure: z.string().nullable(),
    paymentUrl: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Payment' })
export type PaymentReply = z.output<typeof payment>

export const listPayments = defineRpc({
  name: 'billing.payments.list',
  description: 'Payments, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(payment),
})

export const getPayment = defineRpc({
  name: 'billing.payments.get',
  description: 'One payment.',
  request: z.strictObject({ caller, paymentId: z.uuid() }),
  reply: payment,
})

export const confirmPayment = defineRpc({
  name: 'billing.payments.confirm',
  description: "Takes what a provider's form gave the payer, so that a payment is known before its delivery comes.",
  request: z.strictObject({
    caller,
    paymentId: z.uuid(),
    /** As the form gave it, such as `razorpay_payment_id` and `razorpay_signature`. */
    proof: z.record(z.string().max(80), z.string().max(400)),
  }),
  reply: payment,
  deadlineMs: providerDeadlineMs,
})

export const refundPayment = defineRpc({
  name: 'billing.payments.refund',
  description: 'Gives money of a payment back; all that is left when no amount is named.',
  request: z.strictObject({
    caller,
    paymentId: z.uuid(),
    amount: positiveDecimalText.optional(),
    /** Asked again with the same one, money is given back once. */
    requestId: z.uuid(),
  }),
  reply: payment,
  deadlineMs: providerDeadlineMs,
})

export const productInput = z.strictObject({
  name,
  category: z.string().trim().min(1).max(80),
  description: z.string().max(2_000).default(''),
  amount: positiveDecimalText,
  currency: billingCurrency,
})
export const product = z
  .strictObject({ id: z.uuid(), ...productInput.shape, description: z.string(), createdAt: timestamp })
  .meta({ id: 'Product' })
export const productFilter = z.strictObject({
  productIds: z.array(z.uuid()).max(listMax).optional(),
  categories: z.array(z.string()).max(listMax).optional(),
  /** Part of the name, in any case. */
  name: z.string().max(80).optional(),
})

export const listProducts = defineRpc({
  name: 'billing.products.list',
  description: 'Products, newest first.',
  request: z.strictObject({ caller, filter: productFilter, page: pageQuery }),
  reply: pageOf(product),
})

export const createProducts = defineRpc({
  name: 'billing.products.create',
  description: 'Adds products.',
  request: z.strictObject({ caller, products: z.array(productInput).min(1).max(listMax) }),
  reply: z.strictObject({ items: z.array(product) }),
})

export const removeProducts = defineRpc({
  name: 'billing.products.remove',
  description: 'Takes products off the list; purchases of them stay.',
  request: z.strictObject({ caller, productIds: z.array(z.uuid()).min(1).max(listMax) }),
  reply: z.strictObject({ removed: z.int() }),
})

export const discountInput = z
  .strictObject({
    code: z.string().regex(/^[A-Z0-9-]{3,40}$/, { error: 'must be 3 to 40 capital letters, digits or dashes' }),
    percent: positiveDecimalText.nullable().default(null),
    amount: positiveDecimalText.nullable().default(null),
    currency: billingCurrency.nullable().default(null),
    endsAt: timestamp.nullable().default(null),
  })
  .refine(
    ({ percent, amount, currency }) =>
      (percent === null) !== (amount === null) && (amount === null) === (currency === null),
    {
      error: 'needs either percent, or amount with currency',
    },
  )

export const createDiscount = defineRpc({
  name: 'billing.discounts.create',
  description: 'Adds a discount that purchases may name, or changes it.',
  request: z.strictObject({ caller, discount: discountInput }),
  reply: z.strictObject({ code: z.string() }),
})

export const purchaseInput = z.strictObject({
  provider: paymentProvider,
  products: z
    .array(z.strictObject({ productId: z.uuid(), quantity: z.int().min(1).max(1_000).default(1) }))
    .min(1)
    .max(50),
  discountCode: z.string().max(40).optional(),
  checkout: checkoutKind.optional(),
  requestId: z.uuid().optional(),
})

const calculation = {
  lines: z.array(
    z.strictObject({ productId: z.uuid(), name: z.string(), quantity: z.int(), amount: positiveDecimalText }),
  ),
  currency: billingCurrency,
  subtotal: decimalText,
  discount: decimalText,
  /** Of what is left; null for none. */
  tax: chargedTax.nullable(),
  total: decimalText,
}

export const precalculatePurchase = defineRpc({
  name: 'billing.purchases.precalculate',
  description: 'What a purchase would cost.',
  request: z.strictObject({ caller, purchase: purchaseInput }),
  reply: z.strictObject(calculation),
})

export const makePurchase = defineRpc({
  name: 'billing.purchases.make',
  description: 'Buys products; answers how to pay.',
  request: z.strictObject({ caller, purchase: purchaseInput }),
  reply: z.strictObject({ purchaseId: z.uuid(), ...calculation, payment: paymentIntent }),
  deadlineMs: providerDeadlineMs,
})

export const purchase = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    ...calculation,
    paymentId: z.uuid(),
    status: payment.shape.status,
    paymentUrl: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'Purchase' })

export const listPurchases = defineRpc({
  name: 'billing.purchases.list',
  description: 'Purchases with the state of their payment, newest first.',
  request: z.strictObject({ caller, purchaseIds: z.array(z.uuid()).max(listMax).optional(), page: pageQuery }),
  reply: pageOf(purchase),
})

export const listBalances = defineRpc({
  name: 'billing.books.balances',
  description: 'The balance of every account of the books. Debits are positive; all of a currency sum to zero.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({
    items: z.array(z.strictObject({ account: z.string(), currency: billingCurrency, balance: decimalText })),
    /** The sum over all lines that were ever written: anything but 0 is a mistake. */
    imbalance: z.string(),
  }),
})
