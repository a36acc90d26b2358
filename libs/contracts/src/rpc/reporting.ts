/**
 * Questions that `reporting` answers: trades and performance from its ledger.
 * Called by the gateway. Must never show a number that the ledger cannot explain.
 */
import { z } from 'zod'
import { decimalText, pageLimitMax, pageOf, pageQuery, side, symbol, timestamp, venue } from '../common.ts'
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
    side: side.meta({ description: 'buy is long, sell is short' }),
    state: tradeState.meta({ description: 'open: something is held' }),
    quantity: decimalText.meta({ description: "In the venue's unit: coins, contracts or lots" }),
    openPrice: decimalText.meta({ description: 'On average' }),
    stopLoss: decimalText.nullable().meta({ description: 'Where its plan put the stop' }),
    takeProfits: z.array(decimalText).meta({ description: 'Where its plan put the targets, nearest first' }),
    openedAt: timestamp.meta({ description: 'Of its first fill' }),
    unprotectedMs: z
      .int()
      .nullable()
      .meta({ description: 'From the first fill to the moment the whole filled quantity was protected' }),
    closePrice: decimalText.nullable().meta({ description: 'On average; null while open' }),
    closedAt: timestamp.nullable().meta({ description: 'When the last of it was closed; null while open' }),
    reason: z.string().nullable().meta({ description: 'What ended it; null while open' }),
    realizedPnl: decimalText.nullable().meta({ description: 'After fees, in quote currency; null while open' }),
    fees: decimalText.nullable().meta({
      description:
        "Of entry and exits, in quote currency; those paid in another coin, such as the venue's own, are not counted. Null while open.",
    }),
  })
  .meta({ id: 'Trade' })

const currencyCharactersMax = 20
export const quoteCurrency = z
  .string()
  .min(1)
  .max(currencyCharactersMax)
  .describe('Only trades in this quote currency, such as USDT; that of the most closed trades when left out')

/** What trades of a group are narrowed to; all given must hold. */
export const tradeFilter = {
  strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
  followId: z.uuid().optional().meta({ description: 'Of this follow' }),
  accountId: z.uuid().optional().meta({ description: 'On this account' }),
}

export const listTrades = defineRpc({
  name: 'reporting.trades.list',
  description: 'Trades, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    state: tradeState.optional().meta({ description: 'Open or closed ones alone' }),
    ...tradeFilter,
  }),
  reply: pageOf(trade),
})

export const getTrade = defineRpc({
  name: 'reporting.trades.get',
  description: 'One trade.',
  request: z.strictObject({ caller, tradeId: z.uuid() }),
  reply: trade,
})

/** Amounts of different currencies are never added up. */
const oneCurrency = z
  .string()
  .nullable()
  .describe('Quote currency of these figures: the one asked for, else that of the most closed trades; null without any')

export const performance = z
  .strictObject({
    currency: oneCurrency,
    currencies: z.array(z.string()).describe('Of all closed trades that fit, that of the most first'),
    tradesOpen: z.int().meta({ description: 'Of which something is held' }),
    tradesClosed: z.int().meta({ description: 'All others' }),
    wins: z.int().meta({ description: 'Closed with a profit after fees' }),
    losses: z.int().meta({ description: 'Closed with a loss after fees' }),
    winRatePercent: decimalText
      .nullable()
      .meta({ description: 'Wins per hundred closed trades; null before the first' }),
    realizedPnl: decimalText.meta({ description: 'Sum of closed trades after fees, in quote currency' }),
    fees: decimalText.meta({ description: 'Of closed trades, in quote currency' }),
    grossProfit: decimalText.meta({ description: 'Sum of the wins, in quote currency' }),
    grossLoss: decimalText.meta({ description: 'Sum of the losses without its sign, in quote currency' }),
    profitFactor: decimalText.nullable().meta({ description: 'Gross profit over gross loss; null without a loss' }),
    maximumDrawdown: decimalText.meta({
      description:
        'Deepest fall of the running sum of profit and loss below its highest point so far, in quote currency',
    }),
    bestTrade: decimalText
      .nullable()
      .meta({ description: 'The highest result of one trade after fees; null before the first' }),
    worstTrade: decimalText
      .nullable()
      .meta({ description: 'The lowest, below zero for a loss; null before the first' }),
  })
  .meta({ id: 'Performance' })

/** Whether a trade's signal was an alert, or given by hand. */
export const tradeOrigin = z.enum(['strategy', 'manual'])

export const getPerformance = defineRpc({
  name: 'reporting.performance.get',
  description: 'Performance of the trades that fit the filter, computed from the ledger.',
  request: z.strictObject({
    caller,
    ...tradeFilter,
    userId: z.uuid().optional(),
    origin: tradeOrigin.optional(),
    from: timestamp.optional().meta({ description: 'Trades that were closed before are left out' }),
    currency: quoteCurrency.optional(),
  }),
  reply: performance,
})

export const followerPerformance = z
  .strictObject({
    followId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    currency: z.string().describe('Quote currency of these figures: that of the most closed trades of the follow'),
    tradesClosed: z.int().meta({ description: 'By this follow' }),
    realizedPnl: decimalText.meta({ description: 'After fees, in that currency' }),
    fees: decimalText.meta({ description: 'In that currency' }),
    lastClosedAt: timestamp.meta({ description: 'When the last of them was closed' }),
  })
  .meta({ id: 'FollowerPerformance' })

export const listFollowerPerformance = defineRpc({
  name: 'reporting.followers.list',
  description: 'Profit and loss of each follower of a strategy, by follow.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    strategyId: z.uuid(),
    followIds: z.array(z.uuid()).max(pageLimitMax).optional().meta({ description: 'Only these' }),
  }),
  reply: pageOf(followerPerformance),
})

export const daysPerCallMax = 1_000
const dayPage = pageQuery.extend({ limit: z.int().min(1).max(daysPerCallMax) })

export const tradingDay = z.strictObject({
  date: z.iso.date().meta({ description: 'Of UTC' }),
  currency: z.string(),
  tradesClosed: z.int(),
  realizedPnl: decimalText,
  fees: decimalText,
})

export const listTradingDays = defineRpc({
  name: 'reporting.days.list',
  description:
    'What the trades of a user in one currency that were closed on a day came to, for each day that had some, newest first.',
  request: z.strictObject({
    caller,
    page: dayPage,
    userId: z.uuid(),
    origin: tradeOrigin,
    from: timestamp.optional(),
    currency: quoteCurrency.optional().meta({ description: 'That of the most closed trades when left out' }),
  }),
  reply: pageOf(tradingDay),
})

export const listBalanceDays = defineRpc({
  name: 'reporting.balances.days',
  description: 'What an account was worth at the end of each day, newest first; null where its currency has no rate.',
  request: z.strictObject({ caller, page: dayPage, accountId: z.uuid(), from: timestamp.optional() }),
  reply: pageOf(z.strictObject({ date: z.iso.date(), usd: decimalText.nullable() })),
})

export const accountsPerCallMax = 1_000
export const accountWorth = z.strictObject({
  accountId: z.uuid(),
  equityUsd: decimalText
    .nullable()
    .meta({ description: 'With the profit and loss of open positions; null where the currency has no rate' }),
  totalUsd: decimalText.nullable().meta({ description: 'Without it' }),
  observedAt: timestamp,
})

export const findBalances = defineRpc({
  name: 'reporting.balances.find',
  description: 'What these accounts are worth, as was heard last; accounts that nothing was heard of are left out.',
  request: z.strictObject({ caller, accountIds: z.array(z.uuid()).max(accountsPerCallMax) }),
  reply: z.strictObject({ items: z.array(accountWorth) }),
})

export const getUserWorth = defineRpc({
  name: 'reporting.balances.of-user',
  description: 'What all connected accounts of a user are worth, as was heard last.',
  request: z.strictObject({ caller, userId: z.uuid() }),
  reply: z.strictObject({ usd: decimalText }),
})

/** Small enough for one message of the bus. */
export const ledgerTradesPerPageMax = 1_000

export const ledgerTrade = z.strictObject({
  tradeId: z.uuid(),
  followId: z.uuid(),
  symbol,
  currency: z.string().meta({ description: 'Of the amounts: what the symbol is quoted in' }),
  realizedPnl: decimalText.meta({ description: 'After fees' }),
  fees: decimalText,
  closedAt: timestamp,
})

export const listLedgerTrades = defineRpc({
  name: 'reporting.ledger.trades',
  description:
    'What the ledger holds of a user with a strategy, over all their follows of it: the trades that were closed from one ' +
    'moment on and before another, in that order. Asked by services; nobody outside is shown it.',
  request: z.strictObject({
    userId: z.uuid(),
    strategyId: z.uuid(),
    from: timestamp,
    before: timestamp,
    page: pageQuery.extend({ limit: z.int().min(1).max(ledgerTradesPerPageMax) }),
  }),
  reply: pageOf(ledgerTrade).extend({
    dollarRates: z.array(z.strictObject({ currency: z.string(), usd: decimalText })).meta({
      description:
        'What one of each currency of this page is worth in US dollars, by live rates if there are; those without are left out',
    }),
  }),
})

export const listAccountTotals = defineRpc({
  name: 'reporting.balances.totals',
  description:
    'What these accounts hold without open profit, in their own currencies, as was heard last. Asked by services; nobody ' +
    'outside is shown it.',
  request: z.strictObject({ accountIds: z.array(z.uuid()).max(accountsPerCallMax) }),
  reply: z.strictObject({
    items: z.array(z.strictObject({ accountId: z.uuid(), total: decimalText, currency: z.string() })),
  }),
})
