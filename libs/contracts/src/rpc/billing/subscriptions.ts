/** Questions and commands about subscriptions. Called by the gateway and `billing`. Must never carry a card number. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { pageOf, pageQuery, positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { subscriptionStanding } from '../../events/billing.ts'
import { paymentIntent } from './payments.ts'
import {
  billingCurrency,
  billingCycle,
  checkoutKind,
  paymentProvider,
  providerDeadlineMs,
  requestId,
  subscriptionSubject,
} from './words.ts'

export const subscriptionInput = z.strictObject({
  subject: subscriptionSubject.meta({ description: 'The plan or strategy' }),
  provider: paymentProvider.meta({ description: 'Who takes the payments' }),
  currency: billingCurrency.meta({ description: 'One that it has a price in' }),
  cycle: billingCycle.meta({ description: 'How often it is paid' }),
  checkout: checkoutKind.optional(),
  requestId,
})

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
    standing: subscriptionStanding.meta({
      description:
        'past-due: paid time is over, and a payment is tried again. lapsed: nothing is given any more, but a late payment begins it anew.',
    }),
    paidThrough: timestamp.nullable().meta({ description: 'Null before the first payment' }),
    servedUntil: timestamp.nullable().meta({
      description:
        'Until when it gives what it promises: the days of grace after the paid time are in it; null before the first payment',
    }),
    endsAt: timestamp
      .nullable()
      .meta({ description: 'From when on it is over for good; null while nobody has ended it' }),
    begunAt: timestamp,
    trialEndsAt: timestamp.nullable().meta({ description: 'When the first payment is due; null without a trial' }),
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
