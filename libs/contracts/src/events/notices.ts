/**
 * News in words for people: what `billing` and `brokers` raise and what `reporting` sums up. Called by webhooks, which sends them on.
 * Must never carry a means of payment, a key or a figure that its service cannot explain.
 */
import { z } from 'zod'
import { decimalText, timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'

const userId = z.uuid().meta({ description: 'Whom it is about' })
const words = { title: z.string().min(1).max(120), text: z.string().min(1).max(2_000) }

/** Near-max-balance is subject to the platform's notification settings; the others are always sent. */
export const noticeKind = z.enum([
  'near-max-balance',
  'payment-due',
  'payment-failing',
  'service-ending',
  'paid-in-vain',
  'change-dropped',
  'key-ending',
])
export const noticeAudience = z.enum(['user', 'operators'])

export const noticeRaised = defineEvent({
  name: 'notice.raised',
  version: 1,
  owner: 'billing',
  description:
    'Something that a user, or the operators about a user, should know and act on. Of keys that end, `brokers` raises it.',
  data: z.strictObject({
    userId,
    kind: noticeKind,
    audience: z.array(noticeAudience).min(1).meta({ description: 'Whom it is for, before the settings; at least one' }),
    ...words,
    accountId: z.uuid().nullable().meta({ description: 'The account that it is about; null for none' }),
    raisedAt: timestamp,
  }),
  example: {
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    kind: 'near-max-balance',
    audience: ['user', 'operators'],
    title: 'Your account is near the limit of your plan',
    text: 'It holds 14,200 USDT; your plan PROFESSIONAL allows 15,000. Above that no new trades are opened.',
    accountId: '46a19fb1-4e90-4736-b820-257c947fd694',
    raisedAt: '2022-10-22T00:03:17.820Z',
  },
})

export const reportPeriod = z.enum(['weekly', 'monthly'])

export const reportMade = defineEvent({
  name: 'report.made',
  version: 1,
  owner: 'reporting',
  description: 'What the trades of a user that were closed within a week or a month came to.',
  data: z.strictObject({
    userId,
    period: reportPeriod,
    from: timestamp,
    until: timestamp.meta({ description: 'The first moment that does not belong to it' }),
    tradesClosed: z.int().positive(),
    results: z
      .array(z.strictObject({ currency: z.string(), realizedPnl: decimalText, fees: decimalText }))
      .meta({ description: 'By currency; profit after fees' }),
    ...words,
    madeAt: timestamp,
  }),
  example: {
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    period: 'weekly',
    from: '2022-10-10T00:00:00.000Z',
    until: '2022-10-17T00:00:00.000Z',
    tradesClosed: 12,
    results: [{ currency: 'USDT', realizedPnl: '181.25', fees: '6.4' }],
    title: 'Your week: 12 trades closed',
    text: '12 trades were closed from 2022-10-10 to 2022-10-16: 181.25 USDT after fees of 6.4 USDT.',
    madeAt: '2022-10-17T00:05:00.000Z',
  },
})

export const noticeEvents = [noticeRaised, reportMade] as const
