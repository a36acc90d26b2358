/**
 * Registering, forgotten passwords and the second factor in the words of the marketplace surface.
 * Called by the surface's list of routes. Must never tell by a reply whether an address or a name is known.
 */
import { numberOfId } from '@tradewire/kernel/ids'
import { z } from 'zod'
import { defineRoute } from '../../define-route.ts'
import * as rpc from '../../rpc/identity.ts'
import * as registration from '../../rpc/registration.ts'
import { marketplacePrefix, marketplaceRoute, shownId } from './words.ts'

const auth = `${marketplacePrefix}/auth/`
const open = { ...marketplaceRoute, access: 'public', method: 'POST' } as const
const own = { ...marketplaceRoute, proof: 'session', method: 'POST' } as const

const detail = z.strictObject({ detail: z.string() }).meta({ id: 'MarketplaceDetail' })
const mailed = (text: string) => ({ reply: detail, toReply: () => ({ detail: text }) })
const mailbox = z.strictObject({ email: rpc.emailAddress }).meta({ id: 'MarketplaceMailbox' })
const code = z.strictObject({ code: rpc.secondFactorCode }).meta({ id: 'MarketplaceCode' })

const person = z
  .strictObject({
    id: shownId,
    username: z.string(),
    email: z.string().nullable(),
    is_email_verified: z.boolean(),
    is_mfa_enabled: z.boolean(),
  })
  .meta({ id: 'MarketplaceUser' })

function shownPerson({ id, username, email, emailVerifiedAt, secondFactor }: rpc.UserView) {
  return {
    id: numberOfId(id),
    username,
    email,
    is_email_verified: emailVerifiedAt !== null,
    is_mfa_enabled: secondFactor,
  }
}

const newPerson = registration.registrationInput.shape

const registrationRoutes = [
  defineRoute({
    ...open,
    operation: 'marketplaceRegister',
    path: `${auth}register/`,
    summary: 'Register with an e-mail address',
    description: 'A link is mailed; the user is made once it is verified. The answer is the same for a known address.',
    body: z
      .strictObject({
        username: newPerson.username,
        email: newPerson.email,
        password: newPerson.password,
        first_name: newPerson.firstName,
        last_name: newPerson.lastName,
      })
      .meta({ id: 'MarketplaceRegistration' }),
    example: { body: { username: 'trader', email: 'trader@example.com', password: 'correct horse battery staple' } },
    rpc: registration.register,
    toRequest: ({ body: { first_name: firstName, last_name: lastName, ...given }, client }) => ({
      registration: { ...given, firstName, lastName },
      client,
    }),
    ...mailed('A link was mailed to the address. It works for a day.'),
  }),
  defineRoute({
    ...open,
    operation: 'marketplaceResendVerification',
    path: `${auth}register/resend/`,
    summary: 'Have the link of your registration mailed again',
    body: mailbox,
    rpc: registration.resendConfirmation,
    toRequest: ({ body, client }) => ({ email: body.email, client }),
    ...mailed('If somebody has registered with the address, the link was mailed again.'),
  }),
  defineRoute({
    ...open,
    operation: 'marketplaceVerifyEmail',
    path: `${auth}verify-email/`,
    summary: 'Verify your e-mail address and open your account',
    description: 'With the token of the mailed link and the password you registered with.',
    counting: 'strict',
    body: registration.confirmationInput,
    rpc: registration.confirmRegistration,
    toRequest: ({ body }) => body,
    reply: person,
    toReply: shownPerson,
  }),
  defineRoute({
    ...open,
    operation: 'marketplaceForgotPassword',
    path: `${auth}password/forgot/`,
    summary: 'Have a link for a new password mailed to you',
    body: mailbox,
    rpc: registration.forgotPassword,
    toRequest: ({ body, client }) => ({ email: body.email, client }),
    ...mailed('If a user has the address, a link was mailed to it. It works once, for an hour.'),
  }),
  defineRoute({
    ...open,
    operation: 'marketplaceResetPassword',
    path: `${auth}password/reset/`,
    summary: 'Set a new password with the token of a mailed link',
    description: 'Ends all your sessions. MFA stays on.',
    counting: 'strict',
    body: z
      .strictObject({ token: registration.mailedToken, new_password: rpc.newPassword })
      .meta({ id: 'MarketplacePasswordReset' }),
    rpc: registration.resetPassword,
    toRequest: ({ body }) => ({ token: body.token, newPassword: body.new_password }),
    ...mailed('The new password holds, and all sessions were ended.'),
  }),
]

const ownRoutes = [
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceMe',
    method: 'GET',
    path: `${auth}me/`,
    summary: 'Get yourself',
    rpc: rpc.getMe,
    toRequest: ({ caller }) => ({ caller }),
    reply: person,
    toReply: shownPerson,
  }),
  defineRoute({
    ...own,
    operation: 'marketplaceOfferMfa',
    proof: 'fresh',
    path: `${auth}mfa/`,
    summary: 'Get a secret for your authenticator app',
    description: 'Nothing changes until it is confirmed. Asking again gives another secret.',
    rpc: rpc.offerSecondFactor,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    ...own,
    operation: 'marketplaceConfirmMfa',
    proof: 'fresh',
    path: `${auth}mfa/confirm/`,
    summary: 'Turn MFA on',
    description: 'Answers with recovery codes, this one time. From then on log-in needs `code` too.',
    counting: 'strict',
    body: code,
    rpc: rpc.confirmSecondFactor,
    toRequest: ({ caller, body }) => ({ caller, code: body.code }),
    reply: z.strictObject({ recovery_codes: z.array(z.string()) }).meta({ id: 'MarketplaceRecoveryCodes' }),
    toReply: ({ recoveryCodes }) => ({ recovery_codes: recoveryCodes }),
  }),
  defineRoute({
    ...own,
    operation: 'marketplaceRemoveMfa',
    path: `${auth}mfa/remove/`,
    summary: 'Turn MFA off',
    counting: 'strict',
    body: code,
    rpc: rpc.removeSecondFactor,
    toRequest: ({ caller, body }) => ({ caller, code: body.code }),
    ...mailed('MFA is off.'),
  }),
]

export const personRoutes = [...registrationRoutes, ...ownRoutes]
