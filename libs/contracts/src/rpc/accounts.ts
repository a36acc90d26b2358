/**
 * Questions and commands about accounts: connect, list, change, test, remove, what is on them. Answered by `brokers`.
 * Called by the gateway. Must never return a credential.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { accountEnvironment, decimalText, pageLimitMax, pageOf, pageQuery, timestamp, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { venueMargin } from '../events/brokers.ts'
import { sealAccount, sealedBox } from '../sealed-credentials.ts'
import { getCredentialsKey } from './credentials.ts'

export const accountsPerCallMax = 100
const credentialFieldsMax = 10
const credentialCharactersMax = 4_096
const connectDeadlineMs = 15_000
const connectManyDeadlineMs = 60_000

export const accountStatus = z.enum(['AUTHORIZED', 'UNAUTHORIZED', 'FAILED'])

/** `spot`: only coins are held there, no positions. */
export const accountMarket = z.enum(['spot', 'derivatives'])

export const account = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    venue,
    environment: accountEnvironment,
    market: accountMarket.meta({ description: 'spot: only coins are held there, no positions' }),
    label: z.string().meta({ description: 'The name that it is shown with' }),
    active: z.boolean().meta({ description: 'False: paused by its user; no new entries, exits go on' }),
    keyHint: z.string().nullable().meta({
      description: "Enough of the key to know it again; null where the venue's form has nothing that is no secret",
    }),
    key: z
      .strictObject({
        ipBound: z.boolean().nullable().meta({ description: 'Works from named addresses only; null: not told' }),
        expiresAt: timestamp.nullable().meta({ description: 'When it stops trading; null: never, or not told' }),
      })
      .meta({
        description:
          'What the venue said of the key when it was asked last: at the connection, or with a test of the account',
      }),
    status: accountStatus.meta({
      description: 'UNAUTHORIZED: the venue refuses the credentials. FAILED: the venue cannot be reached.',
    }),
    reason: z
      .strictObject({ code: z.string(), message: z.string() })
      .nullable()
      .meta({ description: 'Why it is not connected; null while it is' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Account' })

export const accountLabel = z.string().trim().min(1).max(80)

export const accountInput = z.strictObject({
  venue: venue.meta({ description: 'Where the account is' }),
  environment: accountEnvironment
    .default('paper')
    .meta({ description: 'Paper trades with the simulated venue; live with the real one' }),
  label: accountLabel.default('Default').meta({ description: 'The name that it is shown with' }),
  userId: z.uuid().optional().meta({ description: 'Whose account it is; only an operator may name somebody else' }),
  credentials: z
    .record(z.string().max(40), z.string().min(1).max(credentialCharactersMax))
    .refine((fields) => Object.keys(fields).length <= credentialFieldsMax, { error: 'has too many fields' })
    .meta({
      description: "The fields of the venue's form (see the list of venues); sealed at once and never shown again",
    }),
})

/** On the bus the credentials are a sealed box; whoever asks may give them open, the client seals them. */
export const travellingAccount = accountInput.extend({
  environment: z
    .enum([...accountEnvironment.options, 'platform'])
    .default('paper')
    .meta({ description: "`platform`: where the platform's own account at the venue is; paper where it has none" }),
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
  request: z.strictObject({
    caller,
    accounts: z
      .array(travellingAccount)
      .min(1)
      .max(accountsPerCallMax)
      .meta({ description: 'Each has its own outcome, in this order' }),
  }),
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
    userId: z.uuid().optional().meta({ description: 'Of this user; operators only' }),
    venue: venue.optional().meta({ description: 'Of this venue' }),
    market: accountMarket.optional().meta({ description: 'Whose venue trades this kind of market' }),
    status: accountStatus.optional().meta({ description: 'In this state' }),
    accountIds: z.array(z.uuid()).max(pageLimitMax).optional().meta({ description: 'Only these' }),
    called: z
      .string()
      .regex(/^\d{1,20}$/)
      .optional()
      .meta({ description: 'Only those with this label, or with this number (`numberOfId`)' }),
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
export const accountChanges = z
  .strictObject({
    label: accountLabel.meta({ description: 'The name that it is shown with' }),
    active: z.boolean().meta({ description: 'False pauses it: no new entries; exits and protection go on' }),
  })
  .partial()

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
