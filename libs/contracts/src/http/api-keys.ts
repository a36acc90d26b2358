/** Public routes for API keys, which `identity` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { idIn } from '../common.ts'
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/api-keys.ts'

export const apiKeyRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'createApiKey',
    tag: 'API keys',
    method: 'POST',
    path: '/v1/api-keys',
    summary: 'Create an API key',
    description:
      'Send it as `Authorization: Bearer twk_...` instead of an access token. It has the roles of its user and of those ' +
      'only what its scopes allow. Shown this one time; only a hash is stored.',
    access: everyone,
    support: true,
    proof: 'fresh',
    status: 201,
    body: rpc.apiKeyInput,
    errors: ['refused'],
    rpc: rpc.createApiKey,
    toRequest: ({ caller, body }) => ({ caller, key: body }),
  }),
  defineRoute({
    operation: 'listApiKeys',
    tag: 'API keys',
    method: 'GET',
    path: '/v1/api-keys',
    summary: 'List your API keys',
    access: everyone,
    rpc: rpc.listApiKeys,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'revokeApiKey',
    tag: 'API keys',
    method: 'DELETE',
    path: '/v1/api-keys/{apiKeyId}',
    summary: 'End one of your API keys',
    description: 'It is refused within seconds.',
    access: everyone,
    support: true,
    status: 204,
    params: idIn('apiKey'),
    rpc: rpc.revokeApiKey,
    toRequest: ({ caller, params }) => ({ caller, apiKeyId: params.apiKeyId }),
  }),
]
