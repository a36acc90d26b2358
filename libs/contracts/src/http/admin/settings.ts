/**
 * Risk profiles and the plans that are sold, in the words of the admin surface.
 * Called by the surface's list of routes. Must never hold behaviour.
 */
import { z } from 'zod'
import { positiveDecimalText, timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import { createPlan, listPlans, planChanges, planInput, updatePlan } from '../../rpc/billing/plans.ts'
import * as signals from '../../rpc/signals.ts'
import { adminPrefix, adminRoute, idOf, numberOf, numberOrNull, shownNumber } from './words.ts'

const profiles = `${adminPrefix}/setting/strategy/profile`
const plans = `${adminPrefix}/subscription`

const shownProfile = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    percentage: shownNumber.meta({ description: 'Of the balance, lost when the stop of a trade is reached' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'AdminRiskProfile' })

function toProfile(profile: ReplyOf<typeof signals.createRiskProfile>): z.output<typeof shownProfile> {
  const { id, name, riskPercent, createdAt, updatedAt } = profile
  return { id, name, percentage: numberOf(riskPercent), createdAt, updatedAt }
}

const asText = z.union([z.number(), z.string().max(40)], { error: 'must be greater than 0' }).transform(String)
const percent = asText.pipe(signals.riskPercent)
const balance = asText.pipe(positiveDecimalText)
/** The document's table says `percentage` and its examples `percent`: both are understood. */
const percentFields = { percent: percent.optional(), percentage: percent.optional() }

function percentOf(body: { readonly percent?: string | undefined; readonly percentage?: string | undefined }): string {
  return body.percentage ?? body.percent ?? ''
}

function hasPercent(body: {
  readonly percent?: string | undefined
  readonly percentage?: string | undefined
}): boolean {
  return percentOf(body) !== ''
}

const percentMissing = { error: 'must be greater than 0', path: ['percentage'] }

const profileRoutes = [
  defineRoute({
    operation: 'adminListRiskProfiles',
    ...adminRoute,
    method: 'GET',
    path: `${profiles}/list`,
    summary: 'List strategy risk profiles',
    rpc: signals.listRiskProfiles,
    toRequest: ({ caller }) => ({ caller }),
    reply: z.strictObject({ items: z.array(shownProfile) }).meta({ id: 'AdminRiskProfiles' }),
    toReply: ({ items }) => ({ items: items.map(toProfile) }),
  }),
  defineRoute({
    operation: 'adminCreateRiskProfile',
    ...adminRoute,
    method: 'POST',
    path: profiles,
    summary: 'Create a strategy risk profile',
    body: z
      .strictObject({ name: signals.riskProfileName, ...percentFields })
      .refine(hasPercent, percentMissing)
      .meta({ id: 'AdminNewRiskProfile' }),
    example: { body: { name: 'CONSERVATIVE', percentage: 1.5 } },
    rpc: signals.createRiskProfile,
    toRequest: ({ caller, body }) => ({ caller, profile: { name: body.name, riskPercent: percentOf(body) } }),
    reply: shownProfile,
    toReply: toProfile,
  }),
  defineRoute({
    operation: 'adminUpdateRiskProfile',
    ...adminRoute,
    method: 'PUT',
    path: `${profiles}/{strategyProfileId}`,
    summary: "Change a risk profile's percentage",
    params: z.strictObject({ strategyProfileId: idOf('Risk profile') }),
    body: z.strictObject(percentFields).refine(hasPercent, percentMissing).meta({ id: 'AdminRiskProfileChanges' }),
    example: { body: { percentage: 1.7 } },
    rpc: signals.updateRiskProfile,
    toRequest: ({ caller, params, body }) => {
      return { caller, riskProfileId: params.strategyProfileId, changes: { riskPercent: percentOf(body) } }
    },
    reply: shownProfile,
    toReply: toProfile,
  }),
] as const

const shownPlan = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    stripePriceId: z
      .string()
      .nullable()
      .meta({ description: 'Null while the plan does not stand in the catalogue of Stripe' }),
    monthlyPriceUSD: shownNumber.nullable().meta({ description: 'Null for a plan that is not sold by itself' }),
    maxBalanceUSD: shownNumber.nullable().meta({ description: 'What one account may hold; null for any amount' }),
    maxApiKey: z.int().meta({ description: 'Accounts that a user may connect' }),
    private: z.boolean().meta({ description: 'Not shown to everyone' }),
    default: z.boolean().meta({ description: 'For everyone who has no other; at most one plan' }),
    strategyAutomated: z
      .boolean()
      .meta({ description: 'False: alerts are not traded for its users; what is sent by hand passes' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'AdminSubscription' })

function toPlan(plan: ReplyOf<typeof createPlan>): z.output<typeof shownPlan> {
  const { id, name, strategyAutomated, createdAt, updatedAt } = plan
  return {
    id,
    name,
    stripePriceId: plan.stripePriceId,
    monthlyPriceUSD: numberOrNull(plan.monthlyPrice),
    maxBalanceUSD: numberOrNull(plan.maxBalance),
    maxApiKey: plan.maxApiKeys,
    private: plan.private,
    default: plan.default,
    strategyAutomated,
    createdAt,
    updatedAt,
  }
}

const input = planInput.shape
const changes = planChanges.shape
const keyCount = z.coerce.number().int().min(0)
/** None is taken: prices stand here, and their catalogue at Stripe follows. In the document's words for one that is not found. */
const stripePriceId = z
  .string()
  .refine(() => false, { error: 'price id does not exist' })
  .optional()
/** In the document's words. */
const defaultTaken = { value: true, msg: 'default already exist', param: 'default', location: 'body' } as const

const planRoutes = [
  defineRoute({
    operation: 'adminListSubscriptions',
    ...adminRoute,
    method: 'GET',
    path: `${plans}/list`,
    summary: 'List the plans that users can subscribe to',
    rpc: listPlans,
    toRequest: ({ caller }) => ({ caller }),
    reply: z.strictObject({ items: z.array(shownPlan) }).meta({ id: 'AdminSubscriptions' }),
    toReply: ({ items }) => ({ items: items.map(toPlan) }),
  }),
  defineRoute({
    operation: 'adminCreateSubscription',
    ...adminRoute,
    method: 'POST',
    path: plans,
    summary: 'Add a plan',
    refusals: { PLAN_DEFAULT_EXISTS: { status: 422, body: { errors: [defaultTaken] } } },
    body: z
      .strictObject({
        name: input.name,
        monthlyPriceUSD: asText.pipe(input.monthlyPrice.unwrap().unwrap()),
        maxBalanceUSD: balance,
        maxApiKey: keyCount,
        private: z.boolean().default(true),
        strategyAutomated: z.boolean().default(true),
        default: z.boolean().default(false),
        stripePriceId,
      })
      .meta({ id: 'AdminNewSubscription' }),
    example: { body: { name: 'ENTERPRISE 500', monthlyPriceUSD: 500, maxBalanceUSD: 500_000, maxApiKey: 50 } },
    rpc: createPlan,
    toRequest: ({ caller, body: { monthlyPriceUSD, maxBalanceUSD, maxApiKey, stripePriceId: _, ...rest } }) => {
      const amounts = { monthlyPrice: monthlyPriceUSD, maxBalance: maxBalanceUSD, maxApiKeys: maxApiKey }
      return { caller, plan: { ...rest, ...amounts } }
    },
    reply: shownPlan,
    toReply: toPlan,
  }),
  defineRoute({
    operation: 'adminUpdateSubscription',
    ...adminRoute,
    method: 'PUT',
    path: `${plans}/{subscriptionId}`,
    summary: 'Change a plan for everyone who has it',
    refusals: { PLAN_NOT_FOUND: { status: 404, body: { message: 'route not found' } } },
    params: z.strictObject({ subscriptionId: idOf('Plan') }),
    body: z
      .strictObject({
        name: changes.name,
        maxBalanceUSD: balance.optional(),
        maxApiKey: keyCount.optional(),
        private: z.boolean().optional(),
        strategyAutomated: z.boolean().optional(),
        stripePriceId,
      })
      .meta({ id: 'AdminSubscriptionChanges' }),
    example: { body: { maxBalanceUSD: 12_345, maxApiKey: 10 } },
    rpc: updatePlan,
    toRequest: ({ caller, params, body: { maxBalanceUSD, maxApiKey, stripePriceId: _, ...rest } }) => ({
      caller,
      planId: params.subscriptionId,
      changes: { ...rest, maxBalance: maxBalanceUSD, maxApiKeys: maxApiKey },
    }),
    reply: shownPlan,
    toReply: toPlan,
  }),
] as const

export const adminSettingRoutes = [...profileRoutes, ...planRoutes] as const
