/**
 * A venue account that trades by the moves it is given, and a reconciler that looks at it. Called by the specs of
 * reconciliation. Must never show a fill before an older one.
 */
import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit, type OrderPurpose } from '@tradewire/contracts/events/orders'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { type Attempt, type AttemptState, newAttempt } from '#domain/attempt/attempt'
import { type Belief, fillsFrom, type Outcome, reconcile, readsWanted, type View } from '#domain/reconcile/reconcile'
import { clientIdRule } from './client-ids.ts'

export const lagMs = clientIdRule.readLagMs
const startMs = Date.parse('2026-01-01T00:00:00.000Z')
export const command = orderSubmit.data.parse({ ...orderSubmit.example, venue: 'paper' })

export function intentOf(number: number): string {
  return `01963a5e-0000-8000-a000-${String(number).padStart(12, '0')}`
}

export function attemptOf(number: number, purpose: OrderPurpose, state: AttemptState = 'filled'): Attempt {
  const intentId = intentOf(number)
  const at = new Date(startMs)
  return {
    ...newAttempt({
      command: { ...command, intentId, purpose, quantity: '9' },
      clientOrderId: base36OfUuid(intentId),
      partition: 0,
      receivedAt: at,
    }),
    state,
    revision: 1,
    submissions: 1,
    venueOrderId: `v${number}`,
    filledQuantity: '9',
    averagePrice: '40000',
    fee: '1',
    feeCurrency: 'USDT',
    sentAt: at,
    answeredAt: at,
  }
}

export type Move = { readonly who: 'entry' | 'stop' | 'other' | 'liquidation'; readonly quantity: number }

export class LookedAtAccount {
  readonly fills: VenueFill[] = []
  readonly losses: Outcome['losses'][number][] = []
  openOrders: VenueOrder[] = []
  attempts = new Map<string, Attempt>()
  belief: Pick<Belief, 'holdings' | 'firstReadAt' | 'sightings' | 'touched'> = {
    holdings: new Map(),
    firstReadAt: null,
    sightings: new Map(),
    touched: new Set(),
  }
  last: Outcome | undefined
  /** Fills that positions show and lists do not yet. */
  hidden = 0
  /** So long after each trade, in its order, the list of fills and the positions show it. */
  readonly late: { readonly fillMs: number; readonly positionMs: number }[] = []
  nowMs = startMs

  get net(): Decimal {
    return netOfFills(this.fills)
  }

  /** The venue is behind with the last of them: it shows none before an older one. */
  private shown(where: 'fillMs' | 'positionMs'): readonly VenueFill[] {
    const lateMs = (index: number): number => this.late[index]?.[where] ?? 0
    const first = this.fills.findIndex(({ at }, index) => this.nowMs - at.getTime() < lateMs(index))
    return first < 0 ? this.fills : this.fills.slice(0, first)
  }

  /** Without what the positions do not show yet. */
  private get shownNet(): Decimal {
    return netOfFills(this.shown('positionMs'))
  }

  get own(): Decimal {
    return this.belief.holdings.get(command.symbol)?.own ?? ZERO
  }

  trade({ who, quantity }: Move): void {
    const number = this.fills.length + 1
    this.nowMs += 10
    const ours = who === 'entry' || who === 'stop'
    if (ours) {
      this.attempts.set(intentOf(number), attemptOf(number, who))
      this.belief = { ...this.belief, touched: new Set([command.symbol]) }
    }
    const side = who === 'entry' ? 'buy' : who === 'stop' ? 'sell' : quantity < 0 ? 'sell' : 'buy'
    this.fills.push({
      tradeId: String(number),
      venueOrderId: `v${number}`,
      clientOrderId: ours ? base36OfUuid(intentOf(number)) : 'web_1',
      symbol: command.symbol,
      side,
      quantity: String(Math.abs(quantity)),
      price: '40000',
      fee: '1',
      feeCurrency: 'USDT',
      forced: who === 'liquidation' ? 'liquidation' : null,
      at: new Date(this.nowMs),
    })
  }

  /** One pass, so much later, with everything that the venue tells in this order. */
  pass(afterMs = lagMs, shuffle: <Item>(items: readonly Item[]) => Item[] = (items) => [...items]): Outcome {
    this.nowMs += afterMs
    const net = this.shownNet
    const positions: VenuePosition[] = net.eq(ZERO)
      ? []
      : [
          {
            symbol: command.symbol,
            side: net.gt(ZERO) ? 'buy' : 'sell',
            quantity: net.abs().toString(),
            entryPrice: null,
            unrealizedPnl: '0',
          },
        ]
    const belief: Belief = { ...this.belief, clientIdRule, coins: false, attempts: this.attempts }
    const readAt = new Date(this.nowMs)
    const wanted = readsWanted(belief, { openOrders: this.openOrders, positions, readAt })
    const shown = this.shown('fillMs').slice(0, this.fills.length - this.hidden)
    const view: View = {
      readAt,
      openOrders: shuffle(this.openOrders),
      positions,
      fills: new Map(
        wanted.symbols.map((symbol) => {
          const from = fillsFrom(belief, symbol, lagMs)
          return [symbol, shuffle(shown.filter(({ at }) => at >= from))]
        }),
      ),
      absent: new Set(wanted.orders.map(({ command: { intentId } }) => intentId)),
    }
    const outcome = reconcile(belief, view, { nowMs: this.nowMs, lagMs })
    this.last = outcome
    this.losses.push(...outcome.losses)
    this.belief = {
      holdings: new Map([...this.belief.holdings, ...outcome.holdings.map((each) => [each.symbol, each] as const)]),
      firstReadAt: this.belief.firstReadAt ?? readAt,
      sightings: outcome.sightings,
      touched: outcome.doubted,
    }
    return outcome
  }

  settle(): void {
    for (let pass = 0; pass < 3; pass += 1) this.pass()
  }
}

/** Looked at once already: what it does from now on is not what stood there before. */
export function started(): LookedAtAccount {
  const world = new LookedAtAccount()
  world.pass(0)
  return world
}

function netOfFills(fills: readonly VenueFill[]): Decimal {
  return sum(fills.map(({ side, quantity }) => (side === 'buy' ? decimal(quantity) : ZERO.minus(quantity))))
}
