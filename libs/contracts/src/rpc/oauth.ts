/**
 * Questions and commands about OAuth clients (RFC 6749, 4.4: client credentials), which `identity` answers.
 * Called by the gateway and tests. Must never carry a secret but in the replies that make one.
 */
import { z } from 'zod'
import { apiKeyScopes, caller } from '../caller.ts'
import { timestamp } from '../common.ts'
import { nothing } from '../define-route.ts'
import { defineRpc } from '../define-rpc.ts'

/** Starts every secret: recognisable in secret scanners and logs. */
export const clientSecretStart = 'tws_'
export const clientsMax = 200
const overlapSecondsMax = 604_800
const overlapSecondsDefault = 86_400
const credentialLengthMax = 128

export const clientInput = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .meta({ examples: ['risk desk'] }),
    scopes: z.array(z.enum(apiKeyScopes)).min(1).max(apiKeyScopes.length),
    userId: z
      .uuid()
      .optional()
      .meta({ description: 'Whom it acts for: their roles and what is theirs. Default: who makes it' }),
  })
  .meta({ id: 'NewOauthClient' })

const clientFields = {
  clientId: z.uuid(),
  name: z.string(),
  userId: z.uuid(),
  scopes: z.array(z.enum(apiKeyScopes)),
  secrets: z
    .array(
      z.strictObject({
        prefix: z.string().meta({ description: 'How the secret starts, to know it again', examples: ['tws_9fK2mQ'] }),
        createdAt: timestamp,
        endsAt: timestamp.nullable(),
      }),
    )
    .meta({ description: 'Those that work: one, and after a rotation the one before for a while' }),
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
}
export const oauthClient = z.strictObject(clientFields).meta({ id: 'OauthClient' })
export type OauthClientView = z.output<typeof oauthClient>

const clientWithSecret = z
  .strictObject({ ...clientFields, clientSecret: z.string().meta({ examples: ['tws_9fK2mQ...'] }) })
  .meta({ id: 'OauthClientWithSecret' })

export const createOauthClient = defineRpc({
  name: 'identity.oauth-clients.create',
  description: 'A new client, its secret shown this one time.',
  request: z.strictObject({ caller, client: clientInput }),
  reply: clientWithSecret,
})

export const listOauthClients = defineRpc({
  name: 'identity.oauth-clients.list',
  description: 'The clients that still work, newest first.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(oauthClient) }),
})

export const secretOverlap = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(overlapSecondsMax)
      .default(overlapSecondsDefault)
      .meta({ description: 'How long the secret before goes on working' }),
  })
  .meta({ id: 'SecretOverlap' })

export const rotateOauthSecret = defineRpc({
  name: 'identity.oauth-clients.rotate-secret',
  description: 'Makes a new secret; the one before works for the overlap asked for, older ones end.',
  request: secretOverlap.extend({ caller, clientId: z.uuid() }),
  reply: clientWithSecret,
})

export const revokeOauthClient = defineRpc({
  name: 'identity.oauth-clients.revoke',
  description: 'Ends a client and its tokens.',
  request: z.strictObject({ caller, clientId: z.uuid() }),
  reply: nothing,
})

export const issueClientToken = defineRpc({
  name: 'identity.oauth-clients.issue-token',
  description: 'An access token for a client. Fails with CLIENT_INVALID or CLIENT_SCOPE_INVALID.',
  request: z.strictObject({
    clientId: z.string().min(1).max(credentialLengthMax),
    clientSecret: z.string().min(1).max(credentialLengthMax),
    scopes: z
      .array(z.string().max(credentialLengthMax))
      .max(apiKeyScopes.length)
      .nullable()
      .meta({ description: 'Null for all that the client may have' }),
  }),
  reply: z.strictObject({
    accessToken: z.string(),
    expiresInSeconds: z.int().positive(),
    scopes: z.array(z.enum(apiKeyScopes)),
  }),
})
