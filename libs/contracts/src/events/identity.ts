/** Events that `identity` owns. Called by identity and by those who keep users in a read model. Must never carry a password or token. */
import { z } from 'zod'
import { timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'
import { roles } from '../caller.ts'

export const userCreated = defineEvent({
  name: 'user.created',
  version: 1,
  owner: 'identity',
  description: 'A user exists.',
  data: z.strictObject({
    userId: z.uuid(),
    username: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.enum(roles)),
    createdAt: timestamp,
  }),
  example: {
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    username: 'johndoe',
    email: 'johndoe@example.com',
    roles: ['follower'],
    createdAt: '2022-10-01T15:32:39.511Z',
  },
})

export const userDisabled = defineEvent({
  name: 'user.disabled',
  version: 1,
  owner: 'identity',
  description: 'A user may no longer log in; their tokens end.',
  data: z.strictObject({ userId: z.uuid(), disabledAt: timestamp }),
  example: { userId: 'a12565e5-567b-432a-93b2-6349653010d9', disabledAt: '2022-10-01T15:32:39.511Z' },
})

export const userEnabled = defineEvent({
  name: 'user.enabled',
  version: 1,
  owner: 'identity',
  description: 'A user who was disabled may log in again.',
  data: z.strictObject({ userId: z.uuid(), enabledAt: timestamp }),
  example: { userId: 'a12565e5-567b-432a-93b2-6349653010d9', enabledAt: '2022-10-02T08:00:12.040Z' },
})

export const userRolesChanged = defineEvent({
  name: 'user.roles-changed',
  version: 1,
  owner: 'identity',
  description: 'A user has other roles than before; their sessions have ended.',
  data: z.strictObject({ userId: z.uuid(), roles: z.array(z.enum(roles)), changedAt: timestamp }),
  example: {
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    roles: ['provider', 'follower'],
    changedAt: '2022-10-02T08:00:12.040Z',
  },
})

export const sessionRevoked = defineEvent({
  name: 'session.revoked',
  version: 1,
  owner: 'identity',
  description: 'A session ended before its time, for the reason given.',
  data: z.strictObject({
    sessionId: z.uuid(),
    userId: z.uuid(),
    reason: z.enum(['logout', 'reuse', 'disabled', 'password-changed', 'second-factor-reset', 'roles-changed']),
    revokedAt: timestamp,
  }),
  example: {
    sessionId: '01963a5e-0000-7000-8000-00000000000b',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    reason: 'reuse',
    revokedAt: '2022-10-01T15:32:39.511Z',
  },
})

export const apiKeyRevoked = defineEvent({
  name: 'api-key.revoked',
  version: 1,
  owner: 'identity',
  description: 'An API key works no longer.',
  data: z.strictObject({ apiKeyId: z.uuid(), userId: z.uuid(), revokedAt: timestamp }),
  example: {
    apiKeyId: '01963a5e-0000-7000-8000-00000000000c',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    revokedAt: '2022-10-01T15:32:39.511Z',
  },
})

export const oauthClientRevoked = defineEvent({
  name: 'oauth-client.revoked',
  version: 1,
  owner: 'identity',
  description: 'An OAuth client ended; its tokens are refused from now on.',
  data: z.strictObject({ clientId: z.uuid(), userId: z.uuid(), revokedAt: timestamp }),
  example: {
    clientId: '01963a5e-0000-7000-8000-00000000000d',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    revokedAt: '2022-10-01T15:32:39.511Z',
  },
})

export const identityEvents = [
  userCreated,
  userDisabled,
  userEnabled,
  userRolesChanged,
  sessionRevoked,
  apiKeyRevoked,
  oauthClientRevoked,
] as const
