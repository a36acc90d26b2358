/**
 * Positions, orders and deals of MT5 as trades, the way the book takes them: a close is a trade that comes from its position.
 * Pure. Called by the platform. Must never make a trade of a deal whose opening was not told.
 */
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import {
  amount,
  amountOrZero,
  level,
  textOrEmpty,
  ticket,
  time,
  type TradeRecord,
  word,
} from './mt-manager-records.wire.ts'
import { lettersOf } from '#domain/instruments/symbol-text'
import type { Listed } from './mt-manager-symbols.map.ts'

/** Ten-thousandths of a lot, exactly. */
const lots5 = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform((text) => decimal(text).div('10000').toString())

export const user5 = z.object({
  login: ticket,
  group: z.string().min(1).max(64),
  leverage: amount,
  balance: amount,
  credit: amountOrZero,
})

export const position5 = z.object({
  login: ticket,
  position: ticket,
  symbol: z.string().min(1).max(32),
  action: z.enum(['Buy', 'Sell']),
  volume: lots5,
  contractSize: amountOrZero,
  rateMargin: amountOrZero,
  priceOpen: amount,
  priceSL: level,
  priceTP: level,
  timeCreate: time,
  profit: amountOrZero,
  storage: amountOrZero,
  comment: textOrEmpty,
})
export type Position5 = z.output<typeof position5>

export const order5 = z.object({
  login: ticket,
  order: ticket,
  symbol: z.string().min(1).max(32),
  type: word,
  volumeCurrent: lots5,
  priceOrder: amount,
  timeSetup: time,
  comment: textOrEmpty,
})
export type Order5 = z.output<typeof order5>

export const deal5 = z.object({
  login: ticket,
  deal: ticket,
  positionID: ticket,
  action: word,
  entry: word,
  symbol: textOrEmpty,
  volume: lots5,
  price: amountOrZero,
  profit: amountOrZero,
  storage: amountOrZero,
  commission: amountOrZero,
  fee: amountOrZero,
  time,
  reason: textOrEmpty,
})
export type Deal5 = z.output<typeof deal5>

export const symbol5 = z.object({
  symbol: z.string().min(1).max(32),
  currencyBase: textOrEmpty,
  currencyProfit: textOrEmpty,
  tradeMode: textOrEmpty,
  point: amount,
  contractSize: amount,
  volumeMin: lots5,
  volumeMax: lots5,
  volumeStep: lots5,
})

const never = new Date(0)
const nothing = {
  commission: '0',
  storage: '0',
  profit: '0',
  closePrice: '0',
  closeTime: never,
  activationType: 'None',
}
const activations: Readonly<Record<string, string>> = { Sl: 'SL', Tp: 'TP', So: 'Stopout' }

export function openTrade(position: Position5): TradeRecord {
  const { login, symbol, volume, comment, profit, storage } = position
  return {
    ...nothing,
    login,
    symbol,
    volume,
    comment,
    profit,
    storage,
    order: position.position,
    tradeCommand: position.action,
    tradeRecordState: 'OpenNormal',
    openPrice: position.priceOpen,
    sl: position.priceSL,
    tp: position.priceTP,
    openTime: position.timeCreate,
  }
}

export function pendingTrade({
  login,
  order,
  symbol,
  type,
  volumeCurrent,
  priceOrder,
  timeSetup,
  comment,
}: Order5): TradeRecord {
  const about = { login, order, symbol, comment, volume: volumeCurrent, openPrice: priceOrder, openTime: timeSetup }
  return { ...nothing, ...about, tradeCommand: type, tradeRecordState: 'OpenNormal', sl: null, tp: null }
}

/** Each deal that closed, with the opening of its position. */
export function closedTrades(deals: readonly Deal5[]): TradeRecord[] {
  const openings = new Map(deals.filter(({ entry }) => entry === 'In').map((deal) => [deal.positionID, deal]))
  return deals.flatMap((deal): TradeRecord[] => {
    const opening = openings.get(deal.positionID)
    if (opening === undefined || (deal.entry !== 'Out' && deal.entry !== 'OutBy')) return []
    const share = decimal(opening.volume).gt(ZERO) ? decimal(deal.volume).div(decimal(opening.volume)) : ZERO
    const costs = decimal(opening.commission).plus(decimal(opening.fee)).times(share)
    return [
      {
        login: deal.login,
        // Deals and positions are numbered each by themselves.
        order: `deal-${deal.deal}`,
        symbol: deal.symbol,
        tradeCommand: opening.action,
        volume: deal.volume,
        tradeRecordState: 'ClosedNormal',
        openPrice: opening.price,
        sl: null,
        tp: null,
        openTime: opening.time,
        closeTime: deal.time,
        closePrice: deal.price,
        commission: decimal(deal.commission).plus(decimal(deal.fee)).plus(costs).toString(),
        storage: deal.storage,
        profit: deal.profit,
        comment: `from #${deal.positionID}`,
        activationType: activations[deal.reason] ?? 'None',
      },
    ]
  })
}

/** In the account's currency. */
export function marginOf({ volume, contractSize, rateMargin }: Position5, leverage: string): Decimal {
  if (decimal(leverage).lte(ZERO)) return ZERO
  return decimal(volume).times(decimal(contractSize)).times(decimal(rateMargin)).div(decimal(leverage))
}

export function listedSymbol(told: z.output<typeof symbol5>): Listed | null {
  const quote = lettersOf(told.currencyProfit)
  const named = lettersOf(told.currencyBase)
  const base = named === '' || named === quote ? lettersOf(told.symbol) : named
  const steps = [told.point, told.contractSize, told.volumeStep]
  if (base === '' || quote === '' || base === quote || steps.some((step) => decimal(step).lte(ZERO))) return null
  const instrument = {
    symbol: `${base}/${quote}`,
    kind: 'perpetual',
    base,
    quote,
    // Nothing is traded here.
    active: false,
    priceStep: decimal(told.point).toString(),
    quantityStep: told.volumeStep,
    minimumQuantity: told.volumeMin,
    maximumQuantity: told.volumeMax,
    minimumNotional: '0',
    contractSize: decimal(told.contractSize).toString(),
  } as const
  return { name: told.symbol, point: instrument.priceStep, instrument }
}
