/**
 * A position as the world is told of it: opened and closed, with its profit and loss after fees.
 * Called by the bracket. Must never count a fee in a currency that it cannot turn into the quote currency exactly.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { tradeClosed } from '@tradewire/contracts/events/orders'
import { Decimal, ZERO, decimal, sum } from '@tradewire/kernel/decimal'
import type { Bracket } from './bracket.ts'
import { type Leg, purposeOf } from './leg.ts'
import type { Position } from './position.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { ownExits } from './taken.ts'

export type CloseReason = DataOf<typeof tradeClosed>['reason']

export interface TradeOpened {
  readonly quantity: Decimal
  readonly openPrice: Decimal
  readonly openedAt: string
  readonly stopLoss: Decimal
  readonly takeProfits: readonly Decimal[]
  readonly unprotectedMs: number
}

export interface TradeClosed {
  readonly quantity: Decimal
  readonly openPrice: Decimal
  readonly openedAt: string
  readonly closePrice: Decimal
  readonly closedAt: string
  readonly reason: CloseReason
  /** After fees, in quote currency. */
  readonly realizedPnl: Decimal
  readonly fees: Decimal
}

const averagePlaces = 12
/** Products of long averages are cut to what every surface can show; far below the smallest coin. */
const moneyPlaces = 18

export function openedTrade(bracket: Bracket, position: Position, plan: SignalPlan): TradeOpened {
  return {
    quantity: position.opened,
    openPrice: entryPrice(position.entry, plan),
    openedAt: bracket.firstFilledAt ?? position.entry.submittedAt,
    stopLoss: plan.prices.stop.trigger,
    takeProfits: plan.prices.targets,
    unprotectedMs: bracket.unprotectedMs,
  }
}

export function closedTrade(
  bracket: Bracket,
  position: Position,
  { plan, at }: { readonly plan: SignalPlan; readonly at: string },
): TradeClosed {
  const exits = bracket.legs.filter((leg) => leg.purpose !== 'entry' && leg.filledQuantity.gt(ZERO))
  const openPrice = entryPrice(position.entry, plan)
  const ends = [
    ...ownExits(bracket).map((leg) => ({ quantity: leg.filledQuantity, price: leg.averagePrice ?? openPrice })),
    // A loss without a price counts at the price at which it was opened: neither profit nor loss is made up.
    ...bracket.losses.map(({ quantity, price }) => ({ quantity, price: price ?? openPrice })),
  ]
  const quantity = sum(ends.map((end) => end.quantity))
  const sold = sum(ends.map((end) => end.quantity.times(end.price)))
  const paid = quantity.times(openPrice)
  const gross = (bracket.side === 'buy' ? sold.minus(paid) : paid.minus(sold)).times(plan.instrument.contractSize)
  const lossFees = bracket.losses.map(({ price, ...loss }) => feeInQuote({ ...loss, averagePrice: price }, plan))
  const fees = money(sum([...bracket.legs.map((leg) => feeInQuote(leg, plan)), ...lossFees]))
  return {
    quantity: position.opened,
    openPrice,
    openedAt: bracket.firstFilledAt ?? position.entry.submittedAt,
    closePrice: quantity.gt(ZERO) ? sold.div(quantity).round(averagePlaces, Decimal.roundHalfEven) : openPrice,
    ...endOf(bracket, exits, at),
    realizedPnl: money(gross).minus(fees),
    fees,
  }
}

/** What came last ended the trade: a leg of ours, or a loss. */
function endOf(bracket: Bracket, exits: readonly Leg[], at: string): Pick<TradeClosed, 'closedAt' | 'reason'> {
  const last = lastFilled(exits)
  const loss = bracket.losses.findLast(({ reason }) => reason !== 'unsellable')
  if (loss !== undefined && loss.reason !== 'unsellable' && (last?.filledAt ?? '') <= loss.at)
    return { closedAt: loss.at, reason: loss.reason }
  return { closedAt: last?.filledAt ?? at, reason: reasonOf(last) }
}

function money(amount: Decimal): Decimal {
  return amount.round(moneyPlaces, Decimal.roundHalfEven)
}

function entryPrice(entry: Leg, plan: SignalPlan): Decimal {
  return entry.averagePrice ?? plan.prices.entry
}

/** In quote currency: fees in the base coin count at the leg's own price; others (a venue's token) are not counted. */
export function feeInQuote(
  leg: Pick<Leg, 'fee' | 'feeCurrency' | 'averagePrice'>,
  { instrument }: Pick<SignalPlan, 'instrument'>,
): Decimal {
  if (leg.feeCurrency === instrument.quote) return leg.fee
  if (leg.feeCurrency === instrument.base && leg.averagePrice !== null) return leg.fee.times(leg.averagePrice)
  return ZERO
}

/** By when it was filled; among equals the one that ends a position more surely. */
function lastFilled(exits: readonly Leg[]): Leg | undefined {
  const rank: readonly string[] = ['target', 'trailing', 'stop', 'close']
  return exits
    .toSorted((a, b) => {
      const [first, second] = [a.filledAt ?? '', b.filledAt ?? '']
      return first < second ? -1 : first > second ? 1 : rank.indexOf(purposeOf(a)) - rank.indexOf(purposeOf(b))
    })
    .at(-1)
}

function reasonOf(last: Leg | undefined): CloseReason {
  const purpose = last === undefined ? 'entry' : purposeOf(last)
  return purpose === 'entry' ? 'venue' : purpose
}

/** How much worse than asked an average price was, in per cent of the asked one; negative when it was better. */
export function slippagePercent(asked: Decimal, got: Decimal, side: 'buy' | 'sell'): Decimal {
  const worse = side === 'buy' ? got.minus(asked) : asked.minus(got)
  return worse.times(decimal('100')).div(asked).round(6, Decimal.roundHalfEven)
}
