/** Public routes for passkeys. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { idIn } from '../common.ts'
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/passkeys.ts'

const own = '/v1/users/me/passkeys'
const route = { tag: 'Second factor', access: everyone, support: true } as const

export const passkeyRoutes: readonly RouteContract[] = [
  defineRoute({
    ...route,
    operation: 'offerPasskey',
    method: 'POST',
    path: `${own}/offer`,
    summary: 'Get what your browser needs to make a passkey',
    description: 'For `navigator.credentials.create()`, by `PublicKeyCredential.parseCreationOptionsFromJSON()`.',
    proof: 'fresh',
    rpc: rpc.offerPasskey,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    ...route,
    operation: 'addPasskey',
    method: 'POST',
    path: own,
    summary: 'Add a passkey as your second factor',
    description: 'The browser’s credential as `toJSON()` gives it. From then on log-in asks for it or for a code.',
    proof: 'fresh',
    status: 201,
    body: rpc.passkeyInput,
    errors: ['refused', 'conflict'],
    rpc: rpc.addPasskey,
    toRequest: ({ caller, body }) => ({ caller, passkey: body }),
  }),
  defineRoute({
    ...route,
    operation: 'listPasskeys',
    method: 'GET',
    path: own,
    summary: 'List your passkeys',
    rpc: rpc.listPasskeys,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    ...route,
    operation: 'removePasskey',
    method: 'DELETE',
    path: `${own}/{passkeyId}`,
    summary: 'Take one of your passkeys away',
    proof: 'fresh',
    status: 204,
    params: idIn('passkey'),
    rpc: rpc.removePasskey,
    toRequest: ({ caller, params }) => ({ caller, passkeyId: params.passkeyId }),
  }),
  defineRoute({
    operation: 'challengePasskey',
    tag: 'Sessions',
    method: 'POST',
    path: '/v1/auth/passkey-challenge',
    summary: 'Get a challenge for your passkey',
    description:
      'For `navigator.credentials.get()`. Send its answer as `passkey` to `/v1/auth/login` with name and password, or ' +
      'to `/v1/auth/refresh` for a fresh proof. It tells nothing of any user.',
    access: 'public',
    rpc: rpc.challengePasskey,
    toRequest: () => ({}),
  }),
]
