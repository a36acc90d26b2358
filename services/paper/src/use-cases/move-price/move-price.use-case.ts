/**
 * Moves the price of a symbol: one price, ticks, or candles walked as four ticks each.
 * Called by the control surface. Must never hold the process for longer than one slice of ticks.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Injectable } from '@nestjs/common'
import { venue } from '@tradewire/contracts/common'
import type { SetPrice, SetPriceReply } from '@tradewire/contracts/paper/control'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatAmount, parseAmount } from '#domain/amount'
import { candleTicks } from '#domain/books/candle-ticks'
import { findMarket, type Market } from '#domain/state'
import { walkTick, type Tick } from '#domain/engine/walk-tick'
import { paperErrors } from '#paper.errors'
import { RunningVenue } from '#ports/running-venue.port'

const ticksPerSliceMax = 500

@Injectable()
export class MovePrice {
  constructor(private readonly venue: RunningVenue) {}

  async execute(request: SetPrice): Promise<Result<SetPriceReply, CodedError>> {
    const names = request.venue === undefined ? venue.options : [request.venue]
    const markets = names
      .map((name) => findMarket(this.venue.state, name, request.symbol))
      .filter((market) => market !== undefined)
    const [first] = markets
    if (first === undefined) return err(paperErrors.of('PAPER_SYMBOL_UNKNOWN', { symbol: request.symbol }))
    const ticks = this.ticksOf(request)
    const bad = ticks.findIndex((tick) => tick === undefined || markets.some((market) => !allowed(market, tick)))
    if (bad >= 0) return err(paperErrors.of('PAPER_PRICE_OUT_OF_RANGE', { tick: bad }))
    const fills = await this.walk(markets, ticks as Tick[])
    return ok({
      symbol: first.instrument.symbol,
      ticks: ticks.length,
      fills,
      markets: markets.map(({ instrument, bid, ask, price }) => ({
        venue: instrument.venue,
        bid: formatAmount(bid),
        ask: formatAmount(ask),
        price: formatAmount(price),
      })),
    })
  }

  private async walk(markets: readonly Market[], ticks: readonly Tick[]): Promise<number> {
    let fills = 0
    for (let start = 0; start < ticks.length; start += ticksPerSliceMax) {
      const slice = ticks.slice(start, start + ticksPerSliceMax)
      if (start > 0) await nextTurn()
      for (const market of markets) fills += this.walkSlice(market, slice)
    }
    await this.venue.settled()
    return fills
  }

  private walkSlice(market: Market, slice: readonly Tick[]): number {
    return this.venue.execute((session) => {
      for (const tick of slice) walkTick(session, market, tick)
      return session.records.filter(({ kind }) => kind === 'filled').length
    })
  }

  /** Undefined where a price has too many digits. */
  private ticksOf(request: SetPrice): (Tick | undefined)[] {
    const now = this.venue.now()
    if ('candles' in request) return request.candles.flatMap((candle) => candleTicks(candle, timeOf(candle.at, now)))
    const given = 'ticks' in request ? request.ticks : [request]
    return given.map((tick) => {
      const at = timeOf(tick.at, now)
      if ('price' in tick) {
        const price = parseAmount(tick.price)
        return price === undefined ? undefined : { at, price }
      }
      const bid = parseAmount(tick.bid)
      const ask = parseAmount(tick.ask)
      return bid === undefined || ask === undefined ? undefined : { at, bid, ask }
    })
  }
}

function timeOf(at: number | string | undefined, now: number): number {
  return typeof at === 'string' ? Date.parse(at) : (at ?? now)
}

function allowed({ instrument }: Market, tick: Tick): boolean {
  const [low, high] = 'price' in tick ? [tick.price, tick.price] : [tick.bid, tick.ask]
  return low >= instrument.priceMinimum && high <= instrument.priceMaximum && low <= high
}
