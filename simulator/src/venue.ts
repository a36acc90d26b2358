/**
 * A venue of perpetual positions with one account each: it accepts, refuses, fills in parts, hides and forgets to
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
  VenueOrderStatus,
  VenuePosition,
} from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, maximum, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Choices } from './choices.ts'
import type { Defects } from './defects.ts'
import { passed, type VirtualTime } from './virtual-time.ts'

/** How the venue behaves towards one account at the moment; shares of calls. */
export interface VenueMood {
  loseReply: number
  refuse: number
  limitRate: number
  notReached: number
  failRead: number
  /** Share of accepted orders that reads do not show for a while. */
  hide: number
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
  repeat: 0,
  streaming: true,
}

export interface BookedOrder {
  readonly order: ApprovedOrder
  readonly venueOrderId: string
  readonly visibleFromMs: number
  readonly bookedAt: Date
  status: VenueOrderStatus
  filled: Decimal
  paid: Decimal
  fills: VenueFill[]
}

const callMostMs = 60
const newsMostMs = 40
/** An order is hidden for less than the read lag that the venue admits to. */
export const readLagMs = 2_000
const hiddenMostMs = 1_900
const rateWaitMs = 400
const feeShare = '0.0004'
const averagePlaces = 12
/** So late news of a fill may become a cancel. */
const newsLatestMs = 3_000

export class VenueAccount {
  readonly mood: VenueMood = { ...calmMood }
  readonly booked: BookedOrder[] = []
  /** Stops that were cancelled while nothing else covered what they covered: must stay empty. */
  readonly bared: string[] = []
  private readonly listeners = new Set<SessionListener>()
  private readonly time: VirtualTime
  private readonly choices: Choices
  private readonly price: () => Decimal
  private trades = 0
  private newsAtMs = 0

  constructor(time: VirtualTime, choices: Choices, price: () => Decimal) {
    this.time = time
    this.choices = choices
    this.price = price
  }

  /** Net quantity held; long is positive. */
  get position(): Decimal {
    return this.booked.reduce(
      (net, { order, filled }) => (order.side === 'buy' ? net.plus(filled) : net.minus(filled)),
      ZERO,
    )
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
    const open = decimal(one.order.quantity).minus(one.filled)
    const step = decimal('0.001')
    const part = open.times(String(share)).round(3, 0)
    this.fill(one, part.lt(step) || part.gt(open) ? open : part)
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
    if (order.reduceOnly && this.reducible(order).lte(ZERO)) {
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
    }
    this.booked.push(one)
    this.tellOrder(one)
    if (order.type === 'market') this.fillMarket(one)
    if (this.choices.chance(mood.loseReply)) return err({ kind: 'outcome-unknown', message: 'the reply was lost' })
    return ok(this.viewOf(one))
  }

  private fillMarket(one: BookedOrder): void {
    const reducible = one.order.reduceOnly ? this.reducible(one.order) : decimal(one.order.quantity)
    const whole = decimal(one.order.quantity)
    const most = reducible.lt(whole) ? reducible : whole
    if (this.choices.chance(0.4)) this.fill(one, most.div('3').round(3, 0))
    if (one.status === 'working' && one.filled.lt(most)) this.fill(one, most.minus(one.filled))
    if (one.status === 'working') this.end(one, 'expired')
  }

  private cancel(reference: OrderReference): Result<VenueOrder, BrokerError> {
    if (this.choices.chance(this.mood.notReached)) return err({ kind: 'not-sent', message: 'no connection' })
    const one = this.working.find(({ order }) => order.clientOrderId === reference.clientOrderId)
    if (one === undefined) return err({ kind: 'rejected', code: 'ORDER_NOT_FOUND', message: 'no such open order' })
    if (one.order.purpose === 'stop') this.watchCover(one)
    this.end(one, 'cancelled')
    if (this.choices.chance(this.mood.loseReply)) return err({ kind: 'outcome-unknown', message: 'the reply was lost' })
    return ok(this.viewOf(one))
  }

  /** What the stop covers must be covered by another one of its bracket at the moment at which it is taken away. */
  private watchCover(stop: BookedOrder): void {
    const isOwn = ({ order }: BookedOrder): boolean => order.bracketId === stop.order.bracketId
    const own = this.booked.filter(isOwn)
    const others = this.booked.filter((one) => !isOwn(one))
    const now = this.time.now().getTime()
    const { side } = stop.order
    // Who asked for the cancel may not have heard of what the entry has got since.
    const heard = closable(own, side, now - newsLatestMs)
    // What another bracket of the account has closed for it is gone as well.
    const byBracket = [...Map.groupBy(others, ({ order }) => order.bracketId).values()]
    const theirs = sum(byBracket.map((some) => maximum(closable(some, side, now + 1), ZERO)))
    const left = this.reducible(stop.order).minus(theirs)
    const held = minimum(heard, left)
    const openOf = ({ order, filled }: BookedOrder): Decimal => decimal(order.quantity).minus(filled)
    const covers = held.lt(openOf(stop)) ? held : openOf(stop)
    const stops = own.filter((one) => one !== stop && one.status === 'working' && one.order.purpose === 'stop')
    if (covers.lte(ZERO) || stops.some((one) => openOf(one).gte(covers))) return
    this.bared.push(`intent ${stop.order.intentId} was cancelled while it alone covered ${covers.toString()}`)
  }

  private find({ clientOrderId }: OrderReference): VenueOrder | null {
    const one = this.booked.findLast(({ order }) => order.clientOrderId === clientOrderId)
    return one === undefined || !this.isVisible(one) ? null : this.viewOf(one)
  }

  private fillsSince(symbol: string, since: Date): readonly VenueFill[] {
    return this.booked
      .filter((one) => one.order.symbol === symbol && this.isVisible(one))
      .flatMap(({ fills }) => fills.filter(({ at }) => at >= since))
  }

  private positions(): readonly VenuePosition[] {
    const { position } = this
    const [first] = this.booked
    if (first === undefined || position.eq(ZERO)) return []
    const side = position.gt(ZERO) ? 'buy' : 'sell'
    const { symbol } = first.order
    return [{ symbol, side, quantity: position.abs().toString(), entryPrice: null, unrealizedPnl: '0' }]
  }

  private isVisible({ visibleFromMs }: BookedOrder): boolean {
    return this.time.monotonicMs() >= visibleFromMs
  }

  /** What an order may still take off the position. */
  private reducible(order: ApprovedOrder): Decimal {
    return order.side === 'sell' ? this.position : ZERO.minus(this.position)
  }

  private fill(one: BookedOrder, quantity: Decimal): void {
    const limited =
      one.order.reduceOnly && this.reducible(one.order).lt(quantity) ? this.reducible(one.order) : quantity
    if (limited.lte(ZERO)) {
      if (one.order.reduceOnly && this.reducible(one.order).lte(ZERO)) this.end(one, 'expired')
      return
    }
    const price = this.price()
    this.trades += 1
    one.filled = one.filled.plus(limited)
    one.paid = one.paid.plus(limited.times(price))
    one.fills.push({
      tradeId: `t${this.trades}`,
      venueOrderId: one.venueOrderId,
      clientOrderId: one.order.clientOrderId,
      symbol: one.order.symbol,
      side: one.order.side,
      quantity: limited.toString(),
      price: price.toString(),
      fee: limited.times(price).times(feeShare).toString(),
      feeCurrency: 'USDT',
      forced: null,
      at: this.time.now(),
    })
    if (one.filled.gte(decimal(one.order.quantity))) one.status = 'filled'
    this.tellOrder(one)
  }

  private end(one: BookedOrder, status: 'cancelled' | 'expired'): void {
    one.status = status
    this.tellOrder(one)
  }

  private viewOf({ order, venueOrderId, status, filled, paid, fills }: BookedOrder): VenueOrder {
    const fee = fills.reduce((sum, fill) => sum.plus(decimal(fill.fee)), ZERO)
    return {
      clientOrderId: order.clientOrderId,
      venueOrderId,
      symbol: order.symbol,
      status,
      filledQuantity: filled.toString(),
      averagePrice: filled.gt(ZERO) ? paid.div(filled).round(averagePlaces, 1).toString() : null,
      fee: filled.gt(ZERO) ? fee.toString() : null,
      feeCurrency: filled.gt(ZERO) ? 'USDT' : null,
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

/** What exits of this side can close of these orders, counting what was opened before that moment. */
function closable(orders: readonly BookedOrder[], side: string, beforeMs: number): Decimal {
  const signed = orders
    .flatMap(({ fills }) => fills)
    .filter((fill) => fill.side === side || fill.at.getTime() < beforeMs)
    .map((fill) => (fill.side === side ? ZERO.minus(fill.quantity) : decimal(fill.quantity)))
  return sum(signed)
}
