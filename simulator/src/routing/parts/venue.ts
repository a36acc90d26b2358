/**
 * A venue of perpetual positions or of coins, with one account each: it accepts, refuses, fills in parts, hides and forgets to
 * answer as its mood says, and keeps its own books. Called through sessions and by the world, which moves its price.
 * Must never learn what we believe: the checker compares its books with ours.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import { type BrokerError, rateLimited } from '@tradewire/broker-kit/broker-error'
import { keyUntold } from '@tradewire/broker-kit/broker-session'
import type {
  BrokerSession,
  OrderReference,
  SessionEvent,
  SessionListener,
  VenueFill,
  VenueOrder,
  VenuePosition,
} from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { baredBy, type BookedOrder, coinFeesOf, netOf, openOf, shownAt } from '../audit/booked-orders.ts'
import type { Choices } from '../choices.ts'
import type { Defects } from '../defects.ts'
import { baseOf, type PriceOf, step, symbolsOf, type Terms } from '../terms.ts'
import { passed, type VirtualTime } from '../virtual-time.ts'

/** How the venue behaves towards one account at the moment; shares of calls. */
export interface VenueMood {
  loseReply: number
  refuse: number
  limitRate: number
  notReached: number
  failRead: number
  /** Share of accepted orders that reads do not show for a while. */
  hide: number
  /** Share of cancelled orders of which something was executed just before, and is told only later. */
  fillLate: number
  /** Share of news that arrives twice. */
  repeat: number
  streaming: boolean
}

export const calmMood: VenueMood = {
  loseReply: 0,
  refuse: 0,
  limitRate: 0,
  notReached: 0,
  failRead: 0,
  hide: 0,
  fillLate: 0,
  repeat: 0,
  streaming: true,
}

const callMostMs = 60
const newsMostMs = 40
/** An order is hidden for less than the read lag that the venue admits to. */
export const readLagMs = 2_000
const hiddenMostMs = 1_900
const rateWaitMs = 400
const feeShare = '0.0004'
const coinFeeShare = '0.001'
/** Of some accounts, from before: nothing of ours may sell them. */
const coinsOfOwner = '3'
const averagePlaces = 12

export class VenueAccount {
  readonly mood: VenueMood = { ...calmMood }
  readonly booked: BookedOrder[] = []
  /** Stops that were cancelled while nothing else covered what they covered: must stay empty. */
  readonly bared: string[] = []
  private readonly listeners = new Set<SessionListener>()
  private readonly time: VirtualTime
  private readonly choices: Choices
  private readonly terms: Terms
  private readonly price: PriceOf
  /** Where coins are held: what was there before us, of every symbol, and whether fees are paid in them. */
  private readonly before: Decimal
  private readonly paysInCoins: boolean
  private trades = 0
  private newsAtMs = 0

  constructor(
    time: VirtualTime,
    choices: Choices,
    { terms, price }: { readonly terms: Terms; readonly price: PriceOf },
  ) {
    this.time = time
    this.choices = choices
    this.terms = terms
    this.price = price
    this.before = terms.coins && choices.chance(0.5) ? decimal(coinsOfOwner) : ZERO
    this.paysInCoins = terms.coins && choices.chance(0.5)
  }

  /** Net quantity held; long is positive. */
  private position(symbol: string, all: readonly BookedOrder[] = this.booked): Decimal {
    const booked = all.filter(({ order }) => order.symbol === symbol)
    return this.before.plus(netOf(booked)).minus(coinFeesOf(booked))
  }

  /** Coins that no working order offers. */
  private free(symbol: string): Decimal {
    const selling = this.working.filter(({ order }) => order.symbol === symbol && order.side === 'sell')
    return this.position(symbol).minus(sum(selling.map(openOf)))
  }

  get working(): readonly BookedOrder[] {
    return this.booked.filter(({ status }) => status === 'working')
  }

  session(alive: () => boolean, defects: Defects): BrokerSession {
    const call = async <Value>(answer: () => Result<Value, BrokerError>): Promise<Result<Value, BrokerError>> => {
      await passed(this.choices.whole(1, callMostMs))
      const result = answer()
      await passed(this.choices.whole(1, callMostMs))
      // The reply to a process that is gone reaches nobody.
      return alive() ? result : new Promise<never>(() => undefined)
    }
    const read = <Value>(answer: () => Value): Promise<Result<Value, BrokerError>> =>
      call(() =>
        this.choices.chance(this.mood.failRead)
          ? err({ kind: 'connectivity', message: 'the read failed' })
          : ok(answer()),
      )
    return {
      submit: async (order) => {
        const answer = await call(() => this.submit(order))
        const lost = !answer.ok && answer.error.kind === 'outcome-unknown'
        return lost && defects.resendsOnTimeout === true ? call(() => this.submit(order)) : answer
      },
      cancel: (reference) => call(() => this.cancel(reference)),
      findByClientId: (reference) => read(() => this.find(reference)),
      openOrders: () => read(() => this.working.filter((one) => this.isVisible(one)).map((one) => this.viewOf(one))),
      positions: () => read(() => this.positions()),
      balances: () => read(() => []),
      fillsSince: (symbol, since) => read(() => this.fillsSince(symbol, since)),
      instruments: () => read(() => []),
      rates: () => read(() => []),
      setLeverage: () => read(() => undefined),
      keyFacts: () => read(() => keyUntold),
      events: (listener) => this.listen(listener, alive),
      health: () => ({ streaming: this.mood.streaming, lastMessageAtMs: null }),
      close: () => Promise.resolve(),
    }
  }

  /** The stream comes or goes; what happened in between is never told again. */
  setStreaming(streaming: boolean): void {
    if (this.mood.streaming === streaming) return
    this.mood.streaming = streaming
    this.tell(streaming ? { kind: 'stream-up' } : { kind: 'stream-down', message: 'cut' }, true)
  }

  /** One resting order executes, wholly or in part. */
  fillSome(one: BookedOrder, share: number): void {
    this.fill(one, partOf(one, share))
  }

  private submit(order: ApprovedOrder): Result<VenueOrder, BrokerError> {
    const { mood } = this
    if (this.choices.chance(mood.notReached)) return err({ kind: 'not-sent', message: 'no connection' })
    if (this.choices.chance(mood.limitRate)) {
      return err(rateLimited(rateWaitMs, 'too many requests'))
    }
    if (this.working.some((one) => one.order.clientOrderId === order.clientOrderId)) {
      return err({ kind: 'rejected', code: 'DUPLICATE_CLIENT_ORDER_ID', message: 'the id is in use' })
    }
    if (this.choices.chance(mood.refuse)) {
      return err({ kind: 'rejected', code: 'INSUFFICIENT_FUNDS', message: 'refused' })
    }
    if (this.terms.coins && order.side === 'sell' && this.free(order.symbol).lt(decimal(order.quantity))) {
      return err({ kind: 'rejected', code: 'INSUFFICIENT_FUNDS', message: 'there are not so many free coins' })
    }
    if (this.reduces(order) && this.reducible(order).lte(this.promised(order))) {
      return err({ kind: 'rejected', code: 'REDUCE_ONLY_REFUSED', message: 'there is nothing to reduce' })
    }
    const hiddenMs = this.choices.chance(mood.hide) ? this.choices.whole(1, hiddenMostMs) : 0
    const one: BookedOrder = {
      order,
      venueOrderId: `v${this.booked.length + 1}`,
      visibleFromMs: this.time.monotonicMs() + hiddenMs,
      bookedAt: this.time.now(),
      status: 'working',
      filled: ZERO,
      paid: ZERO,
      fills: [],
      late: null,
    }
    this.booked.push(one)
    this.tellOrder(one)
    if (order.type === 'market') this.fillMarket(one)
    if (this.choices.chance(mood.loseReply)) return err({ kind: 'outcome-unknown', message: 'the reply was lost' })
    return ok(this.viewOf(one))
  }

  private fillMarket(one: BookedOrder): void {
    const whole = decimal(one.order.quantity)
    const most = this.reduces(one.order) ? minimum(this.reducible(one.order), whole) : whole
    const third = most.div('3').round(3, 0)
    if (this.choices.chance(0.4)) this.fill(one, third.lt(step) ? most : third)
    if (one.status === 'working' && one.filled.lt(most)) this.fill(one, most.minus(one.filled))
    if (one.status === 'working') this.end(one, 'expired')
  }

  private cancel(reference: OrderReference): Result<VenueOrder, BrokerError> {
    if (this.choices.chance(this.mood.notReached)) return err({ kind: 'not-sent', message: 'no connection' })
    const one = this.working.find(({ order }) => order.clientOrderId === reference.clientOrderId)
    if (one === undefined) return err({ kind: 'rejected', code: 'ORDER_NOT_FOUND', message: 'no such open order' })
    if (this.choices.chance(this.mood.fillLate) && this.mayFillLate(one)) this.fillLate(one)
    if (one.order.purpose === 'stop' && !this.terms.coins) this.watchCover(one)
    this.end(one, one.status === 'filled' ? 'filled' : 'cancelled')
    if (this.choices.chance(this.mood.loseReply)) return err({ kind: 'outcome-unknown', message: 'the reply was lost' })
    return ok(this.viewOf(one))
  }

  private watchCover(stop: BookedOrder): void {
    const at = { reducible: this.reducible(stop.order), nowMs: this.time.now().getTime() }
    const bared = baredBy(stop, this.booked, at)
    if (bared === null) return
    this.bared.push(`intent ${stop.order.intentId} was cancelled while it alone covered ${bared.toString()}`)
  }

  private find({ clientOrderId }: OrderReference): VenueOrder | null {
    const one = this.booked.findLast(({ order }) => order.clientOrderId === clientOrderId)
    return one === undefined || !this.isVisible(one) ? null : this.viewOf(one)
  }

  private fillsSince(symbol: string, since: Date): readonly VenueFill[] {
    return this.booked
      .filter((one) => one.order.symbol === symbol && this.isVisible(one))
      .flatMap((one) => this.shown(one).fills.filter(({ at }) => at >= since))
  }

  private positions(): readonly VenuePosition[] {
    const shown = this.booked.map((one) => this.shown(one))
    return symbolsOf(this.terms).flatMap((symbol) => {
      const position = this.position(symbol, shown)
      if (position.eq(ZERO)) return []
      const side = position.gt(ZERO) ? 'buy' : 'sell'
      return [{ symbol, side, quantity: position.abs().toString(), entryPrice: null, unrealizedPnl: '0' }]
    })
  }

  private isVisible({ visibleFromMs }: BookedOrder): boolean {
    return this.time.monotonicMs() >= visibleFromMs
  }

  /** Where coins are held there is no such order. */
  private reduces(order: ApprovedOrder): boolean {
    return order.reduceOnly && !this.terms.coins
  }

  /** What an order may still take off the position. */
  private reducible({ side, symbol }: ApprovedOrder): Decimal {
    const position = this.position(symbol)
    return side === 'sell' ? position : ZERO.minus(position)
  }

  /** What rests in the book against the position, and leaves so much less of it to orders that do not wait for a trigger. */
  private promised({ side, symbol, triggerPrice, type }: ApprovedOrder): Decimal {
    if (triggerPrice !== null || type === 'trailing-stop') return ZERO
    const resting = this.working.filter(
      ({ order }) => order.type === 'limit' && this.reduces(order) && order.side === side && order.symbol === symbol,
    )
    return sum(resting.map(({ order, filled }) => decimal(order.quantity).minus(filled)))
  }

  private fill(one: BookedOrder, quantity: Decimal): void {
    if (this.book(one, quantity) !== null) this.tellOrder(one)
    else if (this.reduces(one.order)) this.end(one, 'expired')
  }

  /** Who sells coins is told at once what of it was sold: the rest is free only then. */
  private mayFillLate({ order }: BookedOrder): boolean {
    return !this.terms.coins || order.purpose === 'entry'
  }

  /** The cancel comes too late for a part of it, or for all, and the venue itself says so only after a while. */
  private fillLate(one: BookedOrder): void {
    const fill = this.book(one, partOf(one, this.choices.oneOf([0.3, 0.6, 1])))
    if (fill === null) return
    const waitMs = this.choices.whole(1, hiddenMostMs)
    one.late = { fill, toldAtMs: this.time.monotonicMs() + waitMs }
    setTimeout(() => this.tellOrder(one), waitMs)
  }

  /** Null when there is nothing to execute. */
  private book(one: BookedOrder, quantity: Decimal): VenueFill | null {
    const limited = this.reduces(one.order) ? minimum(this.reducible(one.order), quantity) : quantity
    if (limited.lte(ZERO)) return null
    const price = this.fillPriceOf(one)
    const paysCoins = this.paysInCoins && one.order.side === 'buy'
    const fee = paysCoins ? limited.times(coinFeeShare) : limited.times(price).times(feeShare)
    this.trades += 1
    one.filled = one.filled.plus(limited)
    one.paid = one.paid.plus(limited.times(price))
    const fill: VenueFill = {
      tradeId: `t${this.trades}`,
      venueOrderId: one.venueOrderId,
      clientOrderId: one.order.clientOrderId,
      symbol: one.order.symbol,
      side: one.order.side,
      quantity: limited.toString(),
      price: price.toString(),
      fee: fee.toString(),
      feeCurrency: paysCoins ? baseOf(one.order.symbol) : 'USDT',
      forced: null,
      at: this.time.now(),
    }
    one.fills.push(fill)
    if (one.filled.gte(decimal(one.order.quantity))) one.status = 'filled'
    return fill
  }

  /** A pair executes at one of its two prices, and whatever comes later at the same one. */
  private fillPriceOf({ order, fills }: BookedOrder): Decimal {
    if (order.type !== 'stop-or-target') return this.price(order.symbol)
    return decimal(fills[0]?.price ?? this.choices.oneOf([order.price!, order.triggerPrice!]))
  }

  private end(one: BookedOrder, status: 'cancelled' | 'expired' | 'filled'): void {
    one.status = status
    this.tellOrder(one)
  }

  private shown(one: BookedOrder): BookedOrder {
    return shownAt(one, this.time.monotonicMs())
  }

  private viewOf(one: BookedOrder): VenueOrder {
    const { order, venueOrderId, status, filled, paid, fills } = this.shown(one)
    const fee = fills.reduce((sum, fill) => sum.plus(decimal(fill.fee)), ZERO)
    return {
      clientOrderId: order.clientOrderId,
      venueOrderId,
      symbol: order.symbol,
      status,
      filledQuantity: filled.toString(),
      averagePrice: filled.gt(ZERO) ? paid.div(filled).round(averagePlaces, 1).toString() : null,
      fee: filled.gt(ZERO) ? fee.toString() : null,
      feeCurrency: fills[0]?.feeCurrency ?? null,
      executedAt: fills.at(-1)?.at ?? null,
      message: null,
    }
  }

  private listen(listener: SessionListener, alive: () => boolean): () => void {
    const own: SessionListener = (event) => {
      if (alive()) listener(event)
    }
    this.listeners.add(own)
    if (this.mood.streaming) this.tell({ kind: 'stream-up' }, true)
    return () => void this.listeners.delete(own)
  }

  private tellOrder(one: BookedOrder): void {
    const event: SessionEvent = { kind: 'order', order: this.viewOf(one) }
    this.tell(event, false)
    if (this.choices.chance(this.mood.repeat)) this.tell(event, false)
  }

  /** A stream keeps its order, however late it is. */
  private tell(event: SessionEvent, always: boolean): void {
    if (!always && !this.mood.streaming) return
    this.newsAtMs = Math.max(this.newsAtMs, this.time.monotonicMs() + this.choices.whole(1, newsMostMs))
    const { listeners } = this
    setTimeout(() => {
      for (const listener of listeners) listener(event)
    }, this.newsAtMs - this.time.monotonicMs())
  }
}

/** So much of what is open, in whole steps; all of it where that is less than one. */
function partOf(one: BookedOrder, share: number): Decimal {
  const open = openOf(one)
  const part = open.times(String(share)).round(3, 0)
  return part.lt(step) || part.gt(open) ? open : part
}
