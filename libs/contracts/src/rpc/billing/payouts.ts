/**
 * Questions and commands about what the owners of strategies have earned: what is owed, what is paid out, statements.
 * Answered by `billing`, called by the gateway. Must never carry where the money is sent to: that is the operator's affair.
 */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, pageOf, pageQuery, positiveDecimalText, timestamp } from '../../common.ts'
import { fileReply } from '../../define-route.ts'
import { defineRpc } from '../../define-rpc.ts'
import { billingCurrency } from './words.ts'

export const owedBalance = z
  .strictObject({
    ownerId: z.uuid(),
    currency: billingCurrency,
    owed: decimalText.meta({ description: 'All that is owed now; below nothing after a refund of what was paid out' }),
    payable: decimalText.meta({ description: 'What of it is old enough to be paid out' }),
    underWay: decimalText.meta({ description: 'In a payout that is under way' }),
    pending: decimalText.meta({ description: 'Of performance fees that are not paid yet' }),
  })
  .meta({ id: 'OwedBalance' })

export const listOwed = defineRpc({
  name: 'billing.payouts.owed',
  description: 'What is owed to the owners of strategies, by currency; operators see all, owners their own.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(owedBalance) }),
})

export const payoutState = z.enum(['created', 'paid', 'returned'])

export const payout = z
  .strictObject({
    id: z.uuid(),
    ownerId: z.uuid(),
    amount: positiveDecimalText,
    currency: billingCurrency,
    state: payoutState,
    reference: z.string().nullable().meta({ description: 'Of the transfer, once it is made' }),
    createdAt: timestamp,
    settledAt: timestamp.nullable(),
  })
  .meta({ id: 'Payout' })
export type PayoutReply = z.output<typeof payout>

export const runPayouts = defineRpc({
  name: 'billing.payouts.run',
  description:
    'Creates a payout for every owner and currency of which enough is payable. What is in a payout is owed no longer, ' +
    'so running it again creates nothing twice.',
  request: z.strictObject({
    caller,
    ownerId: z.uuid().optional().meta({ description: 'Of this owner alone; all when left out' }),
    currency: billingCurrency.optional().meta({ description: 'In this currency alone; all when left out' }),
  }),
  reply: z.strictObject({ items: z.array(payout) }),
})

const reference = z.string().trim().min(1).max(140).meta({ description: 'Of the transfer' })

export const settlePayout = defineRpc({
  name: 'billing.payouts.settle',
  description: 'Says that the transfer of a payout was made, or that the money came back and is owed again.',
  request: z.strictObject({
    caller,
    payoutId: z.uuid(),
    state: z.enum(['paid', 'returned']).meta({ description: 'Whether the transfer was made, or the money came back' }),
    reference,
  }),
  reply: payout,
})

export const listPayouts = defineRpc({
  name: 'billing.payouts.list',
  description: 'Payouts, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(payout),
})

export const statementWindow = z.strictObject({
  currency: billingCurrency.meta({ description: 'Amounts of different currencies are never added up' }),
  from: timestamp.meta({ description: 'The first moment' }),
  before: timestamp.meta({ description: 'The moment after the last' }),
  ownerId: z.uuid().optional().meta({ description: 'Operators name whose; everyone else gets their own' }),
})

export const statement = z
  .strictObject({
    ownerId: z.uuid(),
    currency: billingCurrency,
    from: timestamp,
    before: timestamp,
    opening: decimalText,
    closing: decimalText,
    lines: z.array(
      z.strictObject({
        at: timestamp,
        kind: z.enum(['earned', 'refund', 'refund-undone', 'charged-back', 'dispute-won', 'payout', 'payout-returned']),
        description: z.string(),
        amount: decimalText.meta({ description: 'Below nothing for what goes off' }),
        balance: decimalText,
      }),
    ),
  })
  .meta({ id: 'OwnerStatement' })
export type StatementReply = z.output<typeof statement>

export const getStatement = defineRpc({
  name: 'billing.payouts.statement',
  description: 'Every movement of what is owed to an owner in one currency, with the balance after each.',
  request: z.strictObject({ caller, window: statementWindow }),
  reply: statement,
})

export const getStatementFile = defineRpc({
  name: 'billing.payouts.statement-file',
  description: 'The same as a table of comma-separated values.',
  request: z.strictObject({ caller, window: statementWindow }),
  reply: fileReply,
})
