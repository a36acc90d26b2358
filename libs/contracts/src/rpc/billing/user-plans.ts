/** Which plans users have: a question that `billing` answers. Called by the gateway. Must never say what they paid. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { plan } from './plans.ts'

/** Users whose plans are asked for in one call. */
export const plansPerCallMax = 1_000

export const findUserPlans = defineRpc({
  name: 'billing.plans.of-users',
  description: 'The plan that each of these users has, for operators; who has none is left out.',
  request: z.strictObject({ caller, userIds: z.array(z.uuid()).max(plansPerCallMax) }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        userId: z.uuid(),
        plan,
        servedUntil: timestamp
          .nullable()
          .meta({ description: 'Null for the plan of everyone who has no other: it has no end' }),
        changedAt: timestamp.meta({
          description: 'When the user began with it, or when it was changed itself, whichever came later',
        }),
      }),
    ),
  }),
})
