/** Questions about credit notes. Answered by `billing`, called by the gateway. Must never show more than stands on the note. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, pageOf, pageQuery, timestamp } from '../../common.ts'
import { fileReply } from '../../define-route.ts'
import { defineRpc } from '../../define-rpc.ts'
import { creditReason } from '../../events/credit-notes.ts'
import { chargedTax } from './profile.ts'
import { billingCurrency } from './words.ts'

export const creditNote = z
  .strictObject({
    id: z.uuid(),
    number: z.string(),
    userId: z.uuid(),
    invoiceId: z.uuid(),
    invoiceNumber: z.string(),
    paymentId: z.uuid(),
    reason: creditReason,
    reference: z.string().meta({ description: "The provider's id of the refund or the dispute" }),
    description: z.string(),
    net: decimalText,
    tax: chargedTax.nullable(),
    amount: decimalText.meta({ description: 'With the tax. Below nothing where it takes back what was credited.' }),
    currency: billingCurrency,
    issuedAt: timestamp,
  })
  .meta({ id: 'CreditNote' })
export type CreditNoteReply = z.output<typeof creditNote>

export const listCreditNotes = defineRpc({
  name: 'billing.credit-notes.list',
  description: 'Credit notes, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(creditNote),
})

export const getCreditNoteFile = defineRpc({
  name: 'billing.credit-notes.file',
  description: 'A credit note as PDF.',
  request: z.strictObject({ caller, creditNoteId: z.uuid() }),
  reply: fileReply,
})
