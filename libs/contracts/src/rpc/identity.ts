/**
 * Questions and commands that `identity` answers: log-in, sessions, users and the keys that check tokens.
 * Called by the gateway, the launcher and tests. Must never return a password, its hash or a private key.
 */
import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { caller, roles } from '../caller.ts'
import { nothing } from '../define-route.ts'
import { passkeyProof } from './passkeys.ts'

/** What every access token says of itself; signer and verifier both pin it (reliability rule R22). */
export const accessToken = {
  issuer: 'tradewire',
  audience: 'tradewire-api',
  /** The `typ` header: another kind of token, signed by the same key, is not an access token. */
  type: 'at+jwt',
  algorithm: 'EdDSA',
  lifetimeSeconds: 600,
} as const

export const passwordLengthMin = 12
export const passwordLengthMax = 256
export const refreshTokenLengthMax = 128

/** Lower-cased, so that two users cannot differ by case alone. */
export const username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{2,63}$/, { error: 'must be 3 to 64 letters, digits, dots, dashes or underscores' })
  .meta({ examples: ['johndoe'] })
export const newPassword = z
  .string()
  .min(passwordLengthMin)
  .max(passwordLengthMax)
  .meta({ examples: ['correct horse battery staple'] })
export const emailAddress = z
  .email()
  .max(254)
  .meta({ examples: ['johndoe@example.com'] })

/** Six digits of an authenticator app, or a recovery code. Spaces and dashes are ignored. */
export const secondFactorCode = z
  .string()
  .trim()
  .min(6)
  .max(32)
  .meta({ description: 'Six digits of the authenticator app, or a recovery code', examples: ['492039'] })

/** Where a request came from. */
export const client = z.strictObject({ address: z.string().max(64), userAgent: z.string().max(400).nullable() })

export const credentials = z
  .strictObject({
    /** Not the strict form: a wrong name must fare like a wrong password. */
    username: z
      .string()
      .min(1)
      .max(64)
      .meta({ examples: ['operator'] }),
    password: z
      .string()
      .min(1)
      .max(passwordLengthMax)
      .meta({ examples: ['correct horse battery staple'] }),
    code: secondFactorCode.optional(),
    passkey: passkeyProof.optional().meta({ description: 'Instead of a code: what the authenticator answered' }),
  })
  .meta({ id: 'Credentials' })

export const tokenPair = z
  .strictObject({
    accessToken: z
      .string()
      .meta({ description: 'Signed token for the Authorization header', examples: ['eyJhbGciOi...'] }),
    tokenType: z.literal('Bearer'),
    expiresInSeconds: z
      .int()
      .positive()
      .meta({ examples: [accessToken.lifetimeSeconds] }),
    refreshToken: z.string().meta({
      description: 'Opaque and single use: each refresh answers with the next one',
      examples: ['twr_3q2-7wEj...'],
    }),
    refreshExpiresAt: timestamp,
  })
  .meta({ id: 'TokenPair' })
export type TokenPair = z.output<typeof tokenPair>

export const personName = z.string().trim().min(1).max(80)

export const user = z
  .strictObject({
    id: z.uuid(),
    username: z.string(),
    email: z.string().nullable(),
    emailVerifiedAt: timestamp
      .nullable()
      .meta({ description: 'When a mailed link proved the address; null if none did' }),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    roles: z.array(z.enum(roles)),
    createdAt: timestamp,
    updatedAt: timestamp,
    disabledAt: timestamp.nullable(),
    secondFactor: z.boolean().meta({ description: 'Whether log-in asks for a code or a passkey besides the password' }),
  })
  .meta({ id: 'User' })
export type UserView = z.output<typeof user>

/** What a log-in answers: the tokens, and whose they are. */
export const loggedIn = tokenPair.extend({ user }).meta({ id: 'LoggedIn' })
export type LoggedIn = z.output<typeof loggedIn>

export const givenRoles = z.array(z.enum(roles)).min(1).max(roles.length)

export const userInput = z
  .strictObject({
    username,
    password: newPassword,
    email: emailAddress.nullable().default(null),
    firstName: personName.nullable().default(null),
    lastName: personName.nullable().default(null),
    roles: givenRoles,
  })
  .meta({ id: 'NewUser' })

export const session = z
  .strictObject({
    id: z.uuid(),
    createdAt: timestamp,
    lastUsedAt: timestamp,
    expiresAt: timestamp,
    address: z.string(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'Session' })
export type SessionView = z.output<typeof session>

/** Hashing a password may queue behind others, so these wait longer than a plain read. */
const hashingDeadlineMs = 8_000

export const logIn = defineRpc({
  name: 'identity.sessions.log-in',
  description: 'Checks a password and starts a session.',
  request: z.strictObject({ credentials, client }),
  reply: loggedIn,
  deadlineMs: hashingDeadlineMs,
})

export const refreshSession = defineRpc({
  name: 'identity.sessions.refresh',
  description: 'Exchanges a refresh token for its one successor and a new access token.',
  request: z.strictObject({
    refreshToken: z.string().min(1).max(refreshTokenLengthMax),
    code: secondFactorCode.optional(),
    passkey: passkeyProof.optional(),
  }),
  reply: tokenPair,
})

export const logOut = defineRpc({
  name: 'identity.sessions.log-out',
  description: 'Ends the session of a refresh token; an unknown token is no error.',
  request: z.strictObject({ refreshToken: z.string().min(1).max(refreshTokenLengthMax) }),
  reply: nothing,
})

export const listSessions = defineRpc({
  name: 'identity.sessions.list',
  description: 'The sessions of the caller that still live, newest first.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(session) }),
})

export const revokeSession = defineRpc({
  name: 'identity.sessions.revoke',
  description: 'Ends one session of the caller.',
  request: z.strictObject({ caller, sessionId: z.uuid() }),
  reply: nothing,
})

export const createUser = defineRpc({
  name: 'identity.users.create',
  description: 'Creates a user.',
  request: z.strictObject({ caller, user: userInput }),
  reply: user,
  deadlineMs: hashingDeadlineMs,
})

export const changeRoles = defineRpc({
  name: 'identity.users.change-roles',
  description: 'Gives a user other roles and ends their sessions.',
  request: z.strictObject({ caller, userId: z.uuid(), roles: givenRoles }),
  reply: user,
})

export const listUsers = defineRpc({
  name: 'identity.users.list',
  description: 'All users, oldest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(user),
})

export const disableUser = defineRpc({
  name: 'identity.users.disable',
  description: 'Ends every session of a user and refuses new ones; repeating it changes nothing.',
  request: z.strictObject({ caller, userId: z.uuid() }),
  reply: user,
})

export const enableUser = defineRpc({
  name: 'identity.users.enable',
  description: 'Lets a disabled user log in again; repeating it changes nothing.',
  request: z.strictObject({ caller, userId: z.uuid() }),
  reply: user,
})

export const getUser = defineRpc({
  name: 'identity.users.get',
  description: 'One user, for operators.',
  request: z.strictObject({ caller, userId: z.uuid() }),
  reply: user,
})

export const usersPerCallMax = 1_000

export const findUsers = defineRpc({
  name: 'identity.users.find',
  description: 'Those of these users that there are, for operators.',
  request: z.strictObject({ caller, userIds: z.array(z.uuid()).max(usersPerCallMax) }),
  reply: z.strictObject({ items: z.array(user) }),
})

export const getMe = defineRpc({
  name: 'identity.users.me',
  description: 'The caller as a user.',
  request: z.strictObject({ caller }),
  reply: user,
})

export const changePassword = defineRpc({
  name: 'identity.users.change-password',
  description: 'Gives the caller another password and ends all sessions of theirs.',
  request: z.strictObject({
    caller,
    currentPassword: z.string().min(1).max(passwordLengthMax),
    newPassword,
  }),
  reply: nothing,
  deadlineMs: hashingDeadlineMs,
})

export const secondFactorOffer = z
  .strictObject({
    secret: z
      .string()
      .meta({ description: 'Base32, for typing it in', examples: ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'] }),
    uri: z.string().meta({
      description: 'For a QR code that authenticator apps read',
      examples: ['otpauth://totp/Tradewire:johndoe?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tradewire'],
    }),
  })
  .meta({ id: 'SecondFactorOffer' })

export const recoveryCodes = z
  .strictObject({
    recoveryCodes: z.array(z.string()).meta({
      description: 'Each works once instead of a code; shown this one time',
      examples: [['7QK2M-9XW4T', 'H3DNP-2VLRC']],
    }),
  })
  .meta({ id: 'RecoveryCodes' })

export const offerSecondFactor = defineRpc({
  name: 'identity.second-factor.offer',
  description: 'A new secret for the authenticator app of the caller; nothing is asked for until it is confirmed.',
  request: z.strictObject({ caller }),
  reply: secondFactorOffer,
})

export const confirmSecondFactor = defineRpc({
  name: 'identity.second-factor.confirm',
  description: 'Turns the second factor of the caller on: the code proves that the app has the secret.',
  request: z.strictObject({ caller, code: secondFactorCode }),
  reply: recoveryCodes,
})

export const removeSecondFactor = defineRpc({
  name: 'identity.second-factor.remove',
  description: 'Turns the second factor of the caller off.',
  request: z.strictObject({ caller, code: secondFactorCode }),
  reply: nothing,
})

export const resetSecondFactor = defineRpc({
  name: 'identity.second-factor.reset',
  description: 'Turns the second factor of a user off who lost it, passkeys too, and ends their sessions.',
  request: z.strictObject({ caller, userId: z.uuid() }),
  reply: user,
})

export const recogniseUser = defineRpc({
  name: 'identity.users.recognise',
  description: 'The user that another issuer vouches for; made when it is the first time. Fails with USER_DISABLED.',
  request: z.strictObject({
    issuer: z.url(),
    subject: z.string().min(1).max(255),
    name: z.string().max(255).nullable(),
    email: emailAddress.nullable(),
    roles: givenRoles,
  }),
  reply: z.strictObject({ userId: z.uuid(), roles: z.array(z.enum(roles)) }),
})

export const ensureOperator = defineRpc({
  name: 'identity.operator.ensure',
  description: 'Creates the owner with this password unless an owner exists; then nothing is changed.',
  request: z.strictObject({ username, password: newPassword, email: emailAddress.nullable().default(null) }),
  reply: z.strictObject({ userId: z.uuid(), username: z.string(), created: z.boolean() }),
  deadlineMs: hashingDeadlineMs,
})

/** One Ed25519 public key (RFC 8037). The private member `d` has no place here, and the strict form refuses it. */
export const publicKey = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal(accessToken.algorithm),
  use: z.literal('sig'),
})

export const getKeys = defineRpc({
  name: 'identity.jwks.get',
  description: 'The public keys that check access tokens: the one in use and the one that comes next.',
  request: nothing,
  reply: z.strictObject({ keys: z.array(publicKey).min(1) }),
  deadlineMs: 2_000,
})
