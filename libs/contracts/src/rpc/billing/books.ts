/** The question for the books in double entry. Called by the gateway and `billing`. Must never carry what changes them. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { billingCurrency } from './words.ts'

export const listBalances = defineRpc({
  name: 'billing.books.balances',
  description: 'The balance of every account of the books. Debits are positive; all of a currency sum to zero.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({
    items: z.array(z.strictObject({ account: z.string(), currency: billingCurrency, balance: decimalText })),
    imbalance: z
      .string()
      .meta({ description: 'The sum over all lines that were ever written: anything but 0 is a mistake' }),
  }),
})
