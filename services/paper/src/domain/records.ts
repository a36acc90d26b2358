/**
 * The facts that the venue's books are made of. One command or one batch of ticks gives a list of them.
 * Called by the engine, which makes them, the fold, which applies them, and the journal, which keeps them.
 * Must never change meaning: journals of earlier runs are replayed.
 */
import type { Venue } from '@tradewire/contracts/common'
import type { Amount } from './amount.ts'
import type { AccountMode, FilledDeal, Levels } from './cfd/deal-terms.ts'
import type { KeyRules } from './accounts/key-rules.ts'
import type { Transfer, UserProfile } from './accounts/managed-user.ts'
import type { OrderStatus, OrderTerms } from './order.ts'

export interface AccountCreated {
  readonly kind: 'account-created'
  readonly accountId: string
  readonly venue: Venue
  readonly label: string
  readonly currency: string
  readonly apiKey: string
  readonly secret: string
  /** Left out where the venue has none. */
  readonly passphrase?: string
  readonly balances: readonly { readonly asset: string; readonly total: Amount }[]
  /** Left out for accounts that trade no contracts. */
  readonly mode?: AccountMode
  readonly leverageMax?: number
  readonly at: number
}

/** The account's key lets nobody in any more. */
export interface KeyRevoked {
  readonly kind: 'key-revoked'
  readonly accountId: string
  readonly at: number
}

/** What the venue tells of the account's key from now on. */
export interface KeyChanged {
  readonly kind: 'key-changed'
  readonly accountId: string
  readonly rules: KeyRules
}

export interface MarketChanged {
  readonly kind: 'market-changed'
  readonly venue: Venue
  readonly symbol: string
  readonly settings: MarketSettings
}

export interface MarketSettings {
  /** Distance of bid and ask, in basis points of the price. */
  readonly spreadPoints: Amount
  /** Against the taker, in basis points. */
  readonly slippagePoints: Amount
  /** Base units at one price level; null: without end. */
  readonly liquidity: Amount | null
  readonly makerFeeRate: Amount
  readonly takerFeeRate: Amount
}

/** A run of ticks during which nothing else happened, within one minute of market time. */
export interface PriceMoved {
  readonly kind: 'price'
  readonly venue: Venue
  readonly symbol: string
  /** Market time (ms) of the last tick of the run. */
  at: number
  readonly open: Amount
  high: Amount
  low: Amount
  close: Amount
  bid: Amount
  ask: Amount
}

export interface OrderAccepted {
  readonly kind: 'accepted'
  readonly order: OrderTerms
}

export interface TrailingActivated {
  readonly kind: 'activated'
  readonly orderId: number
  readonly price: Amount
}

export interface OrderTriggered {
  readonly kind: 'triggered'
  readonly orderId: number
  readonly triggeredId: number
  /** The order's quantity from now on: for closePosition the position's. */
  readonly quantity: Amount
  readonly at: number
}

export interface OrderFilled {
  readonly kind: 'filled'
  readonly orderId: number
  readonly tradeId: number
  readonly price: Amount
  readonly quantity: Amount
  readonly fee: Amount
  readonly feeCurrency: string
  readonly realizedPnl: Amount
  readonly maker: boolean
  readonly at: number
  /** The position of a contract account that the fill opened, added to or closed. */
  readonly deal?: FilledDeal
}

/** A pending order of a contract account has new terms. */
export interface OrderChanged {
  readonly kind: 'order-changed'
  readonly orderId: number
  readonly price: Amount
  readonly levels: Levels
  readonly expiresAt: number | null
  readonly at: number
}

/** A position has new levels, by its owner or because its stop follows the price. */
export interface TicketChanged {
  readonly kind: 'ticket-changed'
  readonly accountId: string
  readonly ticketId: number
  readonly levels: Levels
  readonly at: number
}

/** A night passed: what it brought, or cost, in the account's currency. */
export interface SwapCharged {
  readonly kind: 'swapped'
  readonly accountId: string
  readonly ticketId: number
  readonly swap: Amount
  readonly at: number
}

export interface OrderEnded {
  readonly kind: 'ended'
  readonly orderId: number
  readonly status: Extract<OrderStatus, 'cancelled' | 'expired' | 'rejected'>
  readonly reason: string | null
  readonly at: number
}

export interface LeverageSet {
  readonly kind: 'leverage'
  readonly accountId: string
  readonly symbol: string
  readonly leverage: number
}

/** The venue's insurance made up for what a liquidation left below zero. */
export interface InsurancePaid {
  readonly kind: 'insured'
  readonly accountId: string
  readonly paid: Amount
  readonly at: number
}

/** Somebody's token has a cloud terminal run an account. */
export interface CloudAccountAdded {
  readonly kind: 'cloud-account-added'
  readonly cloudId: string
  readonly ownerId: string
  readonly accountId: string
  readonly transactionId: string
  readonly region: string
  readonly magic: number
  readonly name: string
  readonly server: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly at: number
}

export interface CloudAccountChanged {
  readonly kind: 'cloud-account-changed'
  readonly cloudId: string
  readonly change: 'deploy' | 'undeploy' | 'rename' | 'delete'
  readonly name?: string
  readonly at: number
}

/** An account of a manager's platform got a number and an owner's record. */
export interface UserOpened {
  readonly kind: 'user-opened'
  readonly accountId: string
  /** The account whose client manages it; its own id for the first of a platform. */
  readonly ownerId: string
  readonly login: number
  readonly profile: UserProfile
  readonly at: number
}

export interface UserChanged {
  readonly kind: 'user-changed'
  readonly accountId: string
  readonly profile?: Partial<UserProfile>
  /** Hashes of new passwords. */
  readonly password?: string
  readonly investorPassword?: string
  readonly at: number
}

/** A manager paid money in or out, or gave or took credit. */
export interface FundsMoved extends Transfer {
  readonly kind: 'funds-moved'
  readonly accountId: string
}

export type VenueRecord =
  | AccountCreated
  | KeyRevoked
  | KeyChanged
  | MarketChanged
  | PriceMoved
  | OrderAccepted
  | TrailingActivated
  | OrderTriggered
  | OrderFilled
  | OrderEnded
  | LeverageSet
  | InsurancePaid
  | OrderChanged
  | TicketChanged
  | SwapCharged
  | CloudAccountAdded
  | CloudAccountChanged
  | UserOpened
  | UserChanged
  | FundsMoved
