/**
 * Questions and commands about purchases of products. Called by the gateway and `billing`.
 * Must never carry a card number.
 */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, pageOf, pageQuery, positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { payment, paymentIntent } from './payments.ts'
import { chargedTax } from './profile.ts'
import { billingCurrency, checkoutKind, listMax, paymentProvider, providerDeadlineMs, requestId } from './words.ts'

export const purchaseInput = z.strictObject({
  provider: paymentProvider.meta({ description: 'Who takes the payment' }),
  products: z
    .array(z.strictObject({ productId: z.uuid(), quantity: z.int().min(1).max(1_000).default(1) }))
    .min(1)
    .max(50)
    .meta({ description: 'What is bought, and how many' }),
  discountCode: z.string().max(40).optional().meta({ description: 'Of a discount that has not ended' }),
  checkout: checkoutKind.optional(),
  requestId,
})

const calculation = {
  lines: z.array(
    z.strictObject({ productId: z.uuid(), name: z.string(), quantity: z.int(), amount: positiveDecimalText }),
  ),
  currency: billingCurrency,
  subtotal: decimalText,
  discount: decimalText,
  tax: chargedTax.nullable().meta({ description: 'Of what is left; null for none' }),
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
  request: z.strictObject({
    caller,
    purchaseIds: z.array(z.uuid()).max(listMax).optional().meta({ description: 'Only these' }),
    page: pageQuery,
  }),
  reply: pageOf(purchase),
})
