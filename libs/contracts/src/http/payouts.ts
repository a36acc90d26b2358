/** Public routes of what the owners of strategies have earned. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { providers } from '../caller.ts'
import { idIn, pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/billing/payouts.ts'

const tag = 'Payouts'
const operators = ['operator'] as const

export const payoutRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listOwed',
    tag,
    method: 'GET',
    path: '/v1/payouts/owed',
    summary: 'List what is owed to the owners of strategies',
    access: providers,
    rpc: rpc.listOwed,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'runPayouts',
    tag,
    method: 'POST',
    path: '/v1/payouts/run',
    summary: 'Create payouts for all, or for one owner or currency, of whom enough is payable',
    access: operators,
    idempotency: 'key',
    proof: 'fresh',
    status: 201,
    body: rpc.runPayouts.request.omit({ caller: true }),
    example: { body: { currency: 'USD' } },
    rpc: rpc.runPayouts,
    toRequest: ({ caller, body }) => ({ caller, ...body }),
  }),
  defineRoute({
    operation: 'settlePayout',
    tag,
    method: 'POST',
    path: '/v1/payouts/{payoutId}/settle',
    summary: 'Say that a payout was transferred, or that its money came back',
    access: operators,
    idempotency: 'key',
    proof: 'fresh',
    params: idIn('payout'),
    body: rpc.settlePayout.request.pick({ state: true, reference: true }),
    example: { body: { state: 'paid', reference: 'SEPA 2026-02-01 4711' } },
    rpc: rpc.settlePayout,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, ...body }),
  }),
  defineRoute({
    operation: 'listPayouts',
    tag,
    method: 'GET',
    path: '/v1/payouts',
    summary: 'List payouts',
    access: providers,
    query: pageQuery,
    rpc: rpc.listPayouts,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
  }),
  defineRoute({
    operation: 'getOwnerStatement',
    tag,
    method: 'GET',
    path: '/v1/payouts/statement',
    summary: 'Get a statement of what was earned, taken back and paid out',
    access: providers,
    errors: ['refused'],
    query: rpc.statementWindow,
    rpc: rpc.getStatement,
    toRequest: ({ caller, query }) => ({ caller, window: query }),
  }),
  defineRoute({
    operation: 'getOwnerStatementFile',
    tag,
    method: 'GET',
    path: '/v1/payouts/statement.csv',
    summary: 'Get the statement as comma-separated values',
    access: providers,
    errors: ['refused'],
    query: rpc.statementWindow,
    file: 'text/csv',
    rpc: rpc.getStatementFile,
    toRequest: ({ caller, query }) => ({ caller, window: query }),
  }),
]
