/**
 * Whose a position is: what our orders hold of a symbol and what others did on the same account, fill by fill.
 * Pure: called by the reconciler. Must never let what others hold pass for ours, nor count a fill twice.
 */
import type { Side } from '@tradewire/contracts/common'
import type { OrderPurpose } from '@tradewire/contracts/events/orders'
import type { VenueFill } from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, maximum, minimum, sum, ZERO } from '@tradewire/kernel/decimal'

export interface CountedFill {
  readonly tradeId: string
  readonly at: Date
}

/** Signed quantities: below zero is short. Together they are what the venue shows. */
export interface Holding {
  readonly symbol: string
  readonly own: Decimal
  readonly external: Decimal
  /** All fills before this moment are counted. */
  readonly countedUntil: Date
  /** Fills counted since a little before that moment: reads overlap. */
  readonly counted: readonly CountedFill[]
}

/** Why something of ours is held no longer, as far as the venue tells. */
export type LossReason = 'manual' | 'liquidation' | 'stop-out' | 'unexplained'

/** A part of our position that was closed without an order of ours. */
export interface Loss {
  /** Of the position: buy when it was long. */
  readonly side: Side
  readonly quantity: Decimal
  readonly reason: LossReason
  readonly price: Decimal | null
  readonly fee: Decimal
  readonly feeCurrency: string | null
  readonly tradeId: string | null
  readonly clientOrderId: string | null
  /** When the venue executed the last of it; null when it does not tell. */
  readonly executedAt: Date | null
}

/** A fill and the purpose of the order of ours behind it; null when it is not one of ours. */
export interface AttributedFill {
  readonly fill: VenueFill
  readonly purpose: OrderPurpose | null
}

export interface Counted {
  readonly holding: Holding
  readonly losses: readonly Loss[]
  /** Fills of others that were counted now. */
  readonly external: readonly VenueFill[]
  readonly fresh: readonly AttributedFill[]
  /** Only fills of ours, and none of them took more than we held: nothing that needs a second look. */
  readonly plain: boolean
}

export function emptyHolding(symbol: string, countedUntil: Date): Holding {
  return { symbol, own: ZERO, external: ZERO, countedUntil, counted: [] }
}

export function netOf({ own, external }: Pick<Holding, 'own' | 'external'>): Decimal {
  return own.plus(external)
}

/** The holding after these fills, whatever their order; those counted before change nothing. */
export function count(holding: Holding, fills: readonly AttributedFill[], coins: boolean): Counted {
  const known = new Set(holding.counted.map(({ tradeId }) => tradeId))
  const fresh = new Map(fills.filter(({ fill }) => !known.has(fill.tradeId)).map((each) => [each.fill.tradeId, each]))
  const losses: Loss[] = []
  const external: VenueFill[] = []
  let now: Holding = holding
  let plain = true
  const inOrder = [...fresh.values()].toSorted(byTime)
  for (const { fill, purpose } of inOrder) {
    const taken = purpose === null ? takeExternal(now, signedOf(fill), termsOf(fill)) : takeOwn(now, fill, purpose)
    plain &&= purpose !== null && taken.holding.external.eq(now.external)
    now = coins ? afterFee(taken.holding, fill, purpose) : taken.holding
    if (taken.loss !== null) losses.push(taken.loss)
    if (purpose === null) external.push(fill)
  }
  const counted = inOrder.map(({ fill }) => ({ tradeId: fill.tradeId, at: fill.at }))
  const after = { ...now, counted: [...holding.counted, ...counted] }
  return { holding: after, losses, external, fresh: inOrder, plain }
}

/** The venue shows another quantity than the fills add up to: somebody moved the rest in a way that we cannot see. */
export function settleRest(holding: Holding, rest: Decimal): { readonly holding: Holding; readonly loss: Loss | null } {
  return takeExternal(holding, rest, unexplained)
}

/** Reads go back to a little before `countedUntil`; fills from before that need no memory. */
export function forgetCounted(holding: Holding, countedUntil: Date, since: Date): Holding {
  return { ...holding, countedUntil, counted: holding.counted.filter(({ at }) => at >= since) }
}

type LossTerms = Omit<Loss, 'quantity' | 'side'>

const unexplained: LossTerms = {
  reason: 'unexplained',
  price: null,
  fee: ZERO,
  feeCurrency: null,
  tradeId: null,
  clientOrderId: null,
  executedAt: null,
}

function termsOf(fill: VenueFill): LossTerms {
  const { price, fee, feeCurrency, tradeId, clientOrderId, forced, at: executedAt } = fill
  const told = { feeCurrency, tradeId, clientOrderId, executedAt }
  return { ...told, reason: forced ?? 'manual', price: decimal(price), fee: decimal(fee) }
}

/**
 * Somebody else traded. What goes against our position takes first what they hold themselves on our side, then ours;
 * never more of ours than the venue shows, for on a netted account theirs may stand against it.
 */
function takeExternal(holding: Holding, moved: Decimal, terms: LossTerms): { holding: Holding; loss: Loss | null } {
  const { own, external } = holding
  if (own.eq(ZERO) || moved.gt(ZERO) === own.gt(ZERO)) {
    return { holding: { ...holding, external: external.plus(moved) }, loss: null }
  }
  const shown = maximum(own.gt(ZERO) ? netOf(holding) : ZERO.minus(netOf(holding)), ZERO)
  const theirs = external.gt(ZERO) === own.gt(ZERO) ? minimum(external.abs(), moved.abs()) : ZERO
  const lost = minimum(moved.abs().minus(theirs), own.abs(), maximum(shown.minus(theirs), ZERO))
  if (lost.eq(ZERO)) return { holding: { ...holding, external: external.plus(moved) }, loss: null }
  const signed = own.gt(ZERO) ? ZERO.minus(lost) : lost
  return {
    holding: { ...holding, own: own.plus(signed), external: external.plus(moved.minus(signed)) },
    loss: { ...terms, side: own.gt(ZERO) ? 'buy' : 'sell', quantity: lost, ...shareOfFee(terms, lost, moved.abs()) },
  }
}

function shareOfFee({ fee }: LossTerms, lost: Decimal, moved: Decimal): { readonly fee: Decimal } {
  return { fee: lost.eq(moved) ? fee : fee.times(lost).div(moved).round(feePlaces) }
}

const feePlaces = 18

/** An exit of ours only reduces: what it took beyond our own position was somebody else's. */
function takeOwn(holding: Holding, fill: VenueFill, purpose: OrderPurpose): { holding: Holding; loss: null } {
  const moved = signedOf(fill)
  const { own, external } = holding
  if (purpose === 'entry') return { holding: { ...holding, own: own.plus(moved) }, loss: null }
  const opposing = !own.eq(ZERO) && moved.gt(ZERO) !== own.gt(ZERO)
  const size = opposing ? minimum(moved.abs(), own.abs()) : ZERO
  const ours = moved.gt(ZERO) ? size : ZERO.minus(size)
  return { holding: { ...holding, own: own.plus(ours), external: external.plus(moved.minus(ours)) }, loss: null }
}

/** A fee paid in the coin itself makes the balance smaller than the fills say, on the account of whose fill it was. */
function afterFee(holding: Holding, fill: VenueFill, purpose: OrderPurpose | null): Holding {
  const [base] = fill.symbol.split('/')
  if (fill.feeCurrency !== base) return holding
  const fee = decimal(fill.fee)
  return purpose === null
    ? { ...holding, external: holding.external.minus(fee) }
    : { ...holding, own: holding.own.minus(fee) }
}

function signedOf({ side, quantity }: Pick<VenueFill, 'side' | 'quantity'>): Decimal {
  return side === 'buy' ? decimal(quantity) : ZERO.minus(decimal(quantity))
}

function byTime(a: AttributedFill, b: AttributedFill): number {
  const apartMs = a.fill.at.getTime() - b.fill.at.getTime()
  if (apartMs !== 0) return apartMs
  // Ids of venues are numbers that grow; a longer one is later.
  const [first, second] = [a.fill.tradeId, b.fill.tradeId]
  return first.length - second.length || (first < second ? -1 : 1)
}

/** Several losses of one reason and side as one, at their average price and the time of the last; without what one lacks. */
export function joinLosses(losses: readonly Loss[]): Loss[] {
  return [...Map.groupBy(losses, ({ reason, side }) => `${reason} ${side}`).values()].map((group) => {
    const [first] = group as [Loss, ...Loss[]]
    if (group.length === 1) return first
    const quantity = sum(group.map((loss) => loss.quantity))
    const priced = group.every(({ price }) => price !== null)
    const paid = sum(group.map((loss) => loss.quantity.times(loss.price ?? ZERO)))
    return {
      ...first,
      quantity,
      price: priced ? paid.div(quantity).round(feePlaces) : null,
      fee: sum(group.map(({ fee }) => fee)),
      executedAt: group.at(-1)!.executedAt,
    }
  })
}
