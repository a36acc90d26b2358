/**
 * What the planner may count on at each venue, as one table: adding a way to protect is adding to a row.
 * Called by the gate, the price rules and the target split. Must never promise what the venue's adapter does not do.
 */
import type { Venue } from '@tradewire/contracts/common'

export interface TrailingRule {
  readonly callbackMinimumPercent: string
  readonly callbackMaximumPercent: string
  readonly callbackStepPercent: string
}

export type EmulatedExit = 'target' | 'trailing'

export interface VenueCapabilities {
  /**
   * `reduce-only`: a stop, several targets and a trailing stop may rest for the same position at once and can never
   * open a new one. `pairs`: coins are held, and every exit locks those that it sells; so each part of the position has
   * one order that is its stop and its target.
   */
  readonly protection: 'reduce-only' | 'pairs'
  /** Null where there is none, neither at the venue nor by us. */
  readonly trailing: TrailingRule | null
  /** Exits that the venue has no order for: we watch its prices and send one when they get there. */
  readonly emulated: readonly EmulatedExit[]
  /** Whether the venue's minimum notional also binds orders that only reduce a position. */
  readonly exitsNeedMinimumNotional: boolean
  /** One net position per symbol: positions of opposite sides would eat each other. */
  readonly netting: boolean
  /** `whole-positions`: a target closes a position of its own, so an entry is placed in as many parts as it has targets. */
  readonly closes: 'any-quantity' | 'whole-positions'
  /** Whether positions are held on margin; without it an order needs its whole notional, and nothing can be sold short. */
  readonly margin: boolean
}

/** Ours: prices come about once a second, so what is smaller would only follow chance. */
const watchedTrailing: TrailingRule = {
  callbackMinimumPercent: '0.1',
  callbackMaximumPercent: '50',
  callbackStepPercent: '0.01',
}

const futures: VenueCapabilities = {
  protection: 'reduce-only',
  trailing: { callbackMinimumPercent: '0.1', callbackMaximumPercent: '10', callbackStepPercent: '0.1' },
  emulated: [],
  exitsNeedMinimumNotional: false,
  closes: 'any-quantity',
  netting: true,
  margin: true,
}

const coins: VenueCapabilities = {
  protection: 'pairs',
  trailing: null,
  emulated: [],
  exitsNeedMinimumNotional: true,
  closes: 'any-quantity',
  netting: false,
  margin: false,
}

/** For venues whose sessions tell prices. */
const watched = { trailing: watchedTrailing, emulated: ['trailing'] } as const

export const venueCapabilities: Readonly<Record<Venue, VenueCapabilities>> = {
  'binance-usdm': futures,
  'okx-swap': futures,
  paper: futures,
  // Stops and targets stand on positions: the adapters of these venues show them as orders that can only reduce.
  metaapi: { ...futures, trailing: null, closes: 'whole-positions' },
  'mt-manager': { ...futures, ...watched, closes: 'whole-positions' },
  xapi: { ...futures, ...watched, closes: 'whole-positions' },
  'binance-spot': { ...coins, ...watched },
  // Its stops lock the coins and are no targets as well.
  cex: { ...coins, ...watched, emulated: ['target', 'trailing'] },
  coinbase: { ...coins, ...watched },
  'okx-spot': { ...coins, ...watched },
  tokocrypto: { ...coins, ...watched },
}

/** Whether exits sell coins that they lock, so that several cover a position together and none of them can stand twice. */
export function sellsCoins(venue: Venue): boolean {
  return venueCapabilities[venue].protection === 'pairs'
}

/** Whether we watch the price for this exit because the venue has no order for it. */
export function isEmulated(venue: Venue, exit: EmulatedExit): boolean {
  return venueCapabilities[venue].emulated.includes(exit)
}
