/**
 * OAuth clients and their tokens in public. Called by the gateway and the OpenAPI page. Must never hold behaviour.
 * The token's own route is no RouteContract: RFC 6749 gives it a form body and errors of its own.
 */
import { z } from 'zod'
import { idIn } from '../common.ts'
import { apiKeyScopes } from '../caller.ts'
import { defineOperation } from '../define-operation.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import { accessToken } from '../rpc/identity.ts'
import * as rpc from '../rpc/oauth.ts'

const clients = '/v1/oauth/clients'
const ofClient = { params: idIn('client') } as const
const route = { tag: 'OAuth clients', access: ['operator'] } as const
export const tokenPath = '/v1/oauth/token'

export const oauthRoutes: readonly RouteContract[] = [
  defineRoute({
    ...route,
    operation: 'createOauthClient',
    method: 'POST',
    path: clients,
    summary: 'Make an OAuth client for a machine',
    description:
      'It acts for one user, within its scopes. The secret is shown this one time; only a hash is stored. Clients for ' +
      'owners, operators and support are made by owners or by the user itself.',
    proof: 'fresh',
    status: 201,
    body: rpc.clientInput,
    errors: ['refused'],
    rpc: rpc.createOauthClient,
    toRequest: ({ caller, body }) => ({ caller, client: body }),
  }),
  defineRoute({
    ...route,
    operation: 'listOauthClients',
    method: 'GET',
    path: clients,
    summary: 'List OAuth clients',
    rpc: rpc.listOauthClients,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    ...route,
    ...ofClient,
    operation: 'rotateOauthSecret',
    method: 'POST',
    path: `${clients}/{clientId}/secret`,
    summary: 'Make a new secret for a client, with an overlap for the one before',
    proof: 'fresh',
    body: rpc.secretOverlap,
    rpc: rpc.rotateOauthSecret,
    toRequest: ({ caller, params, body }) => ({ caller, clientId: params.clientId, ...body }),
  }),
  defineRoute({
    ...route,
    ...ofClient,
    operation: 'revokeOauthClient',
    method: 'DELETE',
    path: `${clients}/{clientId}`,
    summary: 'End a client and its tokens',
    status: 204,
    rpc: rpc.revokeOauthClient,
    toRequest: ({ caller, params }) => ({ caller, clientId: params.clientId }),
  }),
]

/** RFC 6749, 5.2. */
export const tokenErrors = [
  'invalid_request',
  'invalid_client',
  'unsupported_grant_type',
  'invalid_scope',
  'temporarily_unavailable',
] as const
export type TokenError = (typeof tokenErrors)[number]

const tokenRequest = z.object({
  grant_type: z.literal('client_credentials').meta({ description: 'The only way in without a person' }),
  scope: z
    .string()
    .optional()
    .meta({ description: `Some of ${apiKeyScopes.join(', ')}, with spaces between; default: all of the client` }),
  client_id: z.string().optional().meta({ description: 'Unless the Authorization header has it' }),
  client_secret: z.string().optional().meta({ description: 'Unless the Authorization header has it' }),
})
export const tokenReply = z
  .strictObject({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int(), scope: z.string() })
  .meta({ id: 'OauthToken' })
export const tokenRefusal = z
  .strictObject({ error: z.enum(tokenErrors), error_description: z.string() })
  .meta({ id: 'OauthError' })

const refusal = (status: number, description: string, error: TokenError) => ({
  status,
  description,
  content: { 'application/json': tokenRefusal },
  example: { error, error_description: description },
})

export const issueTokenOperation = defineOperation({
  operation: 'issueToken',
  tag: 'OAuth clients',
  form: 'own',
  method: 'POST',
  path: tokenPath,
  summary: 'Get an access token by client credentials (RFC 6749)',
  description:
    'Client id and secret go into the header (`client_secret_basic`) or the body (`client_secret_post`), not into both. ' +
    'There is no refresh token: ask again when it ends.',
  access: 'public',
  body: { 'application/x-www-form-urlencoded': tokenRequest },
  bodyExample: { grant_type: 'client_credentials', scope: 'read' },
  replies: [
    {
      status: 200,
      description: 'A token for the Authorization header',
      content: { 'application/json': tokenReply },
      example: {
        access_token: 'eyJhbGciOi...',
        token_type: 'Bearer',
        expires_in: accessToken.lifetimeSeconds,
        scope: 'read',
      },
    },
    refusal(400, 'The request is not as the standard has it', 'invalid_request'),
    refusal(401, 'No such client, or the secret is wrong', 'invalid_client'),
    refusal(503, 'Ask again in a moment', 'temporarily_unavailable'),
  ],
})
