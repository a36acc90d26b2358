/**
 * The control API of the paper venue: accounts, its own ledger, prices and fault switches. All paths are under `/control`.
 * Called by the paper service (which answers it), the launcher's `paper` commands, the demo, the bench and tests.
 * Must never be part of a venue protocol: no adapter may lean on it.
 */
import { z } from 'zod'
import { decimalText, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'

export const accountsPerRequestMax = 1_000
export const ticksPerRequestMax = 20_000
export const candlesPerRequestMax = 5_000
export const delayMaxMs = 120_000
const leverageMax = 1_000

/** Sent as `Authorization: Bearer <token>` when the venue was started with PAPER_CONTROL_TOKEN. */
export const controlErrorReply = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.unknown() }),
})

/** `BTCUSDT` or `BTC/USDT`: people type both. */
export const looseSymbol = z.string().regex(/^[A-Z0-9]{2,20}(\/[A-Z0-9]{1,20})?$/, {
  error: 'must be like BTCUSDT or BTC/USDT',
})

// --- POST /control/accounts, POST /control/accounts/batch, GET /control/accounts ---

export const createPaperAccount = z.strictObject({
  venue,
  /** Opening balance in `currency`. */
  balance: decimalText.refine((text) => !text.startsWith('-'), { error: 'must not be negative' }),
  /** Left out: USD where contracts are traded, else USDT. */
  currency: z
    .string()
    .regex(/^[A-Z0-9]{1,20}$/)
    .optional(),
  label: z.string().max(100).optional(),
  /** More opening balances, spot only: {"BTC": "0.5"}. */
  balances: z.record(z.string().regex(/^[A-Z0-9]{1,20}$/), decimalText).optional(),
  /** Forex and CFD venues: one position per symbol, or (the default) one per deal. */
  mode: z.enum(['netting', 'hedging']).optional(),
  /** Forex and CFD venues: the account's own cap of leverage; 100 when left out. */
  leverage: z.int().min(1).max(leverageMax).optional(),
})
export type CreatePaperAccount = z.input<typeof createPaperAccount>

export const createPaperAccounts = z.strictObject({
  accounts: z.array(createPaperAccount).min(1).max(accountsPerRequestMax),
})

/** The reply to a creation, and the only one that shows the secret. */
export const paperCredentials = z.strictObject({
  accountId: z.uuid(),
  venue,
  label: z.string(),
  currency: z.string(),
  balance: decimalText,
  apiKey: z.string(),
  secret: z.string(),
  /** What the venue's connect form asks for, by the names of its fields. */
  credentials: z.record(z.string(), z.string()),
  createdAt: timestamp,
})
export type PaperCredentials = z.output<typeof paperCredentials>
export const paperCredentialsList = z.strictObject({ accounts: z.array(paperCredentials) })

export const paperAccount = paperCredentials.omit({ secret: true, credentials: true, balance: true })
export type PaperAccount = z.output<typeof paperAccount>
export const paperAccountList = z.strictObject({ accounts: z.array(paperAccount) })

// --- POST /control/accounts/{id}/key, POST /control/accounts/{id}/revoke-key ---

/** Left out: stays as it is. */
export const changePaperKey = z
  .strictObject({ mayWithdraw: z.boolean(), ipBound: z.boolean(), expiresAt: timestamp.nullable() })
  .partial()
export type ChangePaperKey = z.input<typeof changePaperKey>

/** What the venue tells of the account's key, in the words of its own protocol. */
export const paperKey = z.strictObject({
  accountId: z.uuid(),
  venue,
  mayWithdraw: z.boolean(),
  ipBound: z.boolean(),
  expiresAt: timestamp.nullable(),
})

// --- GET /control/ledger?venue&accountId&since&view ---

export const ledgerQuery = z.strictObject({
  venue: venue.optional(),
  accountId: z.uuid().optional(),
  /** Orders and fills that changed at or after this moment; the totals always count everything that matches the rest. */
  since: timestamp.optional(),
  /** `totals` leaves the lists empty: cheap at any size. */
  view: z.enum(['full', 'totals']).default('full'),
})
export type LedgerQuery = z.input<typeof ledgerQuery>

export const paperOrderType = z.enum([
  'market',
  'limit',
  'stop-market',
  'stop-limit',
  'take-profit-market',
  'take-profit-limit',
  'trailing-stop-market',
])
export type PaperOrderType = z.output<typeof paperOrderType>

/** `waiting`: accepted, its trigger has not been reached. `open`: in the book. The last four are final. */
export const paperOrderStatus = z.enum([
  'waiting',
  'open',
  'partially-filled',
  'filled',
  'cancelled',
  'expired',
  'rejected',
])
export type PaperOrderStatus = z.output<typeof paperOrderStatus>

export const ledgerOrder = z.strictObject({
  venue,
  accountId: z.uuid(),
  /** The venue's id; for a conditional USD-M order the algo id. */
  orderId: z.string(),
  /** The id that the conditional order got in the book when it was triggered. */
  triggeredOrderId: z.string().nullable(),
  clientOrderId: z.string(),
  symbol,
  side,
  type: paperOrderType,
  status: paperOrderStatus,
  /** Null only for a closePosition order that was not triggered yet. */
  quantity: decimalText.nullable(),
  filledQuantity: decimalText,
  averagePrice: positiveDecimalText.nullable(),
  price: positiveDecimalText.nullable(),
  triggerPrice: positiveDecimalText.nullable(),
  reduceOnly: z.boolean(),
  closePosition: z.boolean(),
  fee: decimalText,
  feeCurrency: z.string().nullable(),
  /** True when the venue itself made the order (liquidation); no request of a client stands behind it. */
  forced: z.boolean(),
  reason: z.string().nullable(),
  acceptedAt: timestamp,
  updatedAt: timestamp,
})
export type LedgerOrder = z.output<typeof ledgerOrder>

export const ledgerFill = z.strictObject({
  venue,
  accountId: z.uuid(),
  tradeId: z.string(),
  orderId: z.string(),
  clientOrderId: z.string(),
  symbol,
  side,
  price: positiveDecimalText,
  quantity: positiveDecimalText,
  fee: decimalText,
  feeCurrency: z.string(),
  /** Zero on spot. */
  realizedPnl: decimalText,
  maker: z.boolean(),
  at: timestamp,
})
export type LedgerFill = z.output<typeof ledgerFill>

export const ledgerPosition = z.strictObject({
  venue,
  accountId: z.uuid(),
  symbol,
  /** Signed: below zero is short. */
  quantity: decimalText,
  entryPrice: positiveDecimalText,
  markPrice: positiveDecimalText,
  unrealizedPnl: decimalText,
  leverage: z.int().positive(),
})

export const ledgerBalance = z.strictObject({
  venue,
  accountId: z.uuid(),
  currency: z.string(),
  total: decimalText,
  free: decimalText,
  locked: decimalText,
  /** Total with the profit and loss of open positions. */
  equity: decimalText,
})

export const ledgerReply = z.strictObject({
  generatedAt: timestamp,
  accounts: z.array(paperAccount),
  orders: z.array(ledgerOrder),
  fills: z.array(ledgerFill),
  positions: z.array(ledgerPosition),
  balances: z.array(ledgerBalance),
  totals: z.strictObject({
    accounts: z.int(),
    /** Every order ever accepted from a client (not the venue's own liquidations). */
    ordersAccepted: z.int(),
    ordersOpen: z.int(),
    fills: z.int(),
    /** Accepted orders beyond the first of their (account, client order id): 0 means nothing was doubled. */
    duplicateClientOrderIds: z.int(),
    liquidations: z.int(),
  }),
  /** The doubled ids, at most 100 of them. */
  duplicates: z.array(z.strictObject({ accountId: z.uuid(), clientOrderId: z.string(), orders: z.int() })),
})
export type LedgerReply = z.output<typeof ledgerReply>

// --- POST /control/trades ---

/** Somebody trades on an account with the venue's own app: a market order under an id that is none of ours. */
export const tradeByHand = z.union([
  z.strictObject({ accountId: z.uuid(), symbol: looseSymbol, side, quantity: positiveDecimalText }),
  /** A limit order that rests, unless the price is there. */
  z.strictObject({
    accountId: z.uuid(),
    symbol: looseSymbol,
    side,
    quantity: positiveDecimalText,
    price: positiveDecimalText,
  }),
  /** The whole position, or all coins of the symbol. */
  z.strictObject({ accountId: z.uuid(), symbol: looseSymbol, close: z.literal(true) }),
])
/** Ids of orders that an owner places with the venue's own app begin so. */
export const handOrderPrefix = 'web_'
export type HandTradeOrder = z.input<typeof tradeByHand>
export const handTrade = z.strictObject({
  clientOrderId: z.string(),
  status: paperOrderStatus,
  filledQuantity: decimalText,
  averagePrice: positiveDecimalText.nullable(),
})
export type HandTrade = z.output<typeof handTrade>

// --- POST /control/price, GET /control/markets, POST /control/markets ---

/** Milliseconds since 1970 (fast) or ISO text; left out: now. Market time only: order times are the venue's own clock. */
const tickTime = z.union([z.int().nonnegative(), timestamp]).optional()

export const priceTick = z.union([
  z.strictObject({ at: tickTime, price: positiveDecimalText }),
  z.strictObject({ at: tickTime, bid: positiveDecimalText, ask: positiveDecimalText }),
])
/** Walked as open, then the nearer to open of low and high, then the other, then close; on a tie the low comes first. */
export const priceCandle = z.strictObject({
  at: tickTime,
  open: positiveDecimalText,
  high: positiveDecimalText,
  low: positiveDecimalText,
  close: positiveDecimalText,
})

const priceTarget = { venue: venue.optional(), symbol: looseSymbol }
/** Without a venue the price moves on every venue that lists the symbol. */
export const setPrice = z.union([
  z.strictObject({ ...priceTarget, price: positiveDecimalText, at: tickTime }),
  z.strictObject({ ...priceTarget, ticks: z.array(priceTick).min(1).max(ticksPerRequestMax) }),
  z.strictObject({ ...priceTarget, candles: z.array(priceCandle).min(1).max(candlesPerRequestMax) }),
])
export type SetPrice = z.input<typeof setPrice>

export const setPriceReply = z.strictObject({
  symbol,
  /** Ticks walked, per venue. */
  ticks: z.int(),
  /** Fills that the ticks caused, over all venues. */
  fills: z.int(),
  markets: z.array(
    z.strictObject({ venue, bid: positiveDecimalText, ask: positiveDecimalText, price: positiveDecimalText }),
  ),
})
export type SetPriceReply = z.output<typeof setPriceReply>

export const paperMarket = z.strictObject({
  venue,
  symbol,
  price: positiveDecimalText,
  bid: positiveDecimalText,
  ask: positiveDecimalText,
  /** Distance of bid and ask together, in basis points of the price. */
  spreadBasisPoints: decimalText,
  /** Added against the taker, in basis points of bid or ask. */
  slippageBasisPoints: decimalText,
  /**
   * Base units at one price level; null: without end. A larger taker walks up to ten worse levels; then a market
   * order's rest expires, a limit order's rest waits in the book, where each tick that crosses it fills so much again.
   */
  liquidityQuantity: positiveDecimalText.nullable(),
  makerFeeRate: decimalText,
  takerFeeRate: decimalText,
})
export const paperMarketList = z.strictObject({ markets: z.array(paperMarket) })

const basisPoints = decimalText.refine((text) => /^\d{1,3}(\.\d+)?$/.test(text), { error: 'must be between 0 and 999' })
const feeRate = decimalText.refine((text) => /^-?0(\.\d+)?$/.test(text), {
  error: 'must be a fraction, such as "0.0004"',
})
export const changeMarket = z.strictObject({
  ...priceTarget,
  spreadBasisPoints: basisPoints.optional(),
  slippageBasisPoints: basisPoints.optional(),
  liquidityQuantity: positiveDecimalText.nullable().optional(),
  makerFeeRate: feeRate.optional(),
  takerFeeRate: feeRate.optional(),
})
export type ChangeMarket = z.input<typeof changeMarket>

// --- POST /control/faults, GET /control/faults, DELETE /control/faults, DELETE /control/faults/{id} ---

export const faultKind = z.enum([
  /** The order stands; the connection is cut without an answer. */
  'drop-reply-after-accept',
  /** The order stands; the answer is 503 (Binance: code -1007; direct: OUTCOME_UNKNOWN). */
  'error-after-accept',
  /** Binance: the request arrives twice; the order stands, and the answer is that to the second: its id is taken. */
  'repeat-request',
  /** The order stands and can fill, but no list, lookup or stream shows it for `milliseconds`. */
  'delay-visibility',
  /** 429 with Retry-After; nothing stands. Binance: of one account its orders were too many, else the address asked too often. */
  'rate-limit',
  /** Only `fraction` of a taker's quantity is filled at once; the rest of a market order expires, of a limit order rests. */
  'partial-fill',
  /** Every user stream in scope is cut, and again at each new connection while the fault lasts. */
  'disconnect-streams',
  /** The order is refused with the venue's general refusal. */
  'reject',
  /** The answer waits `milliseconds`. */
  'latency',
])
export type FaultKind = z.output<typeof faultKind>

export const setFault = z.strictObject({
  kind: faultKind,
  venue: venue.optional(),
  accountId: z.uuid().optional(),
  /** Which calls: place (default) and cancel, reads, or all. */
  operation: z.enum(['place', 'cancel', 'read', 'any']).default('place'),
  /** Share of the calls hit, 0..1; default 1. */
  rate: z.number().min(0).max(1).default(1),
  /** Ends after so many hits; left out: until deleted. */
  next: z.int().positive().optional(),
  /** Makes the choice of calls repeatable. */
  seed: z.int().nonnegative().default(1),
  /** For delay-visibility, latency and rate-limit (Retry-After). */
  milliseconds: z.int().positive().max(delayMaxMs).default(1_000),
  /** For partial-fill. */
  fraction: decimalText
    .refine((text) => /^0\.\d*[1-9]\d*$/.test(text), { error: 'must be between 0 and 1' })
    .default('0.5'),
})
export type SetFault = z.input<typeof setFault>

export const paperFault = setFault.extend({ id: z.string(), hits: z.int() })
export type PaperFault = z.output<typeof paperFault>
export const paperFaultList = z.strictObject({ faults: z.array(paperFault) })
