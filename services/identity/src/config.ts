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
    registration: z
      .boolean()
      .default(true)
      .describe('Whether anybody can register as a follower with an e-mail address; else operators make users'),
    organisationName: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .default('Tradewire')
      .describe('Whose installation this is, as the API, e-mails, authenticator apps and passkeys name it'),
    organisationContact: z
      .string()
      .trim()
      .min(1)
      .max(320)
      .optional()
      .describe('Where users get help, an address or a page; told by the API and in e-mails'),
    publicUrl: z
      .url({ protocol: /^https?$/ })
      .default('http://localhost:7400')
      .describe('Where the gateway is reached from outside: links in e-mails begin with it, passkeys are bound to it'),
    passkeyDomain: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('Domain that passkeys are bound to; the host of publicUrl unless set. A change voids every passkey'),
    passkeyOrigins: z
      .array(z.string())
      .default([])
      .describe('Origins of web pages on which passkeys are used, comma separated; that of publicUrl unless set'),
    mailUrl: z
      .url({ protocol: /^smtps?$/ })
      .optional()
      .meta({
        description:
          'SMTP server for e-mails, smtp://user:password@host:587 or smtps://...; a user name demands TLS. Without it ' +
          'e-mails become files in mailDirectory',
        secret: true,
      }),
    mailFrom: z.string().min(3).max(320).default('Tradewire <no-reply@localhost>').describe('Sender of e-mails'),
    mailDirectory: z.string().min(1).default('mail').describe('Where e-mails become files while no mailUrl is set'),
    mailsPerClientMax: z
      .int()
      .min(1)
      .max(100_000)
      .default(20)
      .describe('E-mails that one address of the network may ask for within 15 minutes'),
    hashMemoryKib: z.int().min(64).max(4_194_304).default(65_536).describe('Memory of one argon2id hash, in KiB'),
    hashPasses: z.int().min(1).max(20).default(3).describe('Passes of one argon2id hash'),
    hashLanes: z.int().min(1).max(16).default(4).describe('Lanes of one argon2id hash'),
    hashSlots: z.int().min(1).max(64).default(4).describe('Hashes at the same moment; each takes hashMemoryKib'),
    hashQueueMax: z.int().min(0).max(10_000).default(200).describe('Hashes that may wait; more are refused at once'),
  }),
)

export type IdentityConfig = ConfigOf<typeof identityConfig>
