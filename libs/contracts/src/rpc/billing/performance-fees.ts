/**
 * Questions and commands about performance fees: what the owner of a strategy asks for, what followers owe and why.
 * Answered by `billing`, called by the gateway. Must never show one follower's trades to another user.
 */
import { isDecimalText } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { decimalText, pageOf, pageQuery, symbol, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { paymentIntent } from './payments.ts'
import { billingCurrency, billingCycle, paymentProvider, providerDeadlineMs } from './words.ts'

const percentMax = 50
const feePercent = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,4})?$/, { error: 'must be a percentage such as "20" or "12.5"' })
  .refine((text) => isDecimalText(text) && Number(text) <= percentMax, { error: `must be at most ${percentMax}` })
  .meta({ examples: ['20'] })

export const performanceFeeTerms = z
  .strictObject({
    percent: feePercent.meta({
      description:
        'Of new profit; "0" for none. A lower one holds for everyone, a higher one for those who follow from now on.',
    }),
    cycle: billingCycle.meta({ description: 'The fee is worked out at the end of each month, quarter or year of UTC' }),
  })
  .meta({ id: 'PerformanceFeeTerms' })

export const setPerformanceFee = defineRpc({
  name: 'billing.performance-fees.set',
  description: 'Says what part of new profit the followers of a strategy pay.',
  request: z.strictObject({ caller, strategyId: z.uuid(), terms: performanceFeeTerms }),
  reply: performanceFeeTerms,
})

export const getPerformanceFee = defineRpc({
  name: 'billing.performance-fees.terms',
  description: 'What part of new profit the followers of a strategy pay who follow from now on.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: performanceFeeTerms,
})

const fee = {
  id: z.uuid(),
  userId: z.uuid(),
  strategyId: z.uuid(),
  strategyName: z.string(),
  periodStart: timestamp,
  periodEnd: timestamp,
  percent: decimalText,
  chargeable: decimalText.meta({
    description: 'What of the profit was new, in the currency in which the strategy trades',
  }),
  ledgerCurrency: z.string(),
  fee: decimalText.meta({ description: 'Of the fee, before the tax that may come on top' }),
  amount: decimalText.meta({ description: 'What is to be paid' }),
  currency: billingCurrency,
  status: z
    .enum(['nothing-due', 'open', 'paid'])
    .meta({ description: '`nothing-due`: no new profit, or so little that it is counted again with the next' }),
  closedAt: timestamp,
}

export const performanceFee = z
  .strictObject({
    ...fee,
    result: decimalText.meta({ description: 'What the trades of this period came to, after costs' }),
    profitBefore: decimalText,
    profitAfter: decimalText,
    highWaterBefore: decimalText.meta({ description: 'The highest profit that counts as charged for' }),
    highWaterAfter: decimalText,
    rate: decimalText.meta({ description: "What one unit of the ledger's currency was worth in that of the fee" }),
    invoiceId: z.uuid().nullable(),
  })
  .meta({ id: 'PerformanceFee' })
export type PerformanceFeeReply = z.output<typeof performanceFee>

export const performanceFeeLine = z.strictObject({
  tradeId: z.uuid(),
  followId: z.uuid(),
  symbol,
  realizedPnl: decimalText,
  closedAt: timestamp,
})

export const listPerformanceFees = defineRpc({
  name: 'billing.performance-fees.list',
  description: 'What followers owe for new profit, newest first; one for each period in which trades were closed.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
  }),
  reply: pageOf(performanceFee),
})

export const getPerformanceFeeLines = defineRpc({
  name: 'billing.performance-fees.get',
  description: 'One performance fee with every trade that was counted, in the order in which they were closed.',
  request: z.strictObject({ caller, feeId: z.uuid() }),
  reply: performanceFee.extend({ lines: z.array(performanceFeeLine) }).meta({ id: 'ExplainedPerformanceFee' }),
})

export const payPerformanceFee = defineRpc({
  name: 'billing.performance-fees.pay',
  description: 'Opens a checkout for a performance fee; asked again with the same provider, the answer is the same.',
  request: z.strictObject({
    caller,
    feeId: z.uuid(),
    provider: paymentProvider.meta({ description: 'Who takes the payment' }),
  }),
  reply: paymentIntent,
  deadlineMs: providerDeadlineMs,
})

export const earnedFee = z
  .strictObject({
    ...fee,
    share: decimalText.meta({ description: "What of it is the owner's, once it is paid" }),
  })
  .meta({ id: 'EarnedPerformanceFee' })
export type EarnedFeeReply = z.output<typeof earnedFee>

export const listEarnedFees = defineRpc({
  name: 'billing.performance-fees.earned',
  description: 'Performance fees of the followers of a strategy, newest first, with the part that its owner gets.',
  request: z.strictObject({ caller, strategyId: z.uuid(), page: pageQuery }),
  reply: pageOf(earnedFee),
})
