/** The public route that tells whose installation this is. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { defineRoute, type RouteContract } from '../define-route.ts'
import { getOrganisation } from '../rpc/organisation.ts'

export const organisationRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'getOrganisation',
    tag: 'Organisation',
    method: 'GET',
    path: '/v1/organisation',
    summary: 'Whose installation this is, and what each role may do',
    description:
      'An installation is one organisation: all its users belong to it, and nothing of another is here. Its name and ' +
      'contact are settings (`IDENTITY_ORGANISATION_NAME`, `IDENTITY_ORGANISATION_CONTACT`).',
    access: 'public',
    rpc: getOrganisation,
    toRequest: () => ({}),
  }),
]
