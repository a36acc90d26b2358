/** Public routes that `brokers` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { idIn, pageQuery } from '../common.ts'
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as accounts from '../rpc/accounts.ts'
import * as credentials from '../rpc/credentials.ts'
import * as books from '../rpc/venue-books.ts'
import * as venues from '../rpc/venues.ts'

const accountParams = idIn('account')

export const brokerRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listVenues',
    tag: 'Accounts',
    method: 'GET',
    path: '/v1/venues',
    summary: 'List venues with their credentials forms',
    access: everyone,
    rpc: venues.listVenues,
    toRequest: () => ({}),
  }),
  defineRoute({
    operation: 'connectAccount',
    tag: 'Accounts',
    method: 'POST',
    path: '/v1/accounts',
    summary: 'Connect a broker account; its credentials are checked at the venue and sealed',
    access: everyone,
    status: 201,
    body: accounts.accountInput,
    rpc: accounts.connectAccount,
    toRequest: (parts) => ({ caller: parts.caller, account: parts.body }),
  }),
  defineRoute({
    operation: 'connectAccounts',
    tag: 'Accounts',
    method: 'POST',
    path: '/v1/accounts/batch',
    summary: 'Connect up to 100 broker accounts, each with its own outcome',
    access: ['operator'],
    body: z.strictObject({
      accounts: z
        .array(accounts.accountInput)
        .min(1)
        .max(accounts.accountsPerCallMax)
        .meta({ description: 'Each has its own outcome, in this order' }),
    }),
    rpc: accounts.connectAccounts,
    toRequest: (parts) => ({ caller: parts.caller, accounts: parts.body.accounts }),
  }),
  defineRoute({
    operation: 'listAccounts',
    tag: 'Accounts',
    method: 'GET',
    path: '/v1/accounts',
    summary: 'List broker accounts',
    access: everyone,
    query: pageQuery.extend({
      userId: accounts.listAccounts.request.shape.userId,
      venue: accounts.listAccounts.request.shape.venue,
      status: accounts.listAccounts.request.shape.status,
    }),
    rpc: accounts.listAccounts,
    toRequest: (parts) => {
      const { userId, venue: at, status, ...page } = parts.query
      return { caller: parts.caller, page, userId, venue: at, status }
    },
  }),
  defineRoute({
    operation: 'getAccount',
    tag: 'Accounts',
    method: 'GET',
    path: '/v1/accounts/{accountId}',
    summary: 'Get a broker account',
    access: everyone,
    params: accountParams,
    rpc: accounts.getAccount,
    toRequest: (parts) => ({ caller: parts.caller, accountId: parts.params.accountId }),
  }),
  defineRoute({
    operation: 'updateAccount',
    tag: 'Accounts',
    method: 'PATCH',
    path: '/v1/accounts/{accountId}',
    summary: 'Give a broker account another label, pause or resume it',
    access: everyone,
    params: accountParams,
    body: accounts.accountChanges,
    rpc: accounts.updateAccount,
    toRequest: (parts) => ({ caller: parts.caller, accountId: parts.params.accountId, changes: parts.body }),
  }),
  defineRoute({
    operation: 'rotateCredentialsKeys',
    tag: 'Accounts',
    method: 'POST',
    path: '/v1/credentials/rotate',
    summary: 'Seal all stored credentials by the newest master key, while accounts trade on',
    access: ['operator'],
    proof: 'session',
    rpc: credentials.rotateCredentialsKeys,
    toRequest: (parts) => ({ caller: parts.caller }),
  }),
  defineRoute({
    operation: 'removeAccount',
    tag: 'Accounts',
    method: 'DELETE',
    path: '/v1/accounts/{accountId}',
    summary: 'Disconnect a broker account and destroy its credentials',
    access: everyone,
    params: accountParams,
    rpc: accounts.removeAccount,
    toRequest: (parts) => ({ caller: parts.caller, accountId: parts.params.accountId }),
  }),
  defineRoute({
    operation: 'testAccount',
    tag: 'Accounts',
    method: 'POST',
    path: '/v1/accounts/{accountId}/test',
    summary: 'Ask the venue whether the stored credentials work and the account is set so that it can be traded',
    access: everyone,
    params: accountParams,
    rpc: accounts.testAccount,
    toRequest: (parts) => ({ caller: parts.caller, accountId: parts.params.accountId }),
  }),
  defineRoute({
    operation: 'getAccountBalance',
    tag: 'Accounts',
    method: 'GET',
    path: '/v1/accounts/{accountId}/balance',
    summary: 'Get the balances as the venue tells them now',
    access: everyone,
    params: accountParams,
    rpc: accounts.getAccountBalance,
    toRequest: (parts) => ({ caller: parts.caller, accountId: parts.params.accountId }),
  }),
  defineRoute({
    operation: 'listVenueOrders',
    tag: 'Accounts',
    method: 'GET',
    path: '/v1/accounts/{accountId}/open-orders',
    summary: 'List the open orders at the venue, ours and others',
    access: everyone,
    params: accountParams,
    rpc: books.listVenueOrders,
    toRequest: (parts) => ({ caller: parts.caller, accountId: parts.params.accountId }),
  }),
  defineRoute({
    operation: 'listDrift',
    tag: 'Accounts',
    method: 'GET',
    path: '/v1/accounts/{accountId}/drift',
    summary: 'List what differed between our books and the venue, with counts by kind',
    access: everyone,
    params: accountParams,
    query: pageQuery.extend({
      state: books.listDrift.request.shape.state,
      kind: books.listDrift.request.shape.kind,
    }),
    rpc: books.listDrift,
    toRequest: (parts) => {
      const { state, kind, ...page } = parts.query
      return { caller: parts.caller, accountId: parts.params.accountId, page, state, kind }
    },
  }),
]
