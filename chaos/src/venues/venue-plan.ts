/**
 * What befalls one account at one venue, drawn from one seed: orders, cancels, trades by hand, prices and faults.
 * Called by the run over venues. Pure; must never draw from anything but its seed: a run must repeat.
 */
import type { OrderType } from '@tradewire/contracts/events/orders'
import type { AccountFault } from '@tradewire/broker-kit/conformance-world'
import { SeededRandomness } from '@tradewire/kernel/randomness'

export interface PlannedOrder {
  readonly purpose: 'entry' | 'stop' | 'target' | 'close'
  readonly type: OrderType
  /** Away from the market, so that it rests; null for market orders. */
  readonly price: string | null
  readonly triggerPrice: string | null
}

export type VenueStep =
  | { readonly kind: 'order'; readonly order: PlannedOrder }
  /** Of the orders that are believed to rest, the one at that place. */
  | { readonly kind: 'cancel'; readonly place: number }
  | { readonly kind: 'price'; readonly price: string }
  | { readonly kind: 'by-hand'; readonly side: 'buy' | 'sell' }
  | { readonly kind: 'fault'; readonly fault: AccountFault }

const stepsLeast = 8
const stepsMost = 14
/** Longer than one look takes, shorter than any venue's read lag. */
const hiddenMostMs = 1_200
const latencyMostMs = 400
const rateLimitMs = 300

class Dice {
  private readonly randomness: SeededRandomness

  constructor(seed: number) {
    this.randomness = new SeededRandomness(seed)
  }

  whole(least: number, most: number): number {
    return least + Math.floor(this.randomness.fraction() * (most - least + 1))
  }

  oneOf<Value>(values: readonly Value[]): Value {
    return values[this.whole(0, values.length - 1)]!
  }
}

/** Each order type that the venue takes, as an order near 40,000 that can be placed after an entry. */
const shapes: readonly PlannedOrder[] = [
  { purpose: 'entry', type: 'market', price: null, triggerPrice: null },
  { purpose: 'entry', type: 'limit', price: '38000', triggerPrice: null },
  { purpose: 'stop', type: 'stop-market', price: null, triggerPrice: '36000' },
  { purpose: 'stop', type: 'stop-limit', price: '35900', triggerPrice: '36000' },
  { purpose: 'target', type: 'limit', price: '44000', triggerPrice: null },
  { purpose: 'target', type: 'take-profit-market', price: null, triggerPrice: '44000' },
  { purpose: 'close', type: 'market', price: null, triggerPrice: null },
]

export function planOf(seed: number, orderTypes: readonly OrderType[]): VenueStep[] {
  const dice = new Dice(seed)
  const orders = shapes.filter(({ type }) => orderTypes.includes(type))
  const [first] = orders
  const plan: VenueStep[] = [{ kind: 'order', order: first! }]
  const steps = dice.whole(stepsLeast, stepsMost)
  while (plan.length < steps) {
    const roll = dice.whole(1, 10)
    if (roll <= 4) {
      plan.push({ kind: 'fault', fault: faultOf(dice) }, { kind: 'order', order: dice.oneOf(orders) })
    } else if (roll <= 6) plan.push({ kind: 'order', order: dice.oneOf(orders) })
    else if (roll <= 8) plan.push({ kind: 'cancel', place: dice.whole(0, 3) })
    else if (roll === 9) plan.push({ kind: 'by-hand', side: dice.oneOf(['buy', 'sell'] as const) })
    else plan.push({ kind: 'price', price: dice.oneOf(['39900', '40000', '40100']) })
  }
  return plan
}

function faultOf(dice: Dice): AccountFault {
  const next = dice.whole(1, 2)
  const operation = dice.oneOf(['place', 'place', 'cancel', 'any'] as const)
  switch (dice.whole(1, 8)) {
    case 1:
    case 2:
      return { kind: 'drop-reply-after-accept', operation, next }
    case 3:
      return { kind: 'error-after-accept', operation, next }
    case 4:
      return { kind: 'delay-visibility', milliseconds: dice.whole(1, hiddenMostMs), next }
    case 5:
      return { kind: 'rate-limit', operation: 'any', milliseconds: rateLimitMs, next }
    case 6:
      return { kind: 'partial-fill', fraction: '0.5', next }
    case 7:
      return { kind: 'disconnect-streams', next: 1 }
    default:
      return dice.whole(0, 1) === 0
        ? { kind: 'reject', next: 1 }
        : { kind: 'latency', operation, milliseconds: dice.whole(1, latencyMostMs), next }
  }
}
