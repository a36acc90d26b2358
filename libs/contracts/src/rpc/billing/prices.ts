/** Questions and commands about what strategies cost. Called by the gateway and `billing`. Must never carry a plan's price. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { positiveDecimalText } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { billingCurrency, billingCycle, trialDays } from './words.ts'

export const price = z.strictObject({
  currency: billingCurrency,
  cycle: billingCycle,
  amount: positiveDecimalText,
  trialDays: trialDays.default(0),
})
const pricesMax = 60

export const setStrategyPrices = defineRpc({
  name: 'billing.prices.set',
  description:
    'Says what a strategy costs its subscribers; replaces all its prices. Running subscriptions keep theirs.',
  request: z.strictObject({
    caller,
    strategyId: z.uuid(),
    prices: z.array(price).max(pricesMax).meta({ description: 'Replace all that it had; none makes it free' }),
  }),
  reply: z.strictObject({ items: z.array(price) }),
})

export const listStrategyPrices = defineRpc({
  name: 'billing.prices.list',
  description: 'What a strategy costs.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: z.strictObject({ items: z.array(price) }),
})
