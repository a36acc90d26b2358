/**
 * Questions that `reporting` answers: trades and performance from its ledger.
 * Called by the gateway. Must never show a number that the ledger cannot explain.
 */
import { z } from 'zod'
import { decimalText, pageOf, pageQuery, side, symbol, timestamp, venue } from '../common.ts'
import { caller } from '../caller.ts'
import { defineRpc } from '../define-rpc.ts'

export const tradeState = z.enum(['open', 'closed'])

export const trade = z
  .strictObject({
    id: z.uuid(),
    signalId: z.uuid(),
    strategyId: z.uuid(),
    followId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    venue,
    symbol,
    side,
    state: tradeState,
    quantity: decimalText,
    openPrice: decimalText,
    stopLoss: decimalText.nullable(),
    takeProfits: z.array(decimalText),
    openedAt: timestamp,
    /** From the first fill to the moment the whole filled quantity was protected. */
    unprotectedMs: z.int().nullable(),
    closePrice: decimalText.nullable(),
    closedAt: timestamp.nullable(),
    reason: z.string().nullable(),
    /** After fees, in quote currency; null while open. */
    realizedPnl: decimalText.nullable(),
    fees: decimalText.nullable(),
  })
  .meta({ id: 'Trade' })

/** What trades of a group are narrowed to; all given must hold. */
export const tradeFilter = {
  strategyId: z.uuid().optional(),
  followId: z.uuid().optional(),
  accountId: z.uuid().optional(),
}

export const listTrades = defineRpc({
  name: 'reporting.trades.list',
  description: 'Trades, newest first.',
  request: z.strictObject({ caller, page: pageQuery, state: tradeState.optional(), ...tradeFilter }),
  reply: pageOf(trade),
})

export const getTrade = defineRpc({
  name: 'reporting.trades.get',
  description: 'One trade.',
  request: z.strictObject({ caller, tradeId: z.uuid() }),
  reply: trade,
})

export const performance = z
  .strictObject({
    tradesOpen: z.int(),
    tradesClosed: z.int(),
    wins: z.int(),
    losses: z.int(),
    /** Wins per hundred closed trades; null before the first. */
    winRatePercent: decimalText.nullable(),
    /** Sum of closed trades after fees, in quote currency. */
    realizedPnl: decimalText,
    fees: decimalText,
    grossProfit: decimalText,
    grossLoss: decimalText,
    /** Gross profit over gross loss; null without a loss. */
    profitFactor: decimalText.nullable(),
    /** Deepest fall of the running sum of profit and loss below its highest point so far, in quote currency. */
    maximumDrawdown: decimalText,
    bestTrade: decimalText.nullable(),
    worstTrade: decimalText.nullable(),
  })
  .meta({ id: 'Performance' })

export const getPerformance = defineRpc({
  name: 'reporting.performance.get',
  description: 'Performance of the trades that fit the filter, computed from the ledger.',
  request: z.strictObject({ caller, ...tradeFilter }),
  reply: performance,
})

export const followerPerformance = z
  .strictObject({
    followId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    tradesClosed: z.int(),
    realizedPnl: decimalText,
    fees: decimalText,
  })
  .meta({ id: 'FollowerPerformance' })

export const listFollowerPerformance = defineRpc({
  name: 'reporting.followers.list',
  description: 'Profit and loss of each follower of a strategy, by follow.',
  request: z.strictObject({ caller, page: pageQuery, strategyId: z.uuid() }),
  reply: pageOf(followerPerformance),
})
