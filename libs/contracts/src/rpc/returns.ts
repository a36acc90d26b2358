/**
 * Questions that `reporting` answers about returns: the strategies that can be followed, with what they brought.
 * Called by the gateway. Must never show how large a follower's account is to anybody else; docs/performance.md defines every figure.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { decimalText, symbol, timestamp, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'

export const riskLevel = z.enum(['low', 'medium', 'high'])
export const assetClass = z.enum(['forex', 'crypto', 'stocks'])
export type AssetClass = z.output<typeof assetClass>

const figures = {
  trades: z.int().meta({ description: 'Signals of which trades were closed' }),
  totalReturnPercent: decimalText,
  monthlyReturnPercent: decimalText,
  winRatePercent: decimalText.nullable(),
  maximumDrawdownPercent: decimalText,
  profitFactor: decimalText.nullable(),
  riskLevel: riskLevel.nullable(),
  lastTradeAt: timestamp.nullable(),
}

export const listedStrategy = z.strictObject({
  strategyId: z.uuid(),
  name: z.string(),
  venue,
  symbol,
  asset: assetClass,
  active: z.boolean(),
  ...figures,
})
export type ListedStrategy = z.output<typeof listedStrategy>

export const strategiesPageMax = 10_000
export const strategiesPerPageMax = 100

export const listListedStrategies = defineRpc({
  name: 'reporting.strategies.list',
  description: 'Active strategies with their returns, best month first, by numbered pages.',
  request: z.strictObject({
    caller,
    riskLevel: riskLevel.optional(),
    monthlyReturnPercentMin: decimalText.optional(),
    asset: assetClass.optional(),
    page: z.int().min(1).max(strategiesPageMax),
    perPage: z.int().min(1).max(strategiesPerPageMax),
  }),
  reply: z.strictObject({ items: z.array(listedStrategy), count: z.int() }),
})

export const getListedStrategy = defineRpc({
  name: 'reporting.strategies.get',
  description: 'One strategy with its returns.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: listedStrategy,
})

const withCurve = {
  ...figures,
  curve: z.array(z.strictObject({ date: z.iso.date(), equity: decimalText })),
}

/** `agrees`: monthly return and drawdown differ by no more than the installation allows. */
export const verdict = z.enum(['agrees', 'differs', 'nothing-to-compare', 'not-found'])
export type Verdict = z.output<typeof verdict>

/** What MyFxBook shows of the account that a strategy names, in per cent where it is one. */
export const outsideFigures = z.strictObject({
  totalReturnPercent: decimalText,
  monthlyReturnPercent: decimalText,
  maximumDrawdownPercent: decimalText,
  profitFactor: decimalText.nullable(),
})
export type OutsideFigures = z.output<typeof outsideFigures>

export const verification = z.strictObject({
  verdict,
  checkedAt: timestamp,
  figures: outsideFigures.nullable().meta({ description: 'Null where there is no such account' }),
})
export type Verification = z.output<typeof verification>

export const getStrategyReturns = defineRpc({
  name: 'reporting.strategies.returns',
  description: 'The returns of a strategy over all its followers, with the equity curve.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: z.strictObject({
    strategyId: z.uuid(),
    ...withCurve,
    myfxbook: z
      .strictObject({
        url: z.string(),
        verification: verification.nullable().meta({ description: 'Null as long as nobody has looked' }),
      })
      .nullable()
      .meta({ description: 'Null where the strategy has no link' }),
  }),
})

export const getFollowReturns = defineRpc({
  name: 'reporting.follows.returns',
  description: 'The returns of one follow, with the equity curve. Nothing for the follow of somebody else.',
  request: z.strictObject({ caller, followId: z.uuid() }),
  reply: z.strictObject({ followId: z.uuid(), ...withCurve }),
})
