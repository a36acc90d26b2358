/** Log-in, refresh and log-out in the words of the marketplace surface. Called by the surface's list of routes. Must never hold behaviour. */
import { numberOfId } from '@tradewire/kernel/ids'
import { z } from 'zod'
import { defineRoute } from '../../define-route.ts'
import * as rpc from '../../rpc/identity.ts'
import { marketplacePrefix, marketplaceRoute, required, shownId } from './words.ts'

const session = { ...marketplaceRoute, access: 'public' } as const
const secret = (charsMax: number) => z.string(required).min(1).max(charsMax)
const refreshBody = z.strictObject({ refresh: secret(rpc.refreshTokenLengthMax) }).meta({ id: 'MarketplaceRefresh' })
const tokens = { access: z.string(), refresh: z.string() }

export const sessionRoutes = [
  defineRoute({
    ...session,
    operation: 'marketplaceLogIn',
    method: 'POST',
    path: `${marketplacePrefix}/auth/login/`,
    summary: 'Authenticate and receive a JWT token',
    body: z
      .strictObject({
        username: secret(64),
        password: secret(rpc.passwordLengthMax),
        code: rpc.secondFactorCode.optional(),
      })
      .meta({ id: 'MarketplaceLogin' }),
    errors: ['unauthenticated'],
    example: {
      body: { username: 'trader', password: 'correct horse battery staple' },
      reply: {
        access: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9...',
        refresh: 'twr_3q2-7wEj...',
        user: { id: 1, username: 'trader', email: 'trader@example.com' },
      },
    },
    counting: 'strict',
    rpc: rpc.logIn,
    toRequest: ({ body, client }) => ({ credentials: body, client }),
    reply: z
      .strictObject({
        ...tokens,
        user: z.strictObject({ id: shownId, username: z.string(), email: z.string().nullable() }),
      })
      .meta({ id: 'MarketplaceSession' }),
    toReply: ({ accessToken, refreshToken, user: { id, username, email } }) => ({
      access: accessToken,
      refresh: refreshToken,
      user: { id: numberOfId(id), username, email },
    }),
  }),
  defineRoute({
    ...session,
    operation: 'marketplaceRefresh',
    method: 'POST',
    path: `${marketplacePrefix}/auth/refresh/`,
    summary: 'Exchange a refresh token for the next one and a new access token',
    description: 'With a `code` the new access token counts as freshly proven, which some operations ask for.',
    body: refreshBody.extend({ code: rpc.secondFactorCode.optional() }).meta({ id: 'MarketplaceProof' }),
    errors: ['unauthenticated'],
    counting: 'strict',
    rpc: rpc.refreshSession,
    toRequest: ({ body: { refresh: refreshToken, code } }) => ({ refreshToken, code }),
    reply: z.strictObject(tokens).meta({ id: 'MarketplaceTokens' }),
    toReply: ({ accessToken, refreshToken }) => ({ access: accessToken, refresh: refreshToken }),
  }),
  defineRoute({
    ...session,
    operation: 'marketplaceLogOut',
    method: 'POST',
    path: `${marketplacePrefix}/auth/logout/`,
    summary: 'End the session of a refresh token',
    body: refreshBody,
    rpc: rpc.logOut,
    toRequest: ({ body }) => ({ refreshToken: body.refresh }),
  }),
]
