/**
 * The order operations of the admin surface: paths, fields and refusals as its document has them.
 * Called by the gateway and the OpenAPI page. Must never hold behaviour, nor a field that the document does not show
 * without saying so.
 */
import { type ErrorKind, httpStatusOf } from '@tradewire/kernel/errors'
import { z } from 'zod'
import { positiveDecimalText } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as orders from '../rpc/orders.ts'
import * as signals from '../rpc/signals.ts'

export const adminPrefix = '/v1/admin'

/** The document's table: what is understood but cannot be done, is 422, whatever the reason. */
export function adminStatusOf(kind: ErrorKind): number {
  return kind === 'invalid' || kind === 'conflict' ? httpStatusOf.refused : httpStatusOf[kind]
}

/** A refusal that is not about fields. */
export const adminMessage = z.object({ message: z.string() }).meta({ id: 'AdminMessage' })
export const adminUnauthorized = z.object({ error: z.literal('unauthorized') }).meta({ id: 'AdminUnauthorized' })

/** What is wrong with one field, or, with `_error`, with several together. */
export const adminProblem = z.object({
  /** As it was sent; absent when nothing was. */
  value: z.unknown().optional(),
  msg: z.string(),
  param: z.string().meta({ examples: ['stopPrice'] }),
  location: z.enum(['body', 'params', 'query']),
})
export type AdminProblem = z.output<typeof adminProblem>
export const adminProblems = z.object({ errors: z.array(adminProblem) }).meta({ id: 'AdminProblems' })

const priceCharactersMax = 40
/** A number, or a number as text. */
const givenPrice = z
  .union([z.number(), z.string().max(priceCharactersMax)], { error: 'must be greater than 0' })
  .transform((given) => String(given).trim())
  .refine((text) => positiveDecimalText.safeParse(text).success, { error: 'must be greater than 0' })

const lowered = z.string().transform((text) => text.trim().toLowerCase())

const newOrders = z
  .strictObject({
    side: z
      .string({ error: 'must be supported trade side' })
      .pipe(lowered)
      .pipe(z.enum(['buy', 'sell'], { error: 'must be supported trade side' }))
      .meta({ description: 'BUY or SELL, in any case' }),
    stopType: z
      .string({ error: 'must be supported order type' })
      .pipe(lowered)
      .pipe(z.enum(['market', 'limit'], { error: 'must be supported order type' }))
      .meta({ description: 'MARKET or LIMIT, in any case' }),
    stopPrice: givenPrice,
    takeProfitPrices: z
      .array(givenPrice, { error: 'must include at least one takeProfit' })
      .min(1, { error: 'must include at least one takeProfit' })
      .max(signals.targetsMax, { error: `must include at most ${signals.targetsMax} takeProfits` }),
    strategyFollowIds: z
      .array(z.uuid({ error: 'must be UUID' }), { error: 'must be a list of UUIDs' })
      .min(1, { error: 'must include at least one strategy follower' })
      .max(signals.chosenFollowsMax, { error: `must include at most ${signals.chosenFollowsMax} strategy followers` })
      .optional()
      .meta({ description: 'Who gets the orders; absent: the follower of the path alone' }),
    orderPrice: givenPrice.optional().meta({
      description:
        "Not in the surface's document: the price that sizes are reckoned from. Absent, they are reckoned from the worst " +
        'price at which the nearest take profit still lies ahead, so that the risk asked for is never exceeded.',
    }),
  })
  .meta({ id: 'AdminNewOrders' })

const idOf = (what: string) => z.uuid({ error: 'must be UUID' }).meta({ description: what })
const follower = z.strictObject({ strategyFollowId: idOf('Strategy follower') })

export const adminRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'adminNewOrders',
    tag: 'Admin',
    form: 'admin',
    method: 'POST',
    path: `${adminPrefix}/strategy/follower/{strategyFollowId}`,
    summary: 'Send market orders, with stop and take profits, for chosen followers of a strategy',
    description:
      'The follower of the path says which strategy; all who are chosen must follow it. Each order is judged and sized as ' +
      'that of an alert. The same request again within a minute is answered like the first and does nothing.',
    access: ['operator'],
    scope: 'trade',
    params: follower,
    body: newOrders,
    example: {
      body: {
        side: 'BUY',
        stopType: 'MARKET',
        stopPrice: 19350,
        takeProfitPrices: [19500, 19550, 19600, 19650],
        strategyFollowIds: ['af42792c-b48e-4322-9716-07050cec48c8', '9bfa5701-735f-4836-876d-f489630c0acc'],
      },
    },
    rpc: signals.orderFollows,
    toRequest: ({ caller, params, body }) => ({
      caller,
      followId: params.strategyFollowId,
      followIds: body.strategyFollowIds ?? [params.strategyFollowId],
      order: {
        side: body.side,
        price: body.orderPrice ?? null,
        stop: { price: body.stopPrice, type: body.stopType },
        targets: body.takeProfitPrices,
      },
    }),
  }),
  defineRoute({
    operation: 'adminCloseOrder',
    tag: 'Admin',
    form: 'admin',
    method: 'DELETE',
    path: `${adminPrefix}/strategy/follower/{strategyFollowId}`,
    summary: "Close a follower's position by market and end its orders",
    access: ['operator'],
    scope: 'trade',
    params: follower,
    rpc: orders.closeFollow,
    toRequest: ({ caller, params }) => ({ caller, followId: params.strategyFollowId }),
  }),
  defineRoute({
    operation: 'adminCloseAllOrders',
    tag: 'Admin',
    form: 'admin',
    method: 'DELETE',
    path: `${adminPrefix}/strategy/follower/{strategyId}/all`,
    summary: 'Close the positions of all followers of a strategy by market and end their orders',
    access: ['operator'],
    scope: 'trade',
    params: z.strictObject({ strategyId: idOf('Strategy') }),
    rpc: orders.closeStrategy,
    toRequest: ({ caller, params }) => ({ caller, strategyId: params.strategyId }),
  }),
]
