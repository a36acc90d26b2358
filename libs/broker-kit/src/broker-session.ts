/**
 * One account's conversation with its venue. Called by placement, reconciliation and account checks; made by adapters.
 * Must never retry an order by itself and never report success without having acted.
 */
import type { Side } from '@tradewire/contracts/common'
import type { TradingWindow } from '@tradewire/contracts/trade-settings'
import type { OrderType } from '@tradewire/contracts/events/orders'
import type { Result } from '@tradewire/kernel/result'
import type { ApprovedOrder } from './approved-order.ts'
import type { BrokerError } from './broker-error.ts'

export type VenueOrderStatus = 'working' | 'filled' | 'cancelled' | 'expired' | 'rejected'

/** An order as the venue told it; amounts are exact decimal text, quantities cumulative. */
export interface VenueOrder {
  readonly clientOrderId: string
  readonly venueOrderId: string | null
  readonly symbol: string
  readonly status: VenueOrderStatus
  readonly filledQuantity: string
  /** Null until something is filled. */
  readonly averagePrice: string | null
  /** Cumulative; null when this piece of news does not tell it. */
  readonly fee: string | null
  readonly feeCurrency: string | null
  /** When the last of it was executed, by the venue's clock; null until something is filled, and where this news does not tell it. */
  readonly executedAt: Date | null
  /** The venue's words when it ended the order by itself. */
  readonly message: string | null
}

/** Of an order of which nothing has been executed. */
export const nothingExecuted = {
  filledQuantity: '0',
  averagePrice: null,
  fee: '0',
  feeCurrency: null,
  executedAt: null,
} as const satisfies Partial<VenueOrder>

/** Names one order of ours to the venue. */
export interface OrderReference {
  readonly clientOrderId: string
  readonly venueOrderId: string | null
  readonly symbol: string
  readonly type: OrderType
}

/** One execution. `clientOrderId` is null for orders that are not ours or when the venue does not say. */
export interface VenueFill {
  readonly tradeId: string
  readonly venueOrderId: string
  readonly clientOrderId: string | null
  readonly symbol: string
  readonly side: Side
  readonly quantity: string
  readonly price: string
  readonly fee: string
  readonly feeCurrency: string | null
  /** The venue itself made the order: it liquidated the account, or took the position off for another reason of its own. */
  readonly forced: 'liquidation' | 'stop-out' | null
  readonly at: Date
}

export interface VenuePosition {
  readonly symbol: string
  readonly side: Side
  /** Always positive. */
  readonly quantity: string
  /** Null where the venue keeps none. */
  readonly entryPrice: string | null
  readonly unrealizedPnl: string
}

export interface VenueBalance {
  readonly currency: string
  readonly total: string
  readonly free: string
  /** Total with the profit and loss of open positions. */
  readonly equity: string
  /** Where positions are held on margin and the venue tells how much of it they use. */
  readonly margin?: VenueMargin
}

export interface VenueMargin {
  readonly used: string
  /** Equity in percent of the margin; null without margin in use. */
  readonly levelPercent: string | null
}

export interface VenueInstrument {
  readonly symbol: string
  readonly kind: 'spot' | 'perpetual'
  readonly base: string
  readonly quote: string
  readonly active: boolean
  readonly priceStep: string
  readonly quantityStep: string
  readonly minimumQuantity: string
  readonly maximumQuantity: string
  readonly minimumNotional: string
  readonly contractSize: string
  /** When the venue trades it; left out: always. */
  readonly tradingHours?: TradingWindow[]
}

/** A symbol and what was last paid for it. */
export interface VenueRate {
  readonly symbol: string
  readonly price: string
}

export interface KeyFacts {
  /** False where the venue cannot say. */
  readonly mayWithdraw: boolean
  /** Whether it works from named addresses only; null where the venue does not tell. */
  readonly ipBound: boolean | null
  /** When it stops trading; null for never, or where the venue does not tell. */
  readonly expiresAt: Date | null
}

/** Of a venue that tells nothing. */
export const keyUntold: KeyFacts = { mayWithdraw: false, ipBound: null, expiresAt: null }

/** News that a session tells its listener. */
export type SessionEvent =
  | { readonly kind: 'order'; readonly order: VenueOrder }
  /** An order that is not ours was executed: of the account's owner, of another program, or of the venue itself. */
  | { readonly kind: 'other-fill' }
  | { readonly kind: 'balance'; readonly balance: VenueBalance }
  /** Somebody has set it: we, or the account's owner by hand. */
  | { readonly kind: 'leverage'; readonly symbol: string; readonly leverage: number }
  /** The stream stands (again): what was missed in between must be read now. */
  | { readonly kind: 'stream-up' }
  | { readonly kind: 'stream-down'; readonly message: string }
  /** The venue refuses the credentials. */
  | { readonly kind: 'auth-failed'; readonly message: string }

export type SessionListener = (event: SessionEvent) => void

export interface SessionHealth {
  readonly streaming: boolean
  /** Monotonic time of the last message from the stream; null before the first. */
  readonly lastMessageAtMs: number | null
}

export interface BrokerSession {
  submit(order: ApprovedOrder): Promise<Result<VenueOrder, BrokerError>>
  /** The order as it stands afterwards. `rejected(ORDER_NOT_FOUND)` when the venue does not know it as open. */
  cancel(reference: OrderReference): Promise<Result<VenueOrder, BrokerError>>
  /** Null only when the venue answered that it knows no such order. */
  findByClientId(reference: OrderReference): Promise<Result<VenueOrder | null, BrokerError>>
  openOrders(): Promise<Result<readonly VenueOrder[], BrokerError>>
  /** What is held, at most one per symbol. Without positions (`capabilities.positions` is `coins`), the coins by their USDT markets. */
  positions(): Promise<Result<readonly VenuePosition[], BrokerError>>
  /** The balance in the currency that the account trades with comes first. */
  balances(): Promise<Result<readonly VenueBalance[], BrokerError>>
  /** All fills of the symbol at or after the moment, also those of others, however many there are. */
  fillsSince(symbol: string, since: Date): Promise<Result<readonly VenueFill[], BrokerError>>
  /** Whose contracts and steps `instruments` tells; left out where the whole venue has the same. */
  server?(): Promise<Result<string, BrokerError>>
  instruments(): Promise<Result<readonly VenueInstrument[], BrokerError>>
  /** The symbols that join two currencies in which the venue quotes; none where all accounts are in one. */
  rates(): Promise<Result<readonly VenueRate[], BrokerError>>
  /** Of these symbols, those that have a price. Left out where no exit of the venue is emulated. */
  prices?(symbols: readonly string[]): Promise<Result<readonly VenueRate[], BrokerError>>
  /** Idempotent at the venue, so it may be repeated. */
  setLeverage(symbol: string, leverage: number): Promise<Result<undefined, BrokerError>>
  /** What the venue says of the key itself. */
  keyFacts(): Promise<Result<KeyFacts, BrokerError>>
  /**
   * What the account's owner has set at the venue so that we cannot trade it, and what is needed instead, in words; null for
   * nothing. Left out where there is no such setting.
   */
  settingsProblem?(): Promise<Result<string | null, BrokerError>>
  /** Opens the stream of updates if the venue has one; the function returned stops it. */
  events(listener: SessionListener): () => void
  health(): SessionHealth
  close(): Promise<void>
}
