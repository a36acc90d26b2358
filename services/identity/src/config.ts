/** The settings of identity. Called by its service definition. Must never hold a secret's default. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { z } from 'zod'

export const identityConfig = defineConfig(
  'identity',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_403).describe('Port of health and metrics; 0 takes any'),
    signingKeyFile: z
      .string()
      .min(1)
      .default('identity-keys.json')
      .describe('JWK set with the private Ed25519 keys; created with mode 0600 if it is missing'),
    masterKey: z
      .string()
      .min(1)
      .meta({
        description:
          'Keys that seal the secrets of second factors, one per line or comma: v1:<32 bytes in base64>; the highest ' +
          'version seals. Best given as a file, IDENTITY_MASTER_KEY_FILE',
        secret: true,
      }),
    hashMemoryKib: z.int().min(64).max(4_194_304).default(65_536).describe('Memory of one argon2id hash, in KiB'),
    hashPasses: z.int().min(1).max(20).default(3).describe('Passes of one argon2id hash'),
    hashLanes: z.int().min(1).max(16).default(4).describe('Lanes of one argon2id hash'),
    hashSlots: z.int().min(1).max(64).default(4).describe('Hashes at the same moment; each takes hashMemoryKib'),
    hashQueueMax: z.int().min(0).max(10_000).default(200).describe('Hashes that may wait; more are refused at once'),
  }),
)

export type IdentityConfig = ConfigOf<typeof identityConfig>
