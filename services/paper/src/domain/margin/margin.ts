/**
 * Cross margin of a perpetual account: wallet, unrealised profit, initial and maintenance margin, free balance.
 * Called by the order checks, the liquidation and the account answers of the protocols. Must never change state.
 */
import { absolute, most, over, times, type Amount } from '../amount.ts'
import { tierOf, type Instrument } from '../listing/instruments.ts'
import { unrealizedPnlOf } from './position.ts'
import { balanceOf, leverageOf, marketOf, type Account, type Market, type Position, type VenueState } from '../state.ts'

export interface SymbolMargin {
  readonly position: Position
  readonly market: Market
  readonly leverage: number
  /** Signed, at the mark price. */
  readonly notional: Amount
  readonly unrealizedPnl: Amount
  readonly positionInitialMargin: Amount
  readonly openOrderInitialMargin: Amount
  readonly maintenanceMargin: Amount
}

export interface AccountMargin {
  readonly wallet: Amount
  readonly unrealizedPnl: Amount
  readonly marginBalance: Amount
  readonly positionInitialMargin: Amount
  readonly openOrderInitialMargin: Amount
  readonly initialMargin: Amount
  readonly maintenanceMargin: Amount
  /** What new orders may use; never below zero. */
  readonly available: Amount
  readonly symbols: readonly SymbolMargin[]
}

export function maintenanceMarginOf(instrument: Instrument, notional: Amount): Amount {
  const size = absolute(notional)
  const tier = tierOf(instrument, size)
  return tier === undefined ? 0n : most(0n, times(size, tier.maintenanceRate) - tier.maintenanceCredit)
}

/** Margin that position and open orders need together: the worse of all buys filling and all sells filling. */
export function exposureOf(notional: Amount, openBuys: Amount, openSells: Amount): Amount {
  return most(absolute(notional), most(absolute(notional + openBuys), absolute(notional - openSells)))
}

export function marginFor(exposure: Amount, leverage: number): Amount {
  return over(exposure, BigInt(leverage) * 100_000_000n)
}

function symbolMargin(account: Account, market: Market, position: Position): SymbolMargin {
  const leverage = leverageOf(account, position.symbol)
  const notional = times(position.quantity, market.price)
  const positionInitialMargin = marginFor(absolute(notional), leverage)
  const whole = marginFor(exposureOf(notional, position.openBuys, position.openSells), leverage)
  return {
    position,
    market,
    leverage,
    notional,
    unrealizedPnl: unrealizedPnlOf(position, market.price),
    positionInitialMargin,
    openOrderInitialMargin: whole - positionInitialMargin,
    maintenanceMargin: maintenanceMarginOf(market.instrument, notional),
  }
}

export function accountMargin(state: VenueState, account: Account): AccountMargin {
  const symbols: SymbolMargin[] = []
  let unrealizedPnl = 0n
  let positionInitialMargin = 0n
  let openOrderInitialMargin = 0n
  let maintenanceMargin = 0n
  for (const position of account.positions.values()) {
    const market = marketOf(state, account.venue, position.symbol)
    if (market === undefined) continue
    const margin = symbolMargin(account, market, position)
    symbols.push(margin)
    unrealizedPnl += margin.unrealizedPnl
    positionInitialMargin += margin.positionInitialMargin
    openOrderInitialMargin += margin.openOrderInitialMargin
    maintenanceMargin += margin.maintenanceMargin
  }
  const wallet = balanceOf(account, account.currency).free
  const marginBalance = wallet + unrealizedPnl
  const initialMargin = positionInitialMargin + openOrderInitialMargin
  return {
    wallet,
    unrealizedPnl,
    marginBalance,
    positionInitialMargin,
    openOrderInitialMargin,
    initialMargin,
    maintenanceMargin,
    available: most(0n, marginBalance - initialMargin),
    symbols,
  }
}

/**
 * The price at which the account would be liquidated if only this symbol moved; 0 when no price does it.
 * Solves wallet + other profit - other maintenance + quantity x (p - entry) = |quantity| x p x rate - credit.
 */
export function liquidationPriceOf(margin: AccountMargin, symbol: SymbolMargin): Amount {
  const { quantity, cost } = symbol.position
  if (quantity === 0n) return 0n
  const size = absolute(quantity)
  const tier = tierOf(symbol.market.instrument, absolute(symbol.notional))
  if (tier === undefined) return 0n
  const others = margin.marginBalance - symbol.unrealizedPnl - (margin.maintenanceMargin - symbol.maintenanceMargin)
  const long = quantity > 0n
  const numerator = long ? cost - others - tier.maintenanceCredit : cost + others + tier.maintenanceCredit
  const factor = long ? 100_000_000n - tier.maintenanceRate : 100_000_000n + tier.maintenanceRate
  return numerator <= 0n ? 0n : over(numerator, times(size, factor))
}
