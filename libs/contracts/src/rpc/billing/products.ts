/**
 * Questions and commands about products and their discounts. Called by the gateway and `billing`.
 * Must never carry what somebody bought.
 */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { pageOf, pageQuery, positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { billingCurrency, listMax, offerName } from './words.ts'

export const productInput = z.strictObject({
  name: offerName,
  category: z.string().trim().min(1).max(80).meta({ description: 'What it is listed under' }),
  description: z.string().max(2_000).default('').meta({ description: 'For buyers' }),
  amount: positiveDecimalText.meta({ description: 'Of one piece, before discounts and tax' }),
  currency: billingCurrency,
})
export const product = z
  .strictObject({ id: z.uuid(), ...productInput.shape, description: z.string(), createdAt: timestamp })
  .meta({ id: 'Product' })
export const productFilter = z.strictObject({
  productIds: z.array(z.uuid()).max(listMax).optional().meta({ description: 'Only these' }),
  categories: z.array(z.string()).max(listMax).optional().meta({ description: 'Of these categories' }),
  name: z.string().max(80).optional().meta({ description: 'Part of the name, in any case' }),
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
  request: z.strictObject({
    caller,
    products: z.array(productInput).min(1).max(listMax).meta({ description: 'All of them or none' }),
  }),
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
    code: z
      .string()
      .regex(/^[A-Z0-9-]{3,40}$/, { error: 'must be 3 to 40 capital letters, digits or dashes' })
      .meta({ description: 'What purchases name' }),
    percent: positiveDecimalText.nullable().default(null).meta({ description: 'Off the price; or an amount' }),
    amount: positiveDecimalText.nullable().default(null).meta({ description: 'Off the price; with its currency' }),
    currency: billingCurrency.nullable().default(null).meta({ description: 'Of the amount' }),
    endsAt: timestamp.nullable().default(null).meta({ description: 'From then on it is refused; null for never' }),
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
