/**
 * Questions and commands about registering and forgotten passwords, which `identity` answers. Called by the gateway and tests.
 * Must never tell by an answer whether an address or a name is known.
 */
import { z } from 'zod'
import { nothing } from '../define-route.ts'
import { defineRpc } from '../define-rpc.ts'
import * as identity from './identity.ts'

/** Starts every token that is mailed: recognisable in secret scanners and logs. */
export const mailedTokenStart = 'twm_'
const mailedTokenLengthMax = 64
/** Hashing a password may queue behind others. */
const hashingDeadlineMs = 8_000

export const mailedToken = z
  .string()
  .min(1)
  .max(mailedTokenLengthMax)
  .meta({ description: 'What the link in the e-mail ends with', examples: ['twm_3q2-7wEj...'] })

const mailbox = z.strictObject({ email: identity.emailAddress, client: identity.client })

export const registrationInput = z
  .strictObject({
    username: identity.username,
    email: identity.emailAddress,
    password: identity.newPassword,
    firstName: identity.personName.nullable().default(null),
    lastName: identity.personName.nullable().default(null),
  })
  .meta({ id: 'Registration' })

export const confirmationInput = z
  .strictObject({
    token: mailedToken,
    password: z
      .string()
      .min(1)
      .max(identity.passwordLengthMax)
      .meta({ description: 'The one registered with', examples: ['correct horse battery staple'] }),
    username: identity.username.optional().meta({ description: 'Another name, if the first one was taken meanwhile' }),
  })
  .meta({ id: 'RegistrationConfirmation' })

export const register = defineRpc({
  name: 'identity.registrations.add',
  description:
    'Keeps a registration until its address is proven, and mails a link to it. The answer is the same always.',
  request: z.strictObject({ registration: registrationInput, client: identity.client }),
  reply: nothing,
  deadlineMs: hashingDeadlineMs,
})

export const resendConfirmation = defineRpc({
  name: 'identity.registrations.resend',
  description: 'Mails the link of the newest registration of an address once more, if there is one.',
  request: mailbox,
  reply: nothing,
})

export const confirmRegistration = defineRpc({
  name: 'identity.registrations.confirm',
  description: 'Makes the user of a registration: the token proves the address, the password who registered it.',
  request: confirmationInput,
  reply: identity.user,
  deadlineMs: hashingDeadlineMs,
})

export const forgotPassword = defineRpc({
  name: 'identity.passwords.forgot',
  description: 'Mails a link for a new password to the address, if a user has it. The answer is the same always.',
  request: mailbox,
  reply: nothing,
})

export const resetPassword = defineRpc({
  name: 'identity.passwords.reset',
  description: 'Sets a new password by a mailed token and ends all sessions of its user.',
  request: z.strictObject({ token: mailedToken, newPassword: identity.newPassword }),
  reply: nothing,
  deadlineMs: hashingDeadlineMs,
})
