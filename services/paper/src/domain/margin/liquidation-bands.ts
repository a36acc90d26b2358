/**
 * Sets the prices between which an account cannot need liquidation, so that a tick looks only at accounts outside theirs.
 * Called by the fold after each fill, and by the tick when a price has left a band. Must never set a band too wide:
 * each of an account's n positions may use up one n-th of what separates it from liquidation.
 */
import { absolute, most, over, type Amount } from '../amount.ts'
import { accountMargin } from './margin.ts'
import type { Account, VenueState } from '../state.ts'

/** A short's maintenance margin grows with the price, in the last tier by less than half of it. */
const SHORT_FACTOR_NUMERATOR = 2n
const SHORT_FACTOR_DENOMINATOR = 3n

/** Returns true when the account's margin balance is below its maintenance margin: it must be liquidated now. */
export function refreshBands(state: VenueState, account: Account): boolean {
  account.bandVersion += 1
  const margin = accountMargin(state, account)
  const held = margin.symbols.filter((symbol) => symbol.position.quantity !== 0n)
  if (held.length === 0) return false
  const slack = margin.marginBalance - margin.maintenanceMargin
  const part = slack / BigInt(held.length)
  for (const { position, market } of held) {
    const distance = over(part, absolute(position.quantity))
    const band = { account, version: account.bandVersion }
    if (slack < 0n) {
      // Whatever the next price is, it is outside: the account comes up at the next tick at the latest.
      market.book.bandsBelow.push(market.instrument.priceMaximum, account.bandVersion, band)
    } else if (position.quantity > 0n) {
      const edge: Amount = market.price - most(distance, market.instrument.priceStep)
      if (edge > 0n) market.book.bandsBelow.push(edge, account.bandVersion, band)
    } else {
      const allowed = (distance * SHORT_FACTOR_NUMERATOR) / SHORT_FACTOR_DENOMINATOR
      market.book.bandsAbove.push(market.price + most(allowed, market.instrument.priceStep), account.bandVersion, band)
    }
  }
  return slack < 0n
}
