/** Public routes for registering and forgotten passwords. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { defineRoute, type RouteContract } from '../define-route.ts'
import { emailAddress, newPassword } from '../rpc/identity.ts'
import * as rpc from '../rpc/registration.ts'

const mailboxBody = z.strictObject({ email: emailAddress }).meta({ id: 'Mailbox' })
const route = { tag: 'Registration', method: 'POST', access: 'public' } as const
const sameAlways = 'The answer is the same, in words and in time, whether the address is known or not.'

export const registrationRoutes: readonly RouteContract[] = [
  defineRoute({
    ...route,
    operation: 'register',
    path: '/v1/auth/register',
    summary: 'Register with an e-mail address',
    description: `A link is mailed to the address; the user is made when it is confirmed within a day. ${sameAlways}`,
    status: 202,
    body: rpc.registrationInput,
    errors: ['refused'],
    rpc: rpc.register,
    toRequest: ({ body, client }) => ({ registration: body, client }),
  }),
  defineRoute({
    ...route,
    operation: 'resendConfirmation',
    path: '/v1/auth/register/resend',
    summary: 'Have the link of your registration mailed again',
    description: sameAlways,
    status: 202,
    body: mailboxBody,
    errors: ['refused'],
    rpc: rpc.resendConfirmation,
    toRequest: ({ body, client }) => ({ email: body.email, client }),
  }),
  defineRoute({
    ...route,
    operation: 'confirmRegistration',
    path: '/v1/auth/register/confirm',
    summary: 'Verify your e-mail address and open your account',
    description:
      'With the token of the mailed link and the password you registered with. If the user name was taken meanwhile the ' +
      'answer is 409 USERNAME_TAKEN, and the same token works with another name.',
    status: 201,
    body: rpc.confirmationInput,
    errors: ['refused', 'conflict'],
    counting: 'strict',
    rpc: rpc.confirmRegistration,
    toRequest: ({ body }) => body,
  }),
  defineRoute({
    ...route,
    operation: 'forgotPassword',
    path: '/v1/auth/password/forgot',
    summary: 'Have a link for a new password mailed to you',
    description: `The link works once, for an hour. ${sameAlways}`,
    status: 202,
    body: mailboxBody,
    rpc: rpc.forgotPassword,
    toRequest: ({ body, client }) => ({ email: body.email, client }),
  }),
  defineRoute({
    ...route,
    operation: 'resetPassword',
    path: '/v1/auth/password/reset',
    summary: 'Set a new password with the token of a mailed link',
    description: 'Ends all your sessions. A second factor stays on.',
    status: 204,
    body: z.strictObject({ token: rpc.mailedToken, newPassword }).meta({ id: 'PasswordReset' }),
    errors: ['refused'],
    counting: 'strict',
    rpc: rpc.resetPassword,
    toRequest: ({ body }) => body,
  }),
]
