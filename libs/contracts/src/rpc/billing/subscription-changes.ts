/**
 * Questions and commands about changing what a running subscription is for: another plan, another billing cycle.
 * Answered by `billing`, called by the gateway. Must never charge anything that was not shown before.
 */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { paymentIntent } from './payments.ts'
import { billingCurrency, billingCycle, providerDeadlineMs, subscriptionSubject } from './words.ts'

export const changeWish = z.strictObject({
  /** Another plan; left out where only the cycle changes. */
  planId: z.uuid().optional(),
  cycle: billingCycle.optional(),
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
  /** Of a period from then on. */
  amount: positiveDecimalText,
  /** What is charged now, line by line: the rest of the new, less the rest of the old. */
  lines: z.array(z.strictObject({ description: z.string(), amount: decimalText })),
  dueNow: decimalText,
  /** The moment for which the lines hold. */
  pricedAt: timestamp,
  /** When a whole period is charged next. */
  nextPaymentAt: timestamp,
}

export const changePreview = z.strictObject(pricedChange).meta({ id: 'SubscriptionChangePreview' })

export const subscriptionChange = z
  .strictObject({
    ...pricedChange,
    id: z.uuid(),
    /** `open`: waits for its payment, or for the provider. `paid`: in force; the provider is still to be told. */
    state: z.enum(['open', 'scheduled', 'paid', 'done', 'dropped']),
    /** How to pay what is due now; null where nothing is. */
    payment: paymentIntent.nullable(),
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
    /** As the preview said: then exactly its lines are charged. It holds for some minutes. */
    pricedAt: timestamp.optional(),
    /** Asked again with the same one, the answer is the same and nothing is charged twice. */
    requestId: z.uuid().optional(),
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
