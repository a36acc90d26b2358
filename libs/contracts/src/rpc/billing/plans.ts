/** Questions and commands about plans. Called by the gateway and `billing`. Must never carry what one user pays. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { nonNegativeDecimalText, offerName, trialDays } from './words.ts'

const planSettings = {
  name: offerName.meta({ description: 'What users see' }),
  monthlyPrice: nonNegativeDecimalText
    .nullable()
    .meta({ description: 'In USD; null for a plan that is not sold by itself' }),
  maxBalance: positiveDecimalText.nullable().meta({ description: 'What one account may hold; null for any amount' }),
  maxApiKeys: z.int().min(0).max(10_000).meta({ description: 'Accounts that a user may connect' }),
  maxPositions: z
    .int()
    .min(0)
    .max(100_000)
    .nullable()
    .meta({ description: 'Positions under way on all accounts together; null for any number' }),
  private: z.boolean().meta({ description: 'Not shown to everyone' }),
  strategyAutomated: z
    .boolean()
    .meta({ description: 'False: alerts are not traded for its users; what is sent by hand passes' }),
  premium: z.boolean().meta({ description: 'Its users may ask the API more often' }),
  trialDays: trialDays.meta({ description: 'Days that a first subscription is served before it is paid' }),
}

export const planInput = z.strictObject({
  ...planSettings,
  monthlyPrice: planSettings.monthlyPrice.default(null),
  maxBalance: planSettings.maxBalance.default(null),
  maxPositions: planSettings.maxPositions.default(null),
  private: planSettings.private.default(true),
  strategyAutomated: planSettings.strategyAutomated.default(true),
  premium: planSettings.premium.default(false),
  trialDays: planSettings.trialDays.default(0),
  default: z.boolean().default(false).meta({ description: 'For everyone who has no other; at most one plan' }),
})
export const planChanges = z.strictObject(planSettings).partial()

export const plan = z
  .strictObject({
    id: z.uuid(),
    ...planSettings,
    default: z.boolean(),
    stripePriceId: z
      .string()
      .nullable()
      .meta({ description: "Of its monthly price in Stripe's catalogue; null while it does not stand there" }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Plan' })

export const listPlans = defineRpc({
  name: 'billing.plans.list',
  description: 'Plans, cheapest first; private ones for operators only.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(plan) }),
})

export const createPlan = defineRpc({
  name: 'billing.plans.create',
  description: 'Adds a plan.',
  request: z.strictObject({ caller, plan: planInput }),
  reply: plan,
})

export const updatePlan = defineRpc({
  name: 'billing.plans.update',
  description: 'Changes a plan for everyone who has it.',
  request: z.strictObject({ caller, planId: z.uuid(), changes: planChanges }),
  reply: plan,
})

export const removePlan = defineRpc({
  name: 'billing.plans.remove',
  description: 'Takes a plan off the list; who has it keeps it, and its subscriptions go on.',
  request: z.strictObject({ caller, planId: z.uuid() }),
  reply: plan,
})
