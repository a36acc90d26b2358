/** What was stored of each send, before and after it. Answered by `brokers`. Called by `orders` for the explain trace. */
import { z } from 'zod'
import { decimalText, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'

export const intentsPerCallMax = 100

export const attempt = z.strictObject({
  intentId: z.uuid(),
  bracketId: z.uuid(),
  accountId: z.uuid(),
  venue,
  symbol,
  purpose: z.string(),
  side,
  state: z.enum(['queued', 'submitting', 'unknown', 'accepted', 'filled', 'cancelled', 'rejected']),
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  revision: z.int(),
  submissions: z
    .int()
    .meta({ description: 'How often it was sent; more than once only after the venue had proved the first absent' }),
  filledQuantity: decimalText,
  averagePrice: positiveDecimalText.nullable(),
  fee: decimalText,
  feeCurrency: z.string().nullable(),
  reason: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  receivedAt: timestamp,
  sentAt: timestamp.nullable(),
  answeredAt: timestamp.nullable(),
  updatedAt: timestamp,
})

export type AttemptReply = z.output<typeof attempt>

export const listAttempts = defineRpc({
  name: 'brokers.attempts.list',
  description: 'What was done for each of these intents; for the explain trace, asked by services only.',
  request: z.strictObject({ intentIds: z.array(z.uuid()).min(1).max(intentsPerCallMax) }),
  reply: z.strictObject({ items: z.array(attempt) }),
})
