/**
 * A position as the world is told of it: opened and closed, with its profit and loss after fees.
 * Called by the bracket. Must never count a fee in a currency that it cannot turn into the quote currency exactly.
 */
import { Decimal, ZERO, decimal, sum } from '@tradewire/kernel/decimal'
import type { Bracket } from './bracket.ts'
import type { Leg } from './leg.ts'
import type { Position } from './position.ts'
import type { SignalPlan } from './signal-plan.ts'

export type CloseReason = 'stop' | 'target' | 'trailing' | 'close' | 'venue'

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
  const sold = sum(exits.map((leg) => leg.filledQuantity.times(leg.averagePrice ?? openPrice)))
  const paid = sum(exits.map((leg) => leg.filledQuantity.times(openPrice)))
  const gross = (bracket.side === 'buy' ? sold.minus(paid) : paid.minus(sold)).times(plan.instrument.contractSize)
  const fees = money(sum(bracket.legs.map((leg) => feeInQuote(leg, plan))))
  const last = lastFilled(exits)
  return {
    quantity: position.opened,
    openPrice,
    openedAt: bracket.firstFilledAt ?? position.entry.submittedAt,
    closePrice: position.closed.gt(ZERO)
      ? sold.div(position.closed).round(averagePlaces, Decimal.roundHalfEven)
      : openPrice,
    closedAt: bracket.gone.gt(ZERO) ? at : (last?.filledAt ?? at),
    reason: bracket.gone.gt(ZERO) ? 'venue' : reasonOf(last),
    realizedPnl: money(gross).minus(fees),
    fees,
  }
}

function money(amount: Decimal): Decimal {
  return amount.round(moneyPlaces, Decimal.roundHalfEven)
}

function entryPrice(entry: Leg, plan: SignalPlan): Decimal {
  return entry.averagePrice ?? plan.prices.entry
}

/** In quote currency: fees in the base coin count at the leg's own price; others (a venue's token) are not counted. */
export function feeInQuote(leg: Leg, { instrument }: Pick<SignalPlan, 'instrument'>): Decimal {
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
      return first < second ? -1 : first > second ? 1 : rank.indexOf(a.purpose) - rank.indexOf(b.purpose)
    })
    .at(-1)
}

function reasonOf(last: Leg | undefined): CloseReason {
  switch (last?.purpose) {
    case 'stop':
    case 'target':
    case 'trailing':
    case 'close':
      return last.purpose
    default:
      return 'venue'
  }
}

/** How much worse than asked an average price was, in per cent of the asked one; negative when it was better. */
export function slippagePercent(asked: Decimal, got: Decimal, side: 'buy' | 'sell'): Decimal {
  const worse = side === 'buy' ? got.minus(asked) : asked.minus(got)
  return worse.times(decimal('100')).div(asked).round(6, Decimal.roundHalfEven)
}
