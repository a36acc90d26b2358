/**
 * The books of all simulated venues: markets, accounts, orders, fills. A fold over the journal's records.
 * Called by the engine, the ledger and the protocols, which read it. Must never be changed but by the fold in apply.ts.
 */
import type { Venue } from '@tradewire/contracts/common'
import { amount, type Amount } from './amount.ts'
import { Book } from './books/book.ts'
import type { CloudAccount } from './accounts/cloud-account.ts'
import { Candles } from './books/candles.ts'
import { contractSettings } from './cfd/listed-contracts.ts'
import { TicketBook } from './cfd/ticket-book.ts'
import type { AccountMode } from './cfd/deal-terms.ts'
import type { ClosedTicket, Ticket } from './cfd/ticket.ts'
import type { Instrument } from './listing/instruments.ts'
import type { KeyRules } from './accounts/key-rules.ts'
import type { ManagedUser, Transfer } from './accounts/managed-user.ts'
import { inAlgo, type Fill, type Order } from './order.ts'
import type { MarketSettings } from './records.ts'

export interface Market {
  readonly instrument: Instrument
  settings: MarketSettings
  price: Amount
  bid: Amount
  ask: Amount
  /** Market time (ms) of the last tick; 0 before the first. */
  updatedAt: number
  readonly candles: Candles
  readonly book: Book
  /** Positions and pending orders of contract accounts; empty elsewhere. */
  readonly tickets: TicketBook
}

export interface Balance {
  free: Amount
  locked: Amount
}

export interface Position {
  readonly symbol: string
  /** Signed: below zero is short. */
  quantity: Amount
  /** What the open quantity cost, as a positive amount of the quote currency. */
  cost: Amount
  /** Notional of the resting orders of each side that could add to it. */
  openBuys: Amount
  openSells: Amount
  updatedAt: number
}

export interface Account {
  readonly id: string
  readonly venue: Venue
  readonly label: string
  /** Margin currency of perpetual venues; the opening balance's currency on spot. */
  readonly currency: string
  readonly apiKey: string
  readonly secret: string
  /** A third part of the credentials, where the venue has one. */
  readonly passphrase: string | null
  keyRules: KeyRules
  readonly createdAt: number
  /** The opening balance in the account's currency. */
  readonly deposit: Amount
  /** Spot: every asset. Perpetual venues: the margin currency's wallet, `free` only. */
  readonly balances: Map<string, Balance>
  readonly positions: Map<string, Position>
  readonly leverage: Map<string, number>
  /** By order id. */
  readonly open: Map<number, Order>
  readonly orders: Order[]
  readonly byClientOrderId: Map<string, Order[]>
  readonly fills: Fill[]
  /** Spot: what is set aside, by order id, or by list id below zero. */
  readonly locks: Map<number, { readonly asset: string; amount: Amount }>
  readonly mode: AccountMode
  /** Contract accounts: the account's own cap of leverage. */
  leverageMax: number
  /** Lent by the broker: counts as equity, and can never be paid out. */
  credit: Amount
  /** What a manager paid in or out, oldest first. */
  readonly transfers: Transfer[]
  /** Open positions of a contract account by their id, and those that were closed, oldest first. */
  readonly tickets: Map<number, Ticket>
  readonly closedTickets: ClosedTicket[]
  updatedAt: number
  /** Liquidation bands of an older version are void. */
  bandVersion: number
}

export interface VenueState {
  nextId: number
  readonly markets: Map<string, Market>
  readonly accounts: Map<string, Account>
  readonly accountsByKey: Map<string, Account>
  /** By order id and by the id got when triggered. */
  readonly orders: Map<number, Order>
  /** By the id that the cloud terminal's protocol gives them. */
  readonly cloudAccounts: Map<string, CloudAccount>
  /** Owners' records of the accounts that a manager has, by account. */
  readonly users: Map<string, ManagedUser>
}

const firstId = 8_389_765_001
const leverageDefault = 20

export const defaultSettings: Readonly<Record<'spot' | 'perpetual', MarketSettings>> = {
  spot: {
    spreadPoints: amount('1'),
    slippagePoints: amount('1'),
    liquidity: null,
    makerFeeRate: amount('0.001'),
    takerFeeRate: amount('0.001'),
  },
  perpetual: {
    spreadPoints: amount('0.5'),
    slippagePoints: amount('1'),
    liquidity: null,
    makerFeeRate: amount('0.0002'),
    takerFeeRate: amount('0.0004'),
  },
}

function settingsOf({ kind, venueSymbol }: Instrument): MarketSettings {
  return kind === 'contract' ? contractSettings(venueSymbol) : defaultSettings[kind]
}

export function marketKey(venue: Venue, symbol: string): string {
  return `${venue} ${symbol}`
}

export function emptyState(instruments: readonly Instrument[]): VenueState {
  const markets = new Map<string, Market>()
  for (const instrument of instruments) {
    markets.set(marketKey(instrument.venue, instrument.symbol), {
      instrument,
      settings: settingsOf(instrument),
      price: instrument.openingPrice,
      bid: instrument.openingPrice,
      ask: instrument.openingPrice,
      updatedAt: 0,
      candles: new Candles(),
      book: new Book(),
      tickets: new TicketBook(),
    })
  }
  return {
    nextId: firstId,
    markets,
    accounts: new Map(),
    accountsByKey: new Map(),
    orders: new Map(),
    cloudAccounts: new Map(),
    users: new Map(),
  }
}

/** The market of an account's venue by unified symbol ("BTC/USDT"). */
export function marketOf(state: VenueState, venue: Venue, symbol: string): Market | undefined {
  return state.markets.get(marketKey(venue, symbol))
}

/** The market of what an account holds or has ordered: it is always listed. */
export function heldMarketOf(state: VenueState, venue: Venue, symbol: string): Market {
  const market = marketOf(state, venue, symbol)
  if (market === undefined) throw new Error(`an account holds ${symbol}, which is not listed`)
  return market
}

export function marketsOf(state: VenueState, venue: Venue): Market[] {
  return [...state.markets.values()].filter((market) => market.instrument.venue === venue)
}

/** Finds by the venue's own name ("BTC-USDT-SWAP"), the unified one, or as people type it ("BTCUSDT"). */
export function findMarket(state: VenueState, venue: Venue, name: string): Market | undefined {
  const exact = marketOf(state, venue, name)
  if (exact !== undefined) return exact
  return marketsOf(state, venue).find(
    ({ instrument }) => instrument.venueSymbol === name || instrument.base + instrument.quote === name,
  )
}

/** By nothing but the venue's own name: what its protocol takes. */
export function listedAs(state: VenueState, venue: Venue, venueSymbol: string): Market | undefined {
  return marketsOf(state, venue).find(({ instrument }) => instrument.venueSymbol === venueSymbol)
}

export function balanceOf(account: Account, asset: string): Balance {
  return account.balances.get(asset) ?? { free: 0n, locked: 0n }
}

export function leverageOf(account: Account, symbol: string): number {
  return account.leverage.get(symbol) ?? leverageDefault
}

/** Client order ids of waiting conditional orders are a space of their own on perpetual venues (algo orders). */
export function inAlgoBook(account: Account, order: Order): boolean {
  return inAlgo(account.venue, order.type) && order.triggeredId === null
}
