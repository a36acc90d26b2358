/**
 * Questions and commands that `brokers` answers: accounts, venues, orders at the venue, attempts.
 * Called by the gateway and by orders (for the explain trace). Must never return a credential.
 */
import { z } from 'zod'
import {
  decimalText,
  pageLimitMax,
  pageOf,
  pageQuery,
  positiveDecimalText,
  side,
  symbol,
  timestamp,
  venue,
} from '../common.ts'
import { caller } from '../caller.ts'
import { orderType } from '../events/orders.ts'
import { defineRpc } from '../define-rpc.ts'
import { priceFeed, venueMargin } from '../events/brokers.ts'
import { boxPublicKey, sealAccount, sealedBox } from '../sealed-credentials.ts'

export const accountsPerCallMax = 100
export const intentsPerCallMax = 100
export const symbolsPerCallMax = 100
const pricesDeadlineMs = 3_000
const credentialFieldsMax = 10
const credentialCharactersMax = 4_096
const connectDeadlineMs = 15_000
const connectManyDeadlineMs = 60_000

export const accountStatus = z.enum(['AUTHORIZED', 'UNAUTHORIZED', 'FAILED'])
export const accountEnvironment = z.enum(['paper', 'live'])
/** `spot`: only coins are held there, no positions. */
export const accountMarket = z.enum(['spot', 'derivatives'])

export const account = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    venue,
    environment: accountEnvironment,
    market: accountMarket,
    label: z.string(),
    active: z.boolean().meta({ description: 'False: paused by its user; no new entries, exits go on' }),
    /** Enough of the key to know it again; null where the venue's form has nothing that is no secret. */
    keyHint: z.string().nullable(),
    /** What the venue said of the key when it was asked last: at the connection, or with a test of the account. */
    key: z.strictObject({
      ipBound: z.boolean().nullable().meta({ description: 'Works from named addresses only; null: not told' }),
      expiresAt: timestamp.nullable().meta({ description: 'When it stops trading; null: never, or not told' }),
    }),
    /** UNAUTHORIZED: the venue refuses the credentials. FAILED: the venue cannot be reached. */
    status: accountStatus,
    reason: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Account' })

export const accountLabel = z.string().trim().min(1).max(80)

export const accountInput = z.strictObject({
  venue,
  /** Paper trades with the simulated venue; live with the real one. */
  environment: accountEnvironment.default('paper'),
  label: accountLabel.default('Default'),
  /** Whose account it is; only an operator may name somebody else. */
  userId: z.uuid().optional(),
  /** The fields of the venue's form (see the list of venues). */
  credentials: z
    .record(z.string().max(40), z.string().min(1).max(credentialCharactersMax))
    .refine((fields) => Object.keys(fields).length <= credentialFieldsMax, { error: 'has too many fields' })
    .meta({ description: 'Sealed at once and never shown again' }),
})

export const getCredentialsKey = defineRpc({
  name: 'brokers.credentials.key',
  description: 'The public key that credentials are sealed with before they travel; only brokers can open them.',
  request: z.strictObject({}),
  reply: boxPublicKey,
})

export const rotateCredentialsKeys = defineRpc({
  name: 'brokers.credentials.rotate',
  description: 'Seals every data key by the newest master key; credentials are not touched and accounts trade on.',
  request: z.strictObject({ caller }),
  reply: z
    .strictObject({
      newestVersion: z.int(),
      rewrapped: z.int(),
      /** Versions that still seal something: what is not named may be taken away. */
      inUse: z.array(z.strictObject({ version: z.int(), sealed: z.int() })),
    })
    .meta({ id: 'CredentialsKeys' }),
  deadlineMs: connectManyDeadlineMs,
})

/** On the bus the credentials are a sealed box; whoever asks may give them open, the client seals them. */
export const travellingAccount = accountInput.extend({
  credentials: z.union([sealedBox, accountInput.shape.credentials]),
})

export const connectAccount = defineRpc({
  name: 'brokers.accounts.connect',
  description: 'Checks the credentials at the venue, seals them and connects the account.',
  request: z.strictObject({ caller, account: travellingAccount }),
  reply: account,
  deadlineMs: connectDeadlineMs,
  sealing: {
    keyOf: getCredentialsKey,
    apply: (request, key) => ({ ...request, account: sealAccount(request.caller, request.account, key) }),
  },
})

const codedError = z.strictObject({ code: z.string(), message: z.string() })

export const connectAccounts = defineRpc({
  name: 'brokers.accounts.connect-many',
  description: 'Connects up to 100 accounts; each has its own outcome, in the order of the request.',
  request: z.strictObject({ caller, accounts: z.array(travellingAccount).min(1).max(accountsPerCallMax) }),
  reply: z.strictObject({
    items: z.array(z.strictObject({ account: account.nullable(), error: codedError.nullable() })),
  }),
  deadlineMs: connectManyDeadlineMs,
  sealing: {
    keyOf: getCredentialsKey,
    apply: ({ caller: by, accounts }, key) => {
      return { caller: by, accounts: accounts.map((each) => sealAccount(by, each, key)) }
    },
  },
})

export const listAccounts = defineRpc({
  name: 'brokers.accounts.list',
  description: 'Accounts, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    userId: z.uuid().optional(),
    venue: venue.optional(),
    market: accountMarket.optional(),
    status: accountStatus.optional(),
    /** Only these. */
    accountIds: z.array(z.uuid()).max(pageLimitMax).optional(),
  }),
  reply: pageOf(account),
})

export const getAccount = defineRpc({
  name: 'brokers.accounts.get',
  description: 'One account.',
  request: z.strictObject({ caller, accountId: z.uuid() }),
  reply: account,
})

/** One that is not active takes no new entries; exits, protection and reconciliation go on. */
export const accountChanges = z.strictObject({ label: accountLabel, active: z.boolean() }).partial()

export const updateAccount = defineRpc({
  name: 'brokers.accounts.update',
  description: 'Gives an account another label, pauses or resumes it; open positions keep their protection.',
  request: z.strictObject({ caller, accountId: z.uuid(), changes: accountChanges }),
  reply: account,
})

export const removeAccount = defineRpc({
  name: 'brokers.accounts.remove',
  description: 'Disconnects an account and destroys its sealed credentials; its history stays.',
  request: z.strictObject({ caller, accountId: z.uuid() }),
  reply: z.strictObject({ accountId: z.uuid() }),
})

export const testAccount = defineRpc({
  name: 'brokers.accounts.test',
  description: 'Asks the venue with the stored credentials and returns the account with its status of now.',
  request: z.strictObject({ caller, accountId: z.uuid() }),
  reply: account,
  deadlineMs: connectDeadlineMs,
})

export const accountBalance = z
  .strictObject({
    accountId: z.uuid(),
    items: z.array(
      z.strictObject({
        currency: z.string(),
        total: decimalText,
        free: decimalText,
        equity: decimalText,
        margin: venueMargin.optional(),
      }),
    ),
    observedAt: timestamp,
  })
  .meta({ id: 'AccountBalance' })

export const getAccountBalance = defineRpc({
  name: 'brokers.accounts.balance',
  description: 'The balances as the venue tells them now.',
  request: z.strictObject({ caller, accountId: z.uuid() }),
  reply: accountBalance,
  deadlineMs: connectDeadlineMs,
})

export const venueOrder = z
  .strictObject({
    clientOrderId: z.string(),
    /** Null for orders that are not ours. */
    intentId: z.uuid().nullable(),
    venueOrderId: z.string().nullable(),
    symbol: z.string(),
    status: z.enum(['working', 'filled', 'cancelled', 'expired', 'rejected']),
    filledQuantity: decimalText,
    averagePrice: positiveDecimalText.nullable(),
    /** As we placed it; null for orders that are not ours. */
    placed: z
      .strictObject({
        side,
        type: orderType,
        quantity: positiveDecimalText,
        price: positiveDecimalText.nullable(),
        triggerPrice: positiveDecimalText.nullable(),
        reduceOnly: z.boolean(),
        at: timestamp,
      })
      .nullable(),
  })
  .meta({ id: 'VenueOrder' })

export const listVenueOrders = defineRpc({
  name: 'brokers.accounts.open-orders',
  description: 'The open orders of an account as the venue lists them now, ours and others.',
  request: z.strictObject({ caller, accountId: z.uuid() }),
  reply: z.strictObject({ items: z.array(venueOrder) }),
  deadlineMs: connectDeadlineMs,
})

export const listVenuePositions = defineRpc({
  name: 'brokers.accounts.positions',
  description: 'What an account holds as the venue tells it now, ours and others.',
  request: z.strictObject({ caller, accountId: z.uuid(), symbol: symbol.optional() }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        symbol: z.string(),
        side,
        quantity: positiveDecimalText,
        entryPrice: positiveDecimalText.nullable(),
        unrealizedPnl: decimalText,
        /** As it was set last by us; null when it never was. */
        leverage: z.int().nullable(),
      }),
    ),
    observedAt: timestamp,
  }),
  deadlineMs: connectDeadlineMs,
})

export const fillsPerCallMax = 1_000

export const listVenueFills = defineRpc({
  name: 'brokers.accounts.fills',
  description: 'Trades of an account in a symbol within the last seven days as the venue lists them, newest first.',
  request: z.strictObject({ caller, accountId: z.uuid(), symbol }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        tradeId: z.string(),
        venueOrderId: z.string(),
        symbol: z.string(),
        side,
        quantity: positiveDecimalText,
        price: positiveDecimalText,
        fee: decimalText,
        feeCurrency: z.string().nullable(),
        at: timestamp,
      }),
    ),
  }),
  deadlineMs: connectDeadlineMs,
})

export const driftKind = z.enum([
  'external-order',
  'external-trade',
  'external-position',
  'position-lost',
  'unexplained-change',
  'fill-missed',
  'order-missing',
  'order-stands',
])
export type DriftKind = z.output<typeof driftKind>
export const driftState = z.enum(['open', 'resolved'])

export const driftFinding = z
  .strictObject({
    id: z.uuid(),
    kind: driftKind,
    /** What it is about: an id of the venue, an intent or a symbol. */
    subject: z.string(),
    symbol: z.string().nullable(),
    state: driftState,
    details: z.record(z.string(), z.string().nullable()),
    foundAt: timestamp,
    resolvedAt: timestamp.nullable(),
  })
  .meta({ id: 'DriftFinding' })

export const listDrift = defineRpc({
  name: 'brokers.accounts.drift',
  description: 'What differed between our books and the venue, newest first, with counts of all that match.',
  request: z.strictObject({
    caller,
    accountId: z.uuid(),
    page: pageQuery,
    state: driftState.optional(),
    kind: driftKind.optional(),
  }),
  reply: pageOf(driftFinding).extend({
    counts: z.array(z.strictObject({ kind: driftKind, open: z.int(), resolved: z.int() })),
  }),
})

export const venueDescription = z
  .strictObject({
    id: venue,
    title: z.string(),
    /** JSON Schema of the credentials form; secret fields carry `secret: true`. */
    credentials: z.record(z.string(), z.unknown()),
    orderTypes: z.array(z.string()),
    trailing: z.boolean(),
    leverageMax: z.int().nullable(),
    clientOrderId: z.strictObject({
      field: z.string(),
      lengthMax: z.int(),
      uniqueness: z.enum(['open-orders', 'forever', 'none']),
      readLagMs: z.int(),
    }),
    rateLimits: z.array(
      z.strictObject({
        name: z.string(),
        scope: z.enum(['egress', 'account']),
        capacity: z.int(),
        intervalMs: z.int(),
      }),
    ),
  })
  .meta({ id: 'Venue' })

export const listVenues = defineRpc({
  name: 'brokers.venues.list',
  description: 'The venues that accounts can be connected to, with their credentials forms and what they can do.',
  request: z.strictObject({}),
  reply: z.strictObject({ items: z.array(venueDescription) }),
})

export const readPrices = defineRpc({
  name: 'brokers.prices.read',
  description:
    'What was last paid for these symbols; asked by services only. A symbol whose price is not known is left out.',
  request: z.strictObject({ priceFeed, symbols: z.array(symbol).min(1).max(symbolsPerCallMax) }),
  reply: z.strictObject({ items: z.array(z.strictObject({ symbol, price: positiveDecimalText })) }),
  deadlineMs: pricesDeadlineMs,
})

export const attempt = z.strictObject({
  intentId: z.uuid(),
  bracketId: z.uuid(),
  accountId: z.uuid(),
  venue,
  symbol,
  purpose: z.string(),
  side,
  state: z.enum(['queued', 'submitting', 'unknown', 'accepted', 'filled', 'cancelled', 'rejected']),
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  revision: z.int(),
  /** How often it was sent; more than once only after the venue had proved the first absent. */
  submissions: z.int(),
  filledQuantity: decimalText,
  averagePrice: positiveDecimalText.nullable(),
  fee: decimalText,
  feeCurrency: z.string().nullable(),
  reason: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  receivedAt: timestamp,
  sentAt: timestamp.nullable(),
  answeredAt: timestamp.nullable(),
  updatedAt: timestamp,
})
export type AttemptReply = z.output<typeof attempt>

export const listAttempts = defineRpc({
  name: 'brokers.attempts.list',
  description: 'What was done for each of these intents; for the explain trace, asked by services only.',
  request: z.strictObject({ intentIds: z.array(z.uuid()).min(1).max(intentsPerCallMax) }),
  reply: z.strictObject({ items: z.array(attempt) }),
})
