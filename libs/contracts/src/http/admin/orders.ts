/**
 * The order operations of the admin surface: new orders for chosen followers, closing one, closing all.
 * Called by the surface's list of routes. Must never hold behaviour, nor a field that the document does not show without
 * saying so.
 */
import { z } from 'zod'
import { positiveDecimalText } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import * as orders from '../../rpc/orders.ts'
import * as signals from '../../rpc/signals.ts'
import { adminPrefix, adminRoute, idOf } from './words.ts'

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

const follower = z.strictObject({ strategyFollowId: idOf('Strategy follower') })

export const adminOrderRoutes = [
  defineRoute({
    operation: 'adminNewOrders',
    ...adminRoute,
    method: 'POST',
    path: `${adminPrefix}/strategy/follower/{strategyFollowId}`,
    summary: 'Send market orders, with stop and take profits, for chosen followers of a strategy',
    description:
      'The follower of the path says which strategy; all who are chosen must follow it. Each order is judged and sized as ' +
      'that of an alert. The same request again within a minute is answered like the first and does nothing.',
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
    idempotency: 'key',
    rpc: signals.orderFollows,
    toRequest: ({ caller, params, body, requestId }) => ({
      caller,
      requestId,
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
    ...adminRoute,
    method: 'DELETE',
    path: `${adminPrefix}/strategy/follower/{strategyFollowId}`,
    summary: "Close a follower's position by market and end its orders",
    scope: 'trade',
    params: follower,
    rpc: orders.closeFollow,
    toRequest: ({ caller, params }) => ({ caller, followId: params.strategyFollowId }),
  }),
  defineRoute({
    operation: 'adminCloseAllOrders',
    ...adminRoute,
    method: 'DELETE',
    path: `${adminPrefix}/strategy/follower/{strategyId}/all`,
    summary: 'Close the positions of all followers of a strategy by market and end their orders',
    scope: 'trade',
    params: z.strictObject({ strategyId: idOf('Strategy') }),
    rpc: orders.closeStrategy,
    toRequest: ({ caller, params }) => ({ caller, strategyId: params.strategyId }),
  }),
] as const
