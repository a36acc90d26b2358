/**
 * A venue of one position, or of coins, that accepts, refuses, fills in parts, loses replies and delivers news late, twice and in
 * any order, by the choices it is fed. Called by the bracket's property tests. Must never be imported by the service.
 */
import { type Decimal, decimal, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import { advance, type Step, type TradeEvent } from '../domain/bracket/advance.ts'
import type { Bracket, BracketNews } from '../domain/bracket/bracket.ts'
import { exitPolicyDefault } from '../domain/bracket/decision.ts'
import type { ExitRules } from '../domain/bracket/exit-rules.ts'
import { at, bracketOf, d } from './bracket-fixtures.ts'
import { isPair, isWatching, type Leg, type LegNews, type LegUpdate, type Reason } from '../domain/bracket/leg.ts'
import type { SignalPlan } from '../domain/planning/signal-plan.ts'
import { sellsCoins } from '../domain/planning/venue-capabilities.ts'

type VenueStatus = 'unanswered' | 'lost' | 'working' | 'ended'

interface VenueOrder {
  readonly leg: Leg
  status: VenueStatus
  cancelAsked: boolean
  revision: number
  filled: Decimal
  paid: Decimal
  /** Of a pair: where the half that is executed stands; the other one has ended. */
  half: 'price' | 'triggerPrice' | null
}

const stepQuantity = decimal('0.001')
const roundsMax = 200
const coinFee = decimal('0.001')

export class VenueSimulation {
  bracket: Bracket
  readonly orders = new Map<string, VenueOrder>()
  readonly events: TradeEvent[] = []
  /** News under way. */
  readonly pending: LegUpdate[] = []
  readonly delivered: LegUpdate[] = []
  cash: Decimal = ZERO
  /** Orders for coins that others had locked. */
  unfunded = 0
  private nowMs = 0
  private readonly plan: SignalPlan

  constructor(plan: SignalPlan, quantity: Decimal, exits?: ExitRules) {
    this.plan = plan
    this.bracket = bracketOf(plan, quantity, exits)
    this.place(this.bracket.legs[0]!)
  }

  /** What the venue holds. A purchase of coins is paid for in them. */
  get held(): Decimal {
    let held = ZERO
    for (const { leg, filled } of this.orders.values())
      held = leg.purpose === 'entry' ? held.plus(filled).minus(this.feeInCoins(filled)) : held.minus(filled)
    return held
  }

  private feeInCoins(filled: Decimal): Decimal {
    return sellsCoins(this.plan.venue) ? filled.times(coinFee) : ZERO
  }

  /** Coins are offered once only: a second order for them is refused. */
  private isFunded({ leg }: VenueOrder): boolean {
    if (!sellsCoins(this.plan.venue) || leg.purpose === 'entry') return true
    const standing = [...this.orders.values()].filter((one) => one.status === 'working' && one.leg.purpose !== 'entry')
    const locked = sum(standing.map((one) => one.leg.quantity.minus(one.filled)))
    return leg.quantity.lte(this.held.minus(locked))
  }

  private accept(order: VenueOrder): void {
    const funded = this.isFunded(order)
    order.status = funded ? 'working' : 'ended'
    if (funded) return this.tell(order, 'accepted')
    this.unfunded += 1
    this.tell(order, 'rejected', { code: 'INSUFFICIENT_FUNDS', message: '' })
  }

  /** One thing happens, by these choices. */
  act(kind: number, which: number, amount: number): void {
    this.nowMs += 7
    const order = [...this.orders.values()][which % this.orders.size]!
    switch (kind % 8) {
      case 0:
      case 1:
        return this.answer(order, amount)
      case 2:
      case 3:
        return this.fill(order, decimal(String((amount % 400) + 1)).times(stepQuantity))
      case 4:
        return this.cancel(order)
      case 5:
      case 6:
        return this.deliver(which, (amount % 3) + 1, amount % 5 === 0)
      default:
        if (amount % 20 === 0) return this.take([{ kind: 'close' }])
        return amount % 20 === 1 ? this.fire(which) : this.wake(amount % 3_000)
    }
  }

  /** The price comes that one or all of the exits are watched for; told twice, as by two processes. */
  private fire(which: number): void {
    const watched = this.bracket.legs.filter(isWatching)
    const reached = which % 2 === 0 ? watched : watched.slice(0, 1)
    const news = reached.map(({ leg }) => ({
      kind: 'fired' as const,
      leg,
      price: d('41000'),
      best: d('41500'),
      at: at(this.nowMs),
    }))
    this.take([...news, ...news])
  }

  /** Nothing goes wrong any more: all is answered, market orders fill, cancellations are done, news arrives. */
  heal(): void {
    for (let round = 0; round < roundsMax; round += 1) {
      for (const order of this.orders.values()) this.finish(order)
      const busy = this.pending.length > 0
      while (this.pending.length > 0) this.deliver(0, this.pending.length, false)
      this.wake(
        this.bracket.wakeAt === null ? 0 : Math.max(0, Date.parse(this.bracket.wakeAt) - Date.parse(at(this.nowMs))),
      )
      const open = [...this.orders.values()].some(
        (order) => order.status !== 'ended' && (order.cancelAsked || order.status !== 'working'),
      )
      if (!busy && !open && this.pending.length === 0 && this.bracket.wakeAt === null) return
    }
    throw new Error('the bracket does not come to rest')
  }

  private finish(order: VenueOrder): void {
    if (order.status === 'unanswered' || order.status === 'lost') {
      this.accept(order)
    }
    const market = order.leg.type === 'market' || order.leg.watch !== undefined
    if (market && order.status === 'working') this.fill(order, order.leg.quantity)
    // A market order that only reduces ends when there is nothing left to reduce.
    if (order.status === 'working' && (order.cancelAsked || market)) this.end(order)
  }

  private answer(order: VenueOrder, amount: number): void {
    if (order.status !== 'unanswered' && order.status !== 'lost') return
    const choice = amount % 6
    if (choice === 0 && order.status === 'unanswered') {
      order.status = 'lost'
      return this.tell(order, 'unknown')
    }
    if (choice === 1) {
      order.status = 'ended'
      const codes = ['REFUSED_BY_VENUE', 'WOULD_TRIGGER_IMMEDIATELY']
      return this.tell(order, 'rejected', { code: codes[amount % 2]!, message: '' })
    }
    this.accept(order)
  }

  private fill(order: VenueOrder, asked: Decimal): void {
    if (order.status !== 'working') return
    const open = order.leg.quantity.minus(order.filled)
    const room = order.leg.purpose === 'entry' ? open : minimum(open, this.held)
    const quantity = minimum(asked, room)
    if (quantity.lte(ZERO)) return
    if (isPair(order.leg)) order.half ??= this.nowMs % 2 === 0 ? 'price' : 'triggerPrice'
    const waits = order.leg.watch === undefined ? (order.leg.price ?? order.leg.triggerPrice) : null
    const at = order.half === null ? waits : order.leg[order.half]
    const price = at ?? decimal(String(39_000 + (this.nowMs % 2_000)))
    order.filled = order.filled.plus(quantity)
    order.paid = order.paid.plus(quantity.times(price))
    const buys = order.leg.side === 'buy'
    this.cash = buys ? this.cash.minus(quantity.times(price)) : this.cash.plus(quantity.times(price))
    if (order.filled.eq(order.leg.quantity)) order.status = 'ended'
    this.tell(order, 'filled')
  }

  private cancel(order: VenueOrder): void {
    if (order.cancelAsked && order.status === 'working') this.end(order)
  }

  private end(order: VenueOrder): void {
    order.status = 'ended'
    this.tell(order, 'cancelled')
  }

  private tell(order: VenueOrder, news: LegNews, reason: Reason | null = null): void {
    order.revision += 1
    const paysInCoins = sellsCoins(this.plan.venue) && order.leg.purpose === 'entry'
    this.pending.push({
      intentId: order.leg.intentId,
      news,
      revision: order.revision,
      venueOrderId: 'v',
      clientOrderId: 'c',
      final: order.status === 'ended',
      filledQuantity: order.filled,
      averagePrice: order.filled.gt(ZERO) ? order.paid.div(order.filled) : null,
      fee: order.leg.purpose === 'entry' ? this.feeInCoins(order.filled) : ZERO,
      feeCurrency: this.nowMs % 5 === 0 ? null : paysInCoins ? 'BTC' : 'USDT',
      reason,
      sentAt: at(this.nowMs),
      executedAt: this.nowMs % 3 === 0 ? null : at(this.nowMs),
      observedAt: at(this.nowMs + (this.nowMs % 40)),
    })
  }

  /** Takes some of the news under way, from any place, perhaps leaving a copy to come again. */
  private deliver(from: number, count: number, twice: boolean): void {
    if (this.pending.length === 0) return
    const start = from % this.pending.length
    const taken = this.pending.splice(start, count)
    if (twice) this.pending.push(...taken)
    this.delivered.push(...taken)
    this.take(taken.toReversed().map((update) => ({ kind: 'update', update })))
  }

  private wake(afterMs: number): void {
    this.nowMs += afterMs
    if (this.bracket.wakeAt !== null && this.bracket.wakeAt <= at(this.nowMs)) this.take([{ kind: 'wake' }])
  }

  private take(news: readonly BracketNews[]): void {
    const step: Step = advance(this.bracket, news, {
      plan: this.plan,
      policy: exitPolicyDefault,
      isAlone: true,
      now: at(this.nowMs),
    })
    this.bracket = step.bracket
    this.events.push(...step.events)
    for (const leg of step.submits) this.place(leg)
    for (const leg of step.cancels) this.orders.get(leg.intentId)!.cancelAsked = true
  }

  private place(leg: Leg): void {
    if (this.orders.has(leg.intentId)) throw new Error(`${leg.leg} was ordered twice`)
    this.orders.set(leg.intentId, {
      leg,
      status: 'unanswered',
      cancelAsked: false,
      revision: 0,
      filled: ZERO,
      paid: ZERO,
      half: null,
    })
  }
}
