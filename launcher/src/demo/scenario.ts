/**
 * What the demo plays: followers of all sizes, and breakout alerts found in the recorded prices. Pure: the same seed
 * gives the same demo. Called by the demo and by the tests that kill processes under it. Must never look ahead.
 */
import { decimal, Decimal, maximum, minimum, roundToStep, sum, type Decimal as Amount } from '@tradewire/kernel/decimal'
import type { Randomness } from '@tradewire/kernel/randomness'
import type { Candle } from './recorded-prices.ts'

export interface PlannedFollower {
  /** USDT. */
  readonly balance: string
  /** Index into riskProfiles. */
  readonly profile: number
  readonly leverage: number
}

export const riskProfiles = [
  { name: 'Conservative', riskPercent: '0.5' },
  { name: 'Moderate', riskPercent: '1' },
  { name: 'Aggressive', riskPercent: '2' },
] as const

export interface PlannedSignal {
  /** The alert is sent after this candle has closed. */
  readonly candle: number
  readonly side: 'buy' | 'sell'
  /** The alert's fields besides strategy and secret, in TradingView's tolerant forms. */
  readonly alert: Readonly<Record<string, string | number>>
  readonly contentType: 'application/json' | 'text/plain'
}

const balanceSmallest = 60
const balanceLargest = 50_000
const leverages = [3, 5, 10, 20]

/** Balances spread evenly over orders of magnitude: the smallest cannot afford the venue's smallest order. */
export function planFollowers(count: number, randomness: Randomness): PlannedFollower[] {
  return Array.from({ length: count }, () => {
    const spread = Math.log(balanceLargest / balanceSmallest) * randomness.fraction()
    return {
      balance: Math.round(balanceSmallest * Math.exp(spread)).toString(),
      profile: Math.floor(randomness.fraction() * riskProfiles.length),
      leverage: leverages[Math.floor(randomness.fraction() * leverages.length)] as number,
    }
  })
}

/** A breakout is a close beyond the range of this many candles. */
const rangeCandles = 240
const atrCandles = 60
/** Candles between two signals at least: room for the first to play out. */
export const candlesPerSignalMax = 360
const stopInAtrs = decimal('6')
const targetsInStops = [decimal('0.5'), decimal('1'), decimal('1.5')]
const priceStep = decimal('0.1')

/** The first `count` breakouts after a start that the seed chooses. */
export function planSignals(candles: readonly Candle[], count: number, randomness: Randomness): PlannedSignal[] {
  const latestStart = candles.length - (count + 1) * (rangeCandles + candlesPerSignalMax) * 2
  const signals: PlannedSignal[] = []
  let index = rangeCandles + Math.floor(randomness.fraction() * Math.max(0, latestStart))
  for (; index < candles.length - candlesPerSignalMax && signals.length < count; index += 1) {
    const side = breakoutAt(candles, index)
    if (side === undefined) continue
    signals.push(signalAt(candles, index, side, signals.length))
    index += candlesPerSignalMax
  }
  return signals
}

function breakoutAt(candles: readonly Candle[], index: number): 'buy' | 'sell' | undefined {
  const range = candles.slice(index - rangeCandles, index)
  const close = Number((candles[index] as Candle).close)
  if (close > Math.max(...range.map(({ high }) => Number(high)))) return 'buy'
  if (close < Math.min(...range.map(({ low }) => Number(low)))) return 'sell'
  return undefined
}

function signalAt(candles: readonly Candle[], index: number, side: 'buy' | 'sell', place: number): PlannedSignal {
  const price = decimal((candles[index] as Candle).close)
  const distance = averageTrueRange(candles.slice(index - atrCandles, index + 1)).times(stopInAtrs)
  const direction = decimal(side === 'buy' ? '1' : '-1')
  const away = (multiple: Amount) =>
    roundToStep(price.plus(direction.times(distance).times(multiple)), priceStep).toString()
  const [first = '', second = '', third = ''] = targetsInStops.map(away)
  const trails = place % 3 === 2
  return {
    candle: index,
    side,
    contentType: place % 2 === 0 ? 'application/json' : 'text/plain',
    alert: {
      orderPrice: price.toString(),
      type: side,
      stop: away(decimal('-1')),
      stopType: place % 2 === 0 ? 'Market' : 'market',
      trailingTrigger: trails ? '60' : 'NaN',
      callbackRate: trails ? '0.4' : 'NaN',
      winRate: '52.4',
      takeProfit: 'NaN',
      // Numbers and text by turns: templates do both.
      takeProfit1: place % 2 === 0 ? first : Number(first),
      takeProfit2: second,
      takeProfit3: third,
    },
  }
}

function averageTrueRange(candles: readonly Candle[]): Amount {
  const ranges = candles.slice(1).map((candle, index) => {
    const before = decimal((candles[index] as Candle).close)
    return maximum(decimal(candle.high), before).minus(minimum(decimal(candle.low), before))
  })
  return sum(ranges).div(new Decimal(String(ranges.length)))
}
