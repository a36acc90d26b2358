/** Public routes that `identity` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { idIn, pageQuery } from '../common.ts'
import { everyone, staffRoles } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/identity.ts'
import { passkeyProof } from '../rpc/passkeys.ts'

const refreshBody = z
  .strictObject({
    refreshToken: z
      .string()
      .min(1)
      .max(rpc.refreshTokenLengthMax)
      .meta({ examples: ['twr_3q2-7wEj...'] }),
  })
  .meta({ id: 'RefreshToken' })

const refreshWithProof = refreshBody
  .extend({ code: rpc.secondFactorCode.optional(), passkey: passkeyProof.optional() })
  .meta({ id: 'Refresh' })
const codeBody = z.strictObject({ code: rpc.secondFactorCode }).meta({ id: 'SecondFactorCode' })

const sessionRoutes = [
  defineRoute({
    operation: 'logIn',
    tag: 'Sessions',
    method: 'POST',
    path: '/v1/auth/login',
    summary: 'Log in with a user name and password',
    description:
      'After five wrong passwords from one address the name is closed to that address for 15 minutes. Users with a ' +
      'second factor send a `code` or a `passkey` too; without it the answer is 401 SECOND_FACTOR_NEEDED.',
    counting: 'strict',
    access: 'public',
    body: rpc.credentials,
    errors: ['unauthenticated'],
    rpc: rpc.logIn,
    toRequest: ({ body, client }) => ({ credentials: body, client }),
  }),
  defineRoute({
    operation: 'refreshSession',
    tag: 'Sessions',
    method: 'POST',
    path: '/v1/auth/refresh',
    summary: 'Exchange a refresh token for the next one and a new access token',
    description:
      'A refresh token works once. Within 30 seconds a repeat gets the same successor, so a lost reply locks nobody ' +
      'out; a later repeat ends the session. With a `code` or a `passkey` the new access token counts as freshly ' +
      'proven, which some routes ask for.',
    counting: 'strict',
    access: 'public',
    body: refreshWithProof,
    errors: ['unauthenticated'],
    rpc: rpc.refreshSession,
    toRequest: ({ body }) => body,
  }),
  defineRoute({
    operation: 'logOut',
    tag: 'Sessions',
    method: 'POST',
    path: '/v1/auth/logout',
    summary: 'End the session of a refresh token',
    access: 'public',
    status: 204,
    body: refreshBody,
    rpc: rpc.logOut,
    toRequest: ({ body }) => body,
  }),
  defineRoute({
    operation: 'listSessions',
    tag: 'Sessions',
    method: 'GET',
    path: '/v1/sessions',
    summary: 'List your own live sessions',
    access: everyone,
    rpc: rpc.listSessions,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'revokeSession',
    tag: 'Sessions',
    method: 'DELETE',
    path: '/v1/sessions/{sessionId}',
    summary: 'End one of your own sessions',
    access: everyone,
    support: true,
    proof: 'session',
    status: 204,
    params: idIn('session'),
    rpc: rpc.revokeSession,
    toRequest: ({ caller, params }) => ({ caller, sessionId: params.sessionId }),
  }),
] as const

const userRoutes = [
  defineRoute({
    operation: 'getMe',
    tag: 'Users',
    method: 'GET',
    path: '/v1/users/me',
    summary: 'Get yourself',
    access: everyone,
    rpc: rpc.getMe,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'createUser',
    tag: 'Users',
    method: 'POST',
    path: '/v1/users',
    summary: 'Create a user',
    description:
      'Owners, operators and support are made by owners who have logged in, with a fresh proof, and not by an API key ' +
      'or an OAuth client.',
    access: ['operator'],
    proofFor: ({ roles }) => (roles.some((role) => staffRoles.has(role)) ? 'fresh' : 'any'),
    status: 201,
    body: rpc.userInput,
    rpc: rpc.createUser,
    toRequest: ({ caller, body }) => ({ caller, user: body }),
  }),
  defineRoute({
    operation: 'listUsers',
    tag: 'Users',
    method: 'GET',
    path: '/v1/users',
    summary: 'List users',
    access: ['operator'],
    query: pageQuery,
    rpc: rpc.listUsers,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
  }),
  defineRoute({
    operation: 'disableUser',
    tag: 'Users',
    method: 'POST',
    path: '/v1/users/{userId}/disable',
    summary: 'Disable a user and end their sessions',
    access: ['operator'],
    params: idIn('user'),
    rpc: rpc.disableUser,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
  }),
  defineRoute({
    operation: 'enableUser',
    tag: 'Users',
    method: 'POST',
    path: '/v1/users/{userId}/enable',
    summary: 'Let a disabled user log in again',
    access: ['operator'],
    params: idIn('user'),
    rpc: rpc.enableUser,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
  }),
  defineRoute({
    operation: 'changeRoles',
    tag: 'Users',
    method: 'PUT',
    path: '/v1/users/{userId}/roles',
    summary: 'Give a user other roles',
    description:
      'Owners appoint operators and support, and other owners, who are operators too. Support has no other role beside it. ' +
      'All sessions of the user end.',
    access: ['owner'],
    proof: 'fresh',
    params: idIn('user'),
    body: z.strictObject({ roles: rpc.givenRoles }).meta({ id: 'NewRoles' }),
    errors: ['refused'],
    rpc: rpc.changeRoles,
    toRequest: ({ caller, params, body }) => ({ caller, userId: params.userId, roles: body.roles }),
  }),
] as const

const ownSecurityRoutes = [
  defineRoute({
    operation: 'changePassword',
    tag: 'Users',
    method: 'POST',
    path: '/v1/users/me/password',
    summary: 'Change your password',
    description: 'Ends all your sessions, this one too.',
    counting: 'strict',
    access: everyone,
    support: true,
    proof: 'session',
    status: 204,
    body: z
      .strictObject({
        currentPassword: z.string().min(1).max(rpc.passwordLengthMax),
        newPassword: rpc.newPassword,
      })
      .meta({ id: 'PasswordChange' }),
    errors: ['unauthenticated'],
    rpc: rpc.changePassword,
    toRequest: ({ caller, body }) => ({ caller, ...body }),
  }),
  defineRoute({
    operation: 'offerSecondFactor',
    tag: 'Second factor',
    method: 'POST',
    path: '/v1/users/me/second-factor',
    summary: 'Get a secret for your authenticator app',
    description: 'Nothing changes until it is confirmed. Asking again gives another secret.',
    access: everyone,
    support: true,
    proof: 'fresh',
    status: 201,
    errors: ['conflict'],
    rpc: rpc.offerSecondFactor,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'confirmSecondFactor',
    tag: 'Second factor',
    method: 'POST',
    path: '/v1/users/me/second-factor/confirm',
    summary: 'Turn your second factor on',
    description: 'Answers with recovery codes, this one time.',
    counting: 'strict',
    access: everyone,
    support: true,
    proof: 'fresh',
    body: codeBody,
    errors: ['conflict'],
    rpc: rpc.confirmSecondFactor,
    toRequest: ({ caller, body }) => ({ caller, code: body.code }),
  }),
  defineRoute({
    operation: 'removeSecondFactor',
    tag: 'Second factor',
    method: 'POST',
    path: '/v1/users/me/second-factor/remove',
    summary: 'Turn your second factor off',
    counting: 'strict',
    access: everyone,
    support: true,
    proof: 'session',
    status: 204,
    body: codeBody,
    rpc: rpc.removeSecondFactor,
    toRequest: ({ caller, body }) => ({ caller, code: body.code }),
  }),
  defineRoute({
    operation: 'resetSecondFactor',
    tag: 'Second factor',
    method: 'POST',
    path: '/v1/users/{userId}/second-factor/reset',
    summary: "Turn off a user's second factor, for one who lost it",
    description: 'Ends the sessions of the user.',
    access: ['operator'],
    proof: 'fresh',
    params: idIn('user'),
    rpc: rpc.resetSecondFactor,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
  }),
] as const

export const identityRoutes: readonly RouteContract[] = [...sessionRoutes, ...userRoutes, ...ownSecurityRoutes]
