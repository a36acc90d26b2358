/**
 * The arithmetic of contracts that are traded in lots on margin: forex pairs and contracts for difference.
 * Called by the deals, the margin and every protocol of such a venue. Must never know an account or a price by itself.
 */
import type { Side } from '@tradewire/contracts/common'
import { over, times, UNIT, type Amount } from '../amount.ts'

export type ContractGroup = 'forex' | 'index' | 'commodity' | 'crypto'

/** What makes a listed instrument a contract; lots are what an order's quantity counts. */
export interface Contract {
  readonly description: string
  readonly group: ContractGroup
  /** Units of the base in one lot: 100000 euros, 50 times an index, 100 ounces. */
  readonly size: Amount
  /** How much the price moves by one pip. */
  readonly pip: Amount
  readonly pipDecimals: number
  readonly leverageMax: number
  /** Signed pips that one lot earns (or costs, below zero) per night. */
  readonly swapLongPips: Amount
  readonly swapShortPips: Amount
  /** In the account's currency, for one lot of each deal that opens and each that closes. */
  readonly commissionPerLot: Amount
  /** Stops must keep so far, in price, from the market. */
  readonly stopsDistance: Amount
}

/** The night that counts three times, for the weekend: from Wednesday to Thursday. */
export const tripleSwapDay = 3
const TRIPLE = 3n
const dayMs = 86_400_000
const daysOfWeek = 7
/** 1970-01-01 was a Thursday. */
const epochWeekday = 4
/** A recording that jumps over more nights is a new recording. */
const nightsMax = 31

/** What so many lots are worth, in the quote currency. */
export function notionalOf(contract: Contract, lots: Amount, price: Amount): Amount {
  return times(times(lots, contract.size), price)
}

/** Profit (above zero) or loss in the quote currency of lots bought or sold at one price and closed at the other. */
export function profitOf(
  contract: Contract,
  side: Side,
  lots: Amount,
  prices: { open: Amount; close: Amount },
): Amount {
  const move = side === 'buy' ? prices.close - prices.open : prices.open - prices.close
  return (lots * contract.size * move) / (UNIT * UNIT)
}

/** Margin in the quote currency, under the smaller leverage of contract and account. */
export function marginOf(contract: Contract, lots: Amount, price: Amount, accountLeverage: number): Amount {
  const leverage = Math.min(contract.leverageMax, accountLeverage)
  return over(notionalOf(contract, lots, price), BigInt(leverage) * UNIT)
}

/** What one pip is worth for so many lots, in the quote currency. */
export function pipValueOf(contract: Contract, lots: Amount): Amount {
  return times(times(lots, contract.size), contract.pip)
}

/** What the smallest move of the price is worth for one lot, in the quote currency. */
export function tickValueOf(contract: Contract, priceStep: Amount): Amount {
  return times(contract.size, priceStep)
}

/** What holding the lots over so many nights brings, in the quote currency; a triple night counts as three. */
export function swapOf(contract: Contract, side: Side, lots: Amount, nights: bigint): Amount {
  const pips = side === 'buy' ? contract.swapLongPips : contract.swapShortPips
  return times(pipValueOf(contract, lots), pips) * nights
}

/** Nights between two moments (ms, UTC), weekend nights left out for they are in the triple one; 0 when time goes back. */
export function nightsBetween(from: number, to: number): bigint {
  const first = Math.floor(from / dayMs)
  const last = Math.floor(to / dayMs)
  if (last - first > nightsMax) return 0n
  let nights = 0n
  for (let day = first; day < last; day += 1) {
    const weekday = (day + epochWeekday) % daysOfWeek
    if (weekday === tripleSwapDay) nights += TRIPLE
    else if (weekday !== 0 && weekday !== daysOfWeek - 1) nights += 1n
  }
  return nights
}
