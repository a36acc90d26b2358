/**
 * Questions and commands about API keys, which `identity` answers. Called by the gateway and tests.
 * Must never carry a key's text but in the one reply that creates it.
 */
import { z } from 'zod'
import { apiKeyScopes, caller, roles } from '../caller.ts'
import { timestamp } from '../common.ts'
import { nothing } from '../define-route.ts'
import { defineRpc } from '../define-rpc.ts'

/** Starts every key: recognisable in secret scanners and logs, and told from an access token by it. */
export const apiKeyStart = 'twk_'
export const apiKeyLengthMax = 64
export const apiKeysMax = 50
const addressesMax = 50
const daysMax = 3_650

const address = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
    error: 'must be an IP address or a range such as 192.0.2.0/24',
  })
  .meta({ examples: ['192.0.2.0/24'] })

export const apiKeyInput = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .meta({ examples: ['nightly reports'] }),
    scopes: z.array(z.enum(apiKeyScopes)).min(1).max(apiKeyScopes.length),
    addresses: z
      .array(address)
      .max(addressesMax)
      .default([])
      .meta({ description: 'Where it may be used from; anywhere when empty' }),
    expiresInDays: z
      .int()
      .min(1)
      .max(daysMax)
      .nullable()
      .default(null)
      .meta({ description: 'Days until it ends by itself; null for never', examples: [90] }),
  })
  .meta({ id: 'NewApiKey' })

const apiKeyFields = {
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().meta({ description: 'How the key starts, to know it again', examples: ['twk_9fK2mQ'] }),
  scopes: z.array(z.enum(apiKeyScopes)),
  addresses: z.array(z.string()),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable(),
}
export const apiKey = z.strictObject(apiKeyFields).meta({ id: 'ApiKey' })
export type ApiKeyView = z.output<typeof apiKey>

export const createApiKey = defineRpc({
  name: 'identity.api-keys.create',
  description: 'A new key of the caller, shown this one time.',
  request: z.strictObject({ caller, key: apiKeyInput }),
  reply: z
    .strictObject({ ...apiKeyFields, key: z.string().meta({ examples: ['twk_9fK2mQ...'] }) })
    .meta({ id: 'CreatedApiKey' }),
})

export const listApiKeys = defineRpc({
  name: 'identity.api-keys.list',
  description: 'The keys of the caller that still work, newest first.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(apiKey) }),
})

export const revokeApiKey = defineRpc({
  name: 'identity.api-keys.revoke',
  description: 'Ends a key of the caller.',
  request: z.strictObject({ caller, apiKeyId: z.uuid() }),
  reply: nothing,
})

export const checkApiKey = defineRpc({
  name: 'identity.api-keys.check',
  description: 'Whose key has this SHA-256, in base64url, and what it may do. Fails with API_KEY_INVALID.',
  request: z.strictObject({ hash: z.base64url().length(43) }),
  reply: z.strictObject({
    apiKeyId: z.uuid(),
    userId: z.uuid(),
    roles: z.array(z.enum(roles)),
    scopes: z.array(z.enum(apiKeyScopes)),
    addresses: z.array(z.string()),
    expiresAt: timestamp.nullable(),
  }),
  deadlineMs: 2_000,
})
