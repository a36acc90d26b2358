/**
 * Events of whoever sells plans. Called by orders, which obeys them; a system in which nobody sells any never sees one.
 * Must never carry a price or a means of payment.
 */
import { z } from 'zod'
import { positiveDecimalText, timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'

export const entitlementChanged = defineEvent({
  name: 'entitlement.changed',
  version: 1,
  owner: 'billing',
  delivery: 'batched',
  description: 'What the plan of a user allows, as a whole. A user of whom nothing was ever told has no limits.',
  data: z.strictObject({
    userId: z.uuid(),
    /** The name of the plan, as the user knows it. */
    plan: z.string().min(1).max(80),
    /** From this moment on no entries are allowed; null for no end. */
    endsAt: timestamp.nullable(),
    /** Positions and entries under way on all accounts of the user together; null for any number. */
    maxPositions: z.int().min(0).nullable(),
    /** What one account may hold, in the currency in which its balance is told; null for any amount. */
    maxBalance: positiveDecimalText.nullable(),
    /** Grows by one with each change; a lower one than already seen is old news. */
    revision: z.int().positive(),
  }),
  example: {
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    plan: 'STARTER',
    endsAt: '2022-10-09T00:00:00.000Z',
    maxPositions: 5,
    maxBalance: '15000',
    revision: 1,
  },
})

export const billingEvents = [entitlementChanged] as const
