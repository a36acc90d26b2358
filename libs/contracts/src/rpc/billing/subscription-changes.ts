/**
 * Questions and commands about changing what a running subscription is for: another plan, another billing cycle.
 * Answered by `billing`, called by the gateway. Must never charge anything that was not shown before.
 */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { paymentIntent } from './payments.ts'
import { billingCurrency, billingCycle, providerDeadlineMs, requestId, subscriptionSubject } from './words.ts'

export const changeWish = z.strictObject({
  planId: z.uuid().optional().meta({ description: 'Another plan; left out where only the cycle changes' }),
  cycle: billingCycle.optional().meta({ description: 'Another cycle; left out where only the plan changes' }),
})

/** `now`: when it is paid. `period-end`: when what is paid is over. */
export const changeTiming = z.enum(['now', 'period-end'])

const pricedChange = {
  subscriptionId: z.uuid(),
  timing: changeTiming,
  effectiveAt: timestamp,
  subject: subscriptionSubject.extend({ name: z.string() }),
  cycle: billingCycle,
  currency: billingCurrency,
  amount: positiveDecimalText.meta({ description: 'Of a period from then on' }),
  lines: z
    .array(z.strictObject({ description: z.string(), amount: decimalText }))
    .meta({ description: 'What is charged now, line by line: the rest of the new, less the rest of the old' }),
  dueNow: decimalText,
  pricedAt: timestamp.meta({ description: 'The moment for which the lines hold' }),
  nextPaymentAt: timestamp.meta({ description: 'When a whole period is charged next' }),
}

export const changePreview = z.strictObject(pricedChange).meta({ id: 'SubscriptionChangePreview' })

export const subscriptionChange = z
  .strictObject({
    ...pricedChange,
    id: z.uuid(),
    state: z.enum(['open', 'scheduled', 'paid', 'done', 'dropped']).meta({
      description:
        '`open`: waits for its payment, or for the provider. `paid`: in force; the provider is still to be told.',
    }),
    payment: paymentIntent.nullable().meta({ description: 'How to pay what is due now; null where nothing is' }),
  })
  .meta({ id: 'SubscriptionChange' })
export type SubscriptionChangeReply = z.output<typeof subscriptionChange>

const ofSubscription = { caller, subscriptionId: z.uuid() }

export const previewChange = defineRpc({
  name: 'billing.subscriptions.preview-change',
  description: 'What a change of plan or cycle would charge, and when. Nothing is changed by asking.',
  request: z.strictObject({ ...ofSubscription, wish: changeWish }),
  reply: changePreview,
  deadlineMs: providerDeadlineMs,
})

export const changeSubscription = defineRpc({
  name: 'billing.subscriptions.change',
  description: 'Changes the plan or the cycle: at once when the difference is paid, or when what is paid is over.',
  request: z.strictObject({
    ...ofSubscription,
    wish: changeWish,
    pricedAt: timestamp
      .optional()
      .meta({ description: 'As the preview said: then exactly its lines are charged. It holds for some minutes.' }),
    requestId,
  }),
  reply: subscriptionChange,
  deadlineMs: providerDeadlineMs,
})

export const getChange = defineRpc({
  name: 'billing.subscriptions.get-change',
  description: 'The latest change of a subscription.',
  request: z.strictObject(ofSubscription),
  reply: subscriptionChange,
})

export const takeBackChange = defineRpc({
  name: 'billing.subscriptions.take-back-change',
  description: 'Takes back a change that is not in force yet.',
  request: z.strictObject(ofSubscription),
  reply: subscriptionChange,
  deadlineMs: providerDeadlineMs,
})
