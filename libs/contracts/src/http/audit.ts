/** The public route of the audit log, which `identity` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/audit.ts'

export const auditRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listAudit',
    tag: 'Audit log',
    method: 'GET',
    path: '/v1/audit',
    summary: 'List who asked for what',
    description:
      'Every request of a user that may change something, oldest first: an entry before it is carried out and one with ' +
      'what became of it. Each entry carries a hash over itself and the entry before; `./tradewire audit verify` checks them.',
    access: ['operator'],
    query: pageQuery.extend(rpc.auditFilter.shape),
    rpc: rpc.listAudit,
    toRequest: ({ caller, query: { userId, operation, actId, ...page } }) => ({
      caller,
      page,
      filter: { userId, operation, actId },
    }),
  }),
]
