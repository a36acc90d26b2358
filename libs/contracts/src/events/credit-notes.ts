/** The event of credit notes. Called by billing, which tells it, and by webhooks. Must never carry a means of payment. */
import { z } from 'zod'
import { decimalText, timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'

/** `correction`: takes back what was credited, because it was not given back after all. */
export const creditReason = z.enum(['refund', 'dispute', 'correction'])

export const creditNoteIssued = defineEvent({
  name: 'credit-note.issued',
  version: 1,
  owner: 'billing',
  description:
    'Of what stands on an invoice something was given back: that has a credit note, and the invoice stays as it is.',
  data: z.strictObject({
    creditNoteId: z.uuid(),
    number: z.string().meta({ description: 'Without gaps, in a sequence of its own' }),
    userId: z.uuid(),
    invoiceId: z.uuid(),
    invoiceNumber: z.string(),
    paymentId: z.uuid(),
    reason: creditReason,
    amount: decimalText.meta({ description: 'Below nothing for a correction' }),
    currency: z.string().regex(/^[A-Z]{3}$/),
    issuedAt: timestamp,
  }),
  example: {
    creditNoteId: '01963a5e-0000-7000-8000-000000000010',
    number: 'CN-2025-000001',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    invoiceId: '01963a5e-0000-7000-8000-00000000000f',
    invoiceNumber: '2025-000001',
    paymentId: '01963a5e-0000-7000-8000-00000000000d',
    reason: 'refund',
    amount: '99.00',
    currency: 'USD',
    issuedAt: '2025-07-22T12:00:00.000Z',
  },
})
