/** Broker accounts in the words of the marketplace surface. Called by the surface's list of routes. Must never hold behaviour. */
import { decimal, HUNDRED, ZERO } from '@tradewire/kernel/decimal'
import { numberOfId } from '@tradewire/kernel/ids'
import { z } from 'zod'
import { accountEnvironment, timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import * as rpc from '../../rpc/accounts.ts'
import { accountNumbered } from './lookups.ts'
import {
  givenId,
  listOf,
  marketplacePrefix,
  marketplaceRoute,
  required,
  shownId,
  shownNumber,
  shownWhole,
  wholeList,
} from './words.ts'

const accounts = `${marketplacePrefix}/accounts/`
const levelDigits = 2

const account = z
  .strictObject({
    id: shownId,
    account_id: z.string().meta({ description: 'What the account was called when it was connected' }),
    platform: z.string(),
    is_connected: z.boolean(),
    created_at: timestamp,
  })
  .meta({ id: 'MarketplaceAccount' })

function shownAccount({ id: accountId, label, venue, status, createdAt }: z.output<typeof rpc.account>) {
  return {
    id: numberOfId(accountId),
    account_id: label,
    platform: venue,
    is_connected: status === 'AUTHORIZED',
    created_at: createdAt,
  }
}

/** Of the currency that the account is mostly in; zeros where the venue tells none. */
function shownMargin({ items }: z.output<typeof rpc.accountBalance>) {
  const [most] = items.toSorted((one, other) => decimal(other.equity).cmp(decimal(one.equity)))
  const { total = '0', equity = '0', free = '0' } = most ?? {}
  const margin = decimal(equity).minus(decimal(free))
  const used = margin.gt(ZERO)
  return {
    balance: Number(total),
    equity: Number(equity),
    margin: used ? Number(margin.toString()) : 0,
    free_margin: Number(free),
    margin_level: used ? Number(decimal(equity).div(margin).times(HUNDRED).round(levelDigits).toString()) : null,
  }
}

const text = (charsMax: number) => z.string(required).trim().min(1).max(charsMax)
const tokenCharsMax = 4_096

const newAccount = z
  .strictObject({
    account_id: text(80).meta({ description: 'Login at the broker' }),
    password: z.string(required).min(1).max(128),
    server: text(128),
    platform: z.enum(['mt4', 'mt5']).default('mt5'),
    magic: z.int().optional().meta({ description: 'Not used: orders carry ids of their own' }),
    metaapi_account_id: text(128).optional(),
    metaapi_token: text(tokenCharsMax)
      .optional()
      .meta({ description: "Not in the surface's document: a token of your own instead of the platform's" }),
    environment: accountEnvironment
      .optional()
      .meta({ description: "Not in the surface's document; where the platform's account at MetaApi is, unless said" }),
  })
  .meta({ id: 'MarketplaceNewAccount' })

function credentialsOf(given: z.output<typeof newAccount>): Record<string, string> {
  const { account_id: login, password, server, platform, metaapi_account_id: accountId, metaapi_token: token } = given
  const optional = Object.entries({ accountId, token }).filter(([, value]) => value !== undefined)
  return { login, password, server, platform, ...(Object.fromEntries(optional) as Record<string, string>) }
}

/** The document's path has the login; the id does as well. */
const ofAccount = {
  params: z.strictObject({ account_id: givenId }),
  lookups: [accountNumbered({ location: 'params', field: 'account_id' })],
}

export const accountRoutes = [
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceAccounts',
    method: 'GET',
    path: accounts,
    summary: 'List the latest accounts, whichever broker they are at',
    rpc: rpc.listAccounts,
    toRequest: ({ caller }) => ({ caller, page: wholeList }),
    reply: listOf(account).meta({ id: 'MarketplaceAccounts' }),
    toReply: ({ items }) => shownWhole(items.map(shownAccount)),
  }),
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceMt5Accounts',
    method: 'GET',
    path: `${accounts}mt5/`,
    summary: 'List the latest MetaTrader accounts',
    rpc: rpc.listAccounts,
    toRequest: ({ caller }) => ({ caller, page: wholeList, venue: 'metaapi' as const }),
    reply: listOf(account).meta({ id: 'MarketplaceMt5Accounts' }),
    toReply: ({ items }) => shownWhole(items.map(shownAccount)),
  }),
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceConnectAccount',
    method: 'POST',
    path: `${accounts}mt5/`,
    summary: 'Connect a new MT5 account',
    body: newAccount,
    example: {
      body: {
        account_id: '12345678',
        password: 'account_password',
        server: 'MetaQuotes-Demo',
        platform: 'mt5',
        magic: 123_456,
        metaapi_account_id: 'metaapi_account_id',
      },
    },
    rpc: rpc.connectAccount,
    toRequest: ({ caller, body }) => ({
      caller,
      account: {
        venue: 'metaapi' as const,
        environment:
          body.environment ?? (body.metaapi_token === undefined ? ('platform' as const) : ('paper' as const)),
        label: body.account_id,
        credentials: credentialsOf(body),
      },
    }),
    reply: account,
    toReply: (answer) => shownAccount(answer),
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofAccount,
    operation: 'marketplaceAccountStatus',
    method: 'GET',
    path: `${accounts}mt5/{account_id}/status/`,
    summary: 'Get the status and balance of an account',
    example: {
      reply: {
        id: 1,
        account_id: '12345678',
        balance: 10_000,
        equity: 9_856.32,
        margin: 143.68,
        free_margin: 9_712.64,
        margin_level: 6_855.23,
        is_connected: true,
        last_sync: '2025-07-21T12:00:00.000Z',
      },
    },
    rpc: rpc.getAccount,
    toRequest: ({ caller, params }) => ({ caller, accountId: params.account_id }),
    step: {
      rpc: rpc.getAccountBalance,
      toRequest: ({ caller, params }) => ({ caller, accountId: params.account_id }),
    },
    reply: z
      .strictObject({
        id: shownId,
        account_id: z.string(),
        balance: shownNumber,
        equity: shownNumber,
        margin: shownNumber,
        free_margin: shownNumber,
        margin_level: shownNumber.nullable().meta({ description: 'In per cent; null while no margin is used' }),
        is_connected: z.boolean(),
        last_sync: timestamp,
      })
      .meta({ id: 'MarketplaceAccountStatus' }),
    toReply: (one, _, balance) => {
      const { id: accountId, account_id, is_connected } = shownAccount(one)
      const told = balance as NonNullable<typeof balance>
      return { id: accountId, account_id, ...shownMargin(told), is_connected, last_sync: told.observedAt }
    },
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofAccount,
    operation: 'marketplaceRemoveAccount',
    method: 'DELETE',
    path: `${accounts}mt5/{account_id}/`,
    summary: 'Disconnect an account and destroy its credentials',
    rpc: rpc.removeAccount,
    toRequest: ({ caller, params }) => ({ caller, accountId: params.account_id }),
    reply: z.strictObject({ id: shownId }),
    toReply: ({ accountId }) => ({ id: numberOfId(accountId) }),
  }),
]
