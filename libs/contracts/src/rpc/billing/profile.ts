/**
 * Questions and commands about whom invoices are made out to, and what taxes there are in which country.
 * Answered by `billing`, called by the gateway. Must never be asked for a means of payment.
 */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'

export const country = z.string().regex(/^[A-Z]{2}$/, { error: 'must be a country code such as DE' })
const shortText = z.string().trim().max(120)

export const billingProfile = z
  .strictObject({
    name: shortText.min(1),
    address: z.array(shortText.min(1)).max(6).meta({ description: 'As it is to stand on invoices, line by line' }),
    country,
    taxId: shortText.nullable().default(null),
  })
  .meta({ id: 'BillingProfile' })

export const getBillingProfile = defineRpc({
  name: 'billing.profile.get',
  description: 'Whom your invoices are made out to; null when nothing was said.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ profile: billingProfile.nullable() }),
})

export const setBillingProfile = defineRpc({
  name: 'billing.profile.set',
  description: 'Says whom your next invoices are made out to; the country decides the tax of what you buy from now on.',
  request: z.strictObject({ caller, profile: billingProfile }),
  reply: z.strictObject({ profile: billingProfile }),
})

export const taxRate = z
  .strictObject({
    country,
    name: shortText.min(1).meta({ description: 'As it is called on invoices' }),
    percent: z.string().regex(/^\d{1,2}(\.\d{1,4})?$/, { error: 'must be a percentage such as "19" or "7.7"' }),
    included: z.boolean().meta({ description: 'True: prices contain it. False: it comes on top.' }),
  })
  .meta({ id: 'TaxRate' })
const ratesMax = 260

export const listTaxRates = defineRpc({
  name: 'billing.taxes.list',
  description: 'The tax of each country; there is none where nothing is said.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(taxRate) }),
})

export const setTaxRates = defineRpc({
  name: 'billing.taxes.set',
  description: 'Says what taxes there are, all at once. Running subscriptions keep theirs.',
  request: z.strictObject({
    caller,
    rates: z.array(taxRate).max(ratesMax).meta({ description: 'Replace all that there were' }),
  }),
  reply: z.strictObject({ items: z.array(taxRate) }),
})

/** As it was charged. */
export const chargedTax = z.strictObject({
  country: z.string(),
  name: z.string(),
  percent: decimalText,
  included: z.boolean().meta({ description: 'True: prices contain it. False: it comes on top.' }),
  amount: decimalText,
})
