/** Questions about invoices. Answered by `billing`, called by the gateway. Must never show more than stands on the invoice. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, pageOf, pageQuery, timestamp } from '../../common.ts'
import { fileReply } from '../../define-route.ts'
import { defineRpc } from '../../define-rpc.ts'
import { chargedTax } from './profile.ts'
import { billingCurrency } from './words.ts'

export const invoice = z
  .strictObject({
    id: z.uuid(),
    number: z.string(),
    userId: z.uuid(),
    paymentId: z
      .uuid()
      .nullable()
      .meta({ description: 'Null for a performance fee, whose invoice comes before its payment' }),
    feeId: z.uuid().nullable(),
    description: z.string(),
    lines: z.array(z.strictObject({ description: z.string(), quantity: z.int(), amount: decimalText })),
    net: decimalText,
    tax: chargedTax.nullable(),
    amount: decimalText.meta({ description: 'With the tax' }),
    currency: billingCurrency,
    issuedAt: timestamp,
  })
  .meta({ id: 'Invoice' })
export type InvoiceReply = z.output<typeof invoice>

export const listInvoices = defineRpc({
  name: 'billing.invoices.list',
  description: 'Invoices, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(invoice),
})

export const getInvoiceFile = defineRpc({
  name: 'billing.invoices.file',
  description: 'An invoice as PDF; that of a performance fee with every trade that was counted.',
  request: z.strictObject({ caller, invoiceId: z.uuid() }),
  reply: fileReply,
})
