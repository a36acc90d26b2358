/** What the payment providers can do. Answered by `billing`, called by the gateway. Must never carry a key. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { defineRpc } from '../../define-rpc.ts'
import { billingCurrency, checkoutKind, paymentProvider } from './words.ts'

export const listProviders = defineRpc({
  name: 'billing.providers.list',
  description: 'The payment providers that are switched on, and what each can do.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        provider: paymentProvider,
        currencies: z.array(billingCurrency),
        renewals: z.enum(['provider', 'link']).meta({ description: 'Who sees to it that the next period is paid' }),
        refunds: z.enum(['partial', 'none']),
        upgrades: z.enum(['provider', 'payment']).meta({
          description:
            'Who charges the difference of a change that is in force at once; `payment`: the payer, like anything else',
        }),
        changesCycle: z
          .boolean()
          .meta({ description: 'Whether the billing cycle of a running subscription can be changed' }),
        checkouts: z.array(checkoutKind).meta({ description: 'How its payers may pay; the usual way first' }),
      }),
    ),
  }),
})
