/**
 * What is read of a trade platform, whatever its kind calls it. Called by the account.
 * Must never hold a call: each kind has its own.
 */
import type { UnsupportedError } from '@tradewire/broker-kit/broker-error'
import type { Answer } from './mt-manager-api.client.ts'
import type { TradeRecord } from './mt-manager-records.wire.ts'
import type { Listed } from './mt-manager-symbols.map.ts'

export interface Who {
  readonly login: string
  readonly group: string
}

export interface Found {
  readonly group: string
  readonly currency: string
  /** Of a kind that has no list of them: those that were met so far. */
  readonly symbols: ReadonlyMap<string, Listed>
}

export interface Quote {
  readonly symbol: string
  readonly bid: string
  readonly ask: string
}

export interface Money {
  readonly group: string
  readonly balance: string
  readonly equity: string
  readonly margin: string
  readonly free: string
  readonly level: string
}

/** Lists may hold other logins: who reads them leaves those out. Times are of the server's zone. */
export interface Platform {
  /** Why nothing is traded here. */
  readonly refusal: UnsupportedError | null
  find(login: string): Answer<Found>
  serverTime(): Answer<Date>
  /** Positions and pending orders; from the gateway's memory, which may lag. */
  openTrades(who: Who): Answer<readonly TradeRecord[]>
  /** Live. */
  tickets(who: Who, tickets: readonly string[]): Answer<readonly TradeRecord[]>
  /** Live: all that is open in the group. */
  groupTrades(who: Who): Answer<readonly TradeRecord[]>
  /** Live: what was closed since a time of the server. */
  history(who: Who, since: Date): Answer<readonly TradeRecord[]>
  money(who: Who): Answer<Money>
  quote(name: string): Answer<Quote>
  quotes(): Answer<readonly Quote[]>
  /** Answers the ticket. */
  trade(body: object, key: string): Answer<string>
}
