/**
 * The money of a contract account in its own currency: balance, open profit, margin in use, what is free.
 * Called by the deals, the stop-out and the protocols' account answers. Must never change state.
 */
import type { Venue } from '@tradewire/contracts/common'
import { most, over, times, UNIT, type Amount } from '../amount.ts'
import { balanceOf, marketOf, marketsOf, type Account, type Market, type VenueState } from '../state.ts'
import { marginOf, profitOf, type Contract } from './contract.ts'
import type { Ticket } from './ticket.ts'

const HUNDRED = 100n

export interface ContractMargin {
  readonly balance: Amount
  readonly profit: Amount
  readonly swap: Amount
  /** Balance and credit with open profit and swap. */
  readonly equity: Amount
  readonly margin: Amount
  /** May be below zero. */
  readonly free: Amount
  /** Equity in percent of the margin; null without margin. */
  readonly level: Amount | null
}

/** How much of `to` one unit of `from` is, by the markets of the venue; undefined when no market tells. */
export function rateOf(state: VenueState, venue: Venue, from: string, to: string): Amount | undefined {
  if (from === to) return UNIT
  for (const { instrument, price } of marketsOf(state, venue)) {
    if (instrument.base === from && instrument.quote === to) return price
    if (instrument.base === to && instrument.quote === from) return over(UNIT, price)
  }
  return undefined
}

/** The contract of a market that lists one; anything else is a mistake of the caller. */
export function contractOf({ instrument }: Market): Contract {
  if (instrument.contract === null) throw new Error(`${instrument.symbol} is no contract`)
  return instrument.contract
}

/** An amount of the market's quote currency in the account's. */
export function inAccountCurrency(state: VenueState, account: Account, market: Market, value: Amount): Amount {
  return times(value, rateOf(state, account.venue, market.instrument.quote, account.currency) ?? UNIT)
}

/** What a position would close at now. */
export function closingPriceOf(market: Market, ticket: Ticket): Amount {
  return ticket.side === 'buy' ? market.bid : market.ask
}

/** Open profit in the account's currency, without swap. */
export function ticketProfitOf(state: VenueState, account: Account, ticket: Ticket): Amount {
  const market = marketOf(state, account.venue, ticket.symbol)
  if (market === undefined) return 0n
  const prices = { open: ticket.openPrice, close: closingPriceOf(market, ticket) }
  return inAccountCurrency(state, account, market, profitOf(contractOf(market), ticket.side, ticket.volume, prices))
}

/** In the account's currency. Of opposite positions only the larger side needs margin. */
export function symbolMarginOf(state: VenueState, account: Account, market: Market, lots: LotsBySide): Amount {
  const margin = (volume: Amount) => marginOf(contractOf(market), volume, market.price, account.leverageMax)
  return inAccountCurrency(state, account, market, most(margin(lots.buy), margin(lots.sell)))
}

export interface LotsBySide {
  buy: Amount
  sell: Amount
}

export function lotsOf(account: Account, symbol: string): LotsBySide {
  const lots = { buy: 0n, sell: 0n }
  for (const ticket of account.tickets.values()) if (ticket.symbol === symbol) lots[ticket.side] += ticket.volume
  return lots
}

export function contractMargin(state: VenueState, account: Account): ContractMargin {
  const symbols = new Set<string>()
  let profit = 0n
  let swap = 0n
  for (const ticket of account.tickets.values()) {
    symbols.add(ticket.symbol)
    profit += ticketProfitOf(state, account, ticket)
    swap += ticket.swap
  }
  let margin = 0n
  for (const symbol of symbols) {
    const market = marketOf(state, account.venue, symbol)
    if (market !== undefined) margin += symbolMarginOf(state, account, market, lotsOf(account, symbol))
  }
  const balance = balanceOf(account, account.currency).free
  const equity = balance + account.credit + profit + swap
  const level = margin === 0n ? null : over(equity * HUNDRED, margin)
  return { balance, profit, swap, equity, margin, free: equity - margin, level }
}
