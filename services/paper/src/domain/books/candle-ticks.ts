/**
 * A recorded candle as the four ticks that the engine walks.
 * Called when prices are moved by candles. Must never depend on anything but the candle: replays repeat.
 *
 * The order is open, then whichever of low and high is nearer to the open, then the other, then close; on a tie the
 * low comes first. Real candles do not tell their inner order; this one is the usual guess and it is always the same.
 */
import { absolute, parseAmount } from '../amount.ts'
import type { Tick } from '../engine/walk-tick.ts'

const quarterMinuteMs = 15_000

export interface CandleText {
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
}

/** Four ticks a quarter of a minute apart; undefined in place of a price with too many digits or an impossible candle. */
export function candleTicks(candle: CandleText, at: number): (Tick | undefined)[] {
  const open = parseAmount(candle.open)
  const high = parseAmount(candle.high)
  const low = parseAmount(candle.low)
  const close = parseAmount(candle.close)
  if (open === undefined || high === undefined || low === undefined || close === undefined) return [undefined]
  const possible = low <= open && low <= close && open <= high && close <= high
  if (!possible) return [undefined]
  const lowFirst = absolute(open - low) <= absolute(high - open)
  const inner = lowFirst ? [low, high] : [high, low]
  return [open, ...inner, close].map((price, index) => ({ at: at + index * quarterMinuteMs, price }))
}
