/** Settings of `brokers`. Called at start and by the configuration page. Must never hold a venue's credentials. */
import { type ConfigOf, defineConfig } from '@tradewire/config/define-config'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { z } from 'zod'

type PlatformTokens = NonNullable<BrokerDependencies['platformTokens']>

/** What each holder of the master keys cannot be asked without. */
const neededOf = {
  environment: ['masterKey'],
  vault: ['vaultUrl', 'vaultToken'],
  'aws-kms': ['kmsKeys', 'kmsRegion', 'kmsAccessKeyId', 'kmsSecretAccessKey'],
} as const

export const brokersConfig = defineConfig(
  'brokers',
  z
    .object({
      httpPort: z.number().int().min(0).max(65_535).default(7_405).describe('Port of health and metrics; 0 takes any'),
      paperUrl: z
        .url({ protocol: /^https?$/ })
        .default('http://127.0.0.1:7402')
        .describe('Base URL of the paper venues, for accounts of environment paper'),
      keyProvider: z
        .enum(['environment', 'vault', 'aws-kms'])
        .default('environment')
        .describe(
          'Who holds the master keys of credentials: `environment` (BROKERS_MASTER_KEY), `vault` or `aws-kms`; chosen before the first account',
        ),
      vaultUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Where HashiCorp Vault is reached, such as https://vault:8200'),
      vaultToken: z.string().min(1).optional().meta({
        description:
          'Token that may encrypt and decrypt with the key of Transit; best given as a file, BROKERS_VAULT_TOKEN_FILE',
        secret: true,
      }),
      vaultKey: z
        .string()
        .regex(/^[\w.-]{1,128}$/)
        .default('tradewire')
        .describe('Name of the key in the Transit engine, which is mounted at `transit`'),
      kmsKeys: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Keys of AWS KMS, one per line or comma: v1:<id or ARN of a symmetric key>; the highest version seals',
        ),
      kmsRegion: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/)
        .optional()
        .describe('Region of AWS that the keys are in, such as eu-central-1'),
      kmsUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Where KMS is reached, if not at the public address of its region'),
      kmsAccessKeyId: z
        .string()
        .min(1)
        .optional()
        .describe('Access key of AWS that may encrypt and decrypt with the keys'),
      kmsSecretAccessKey: z.string().min(1).optional().meta({
        description: 'Its secret; best given as a file, BROKERS_KMS_SECRET_ACCESS_KEY_FILE',
        secret: true,
      }),
      kmsSessionToken: z.string().min(1).optional().meta({
        description: 'Its session token, of temporary credentials; read at start, not renewed',
        secret: true,
      }),
      masterKey: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            'Keys that seal account credentials, one per line or comma: v1:<32 bytes in base64>; the highest version seals. ' +
            'Best given as a file, BROKERS_MASTER_KEY_FILE',
          secret: true,
        }),
      metaapiToken: z
        .string()
        .trim()
        .min(1)
        .max(8_192)
        .optional()
        .meta({
          description:
            "Token of the platform's own account at MetaApi, for MetaTrader accounts that are connected without one; best " +
            'given as a file, BROKERS_METAAPI_TOKEN_FILE',
          secret: true,
        }),
      metaapiEnvironment: z
        .enum(['paper', 'live'])
        .default('live')
        .describe('Where that token is known: at MetaApi itself (live) or at the simulated one (paper)'),
      connections: z
        .number()
        .int()
        .min(1)
        .max(1_024)
        .default(128)
        .describe(
          'Requests to one venue at a time, besides a few for exits alone; the first knob of latency, bounded by the budget of the venue',
        ),
      requestTimeoutMs: z
        .number()
        .int()
        .min(500)
        .max(60_000)
        .default(10_000)
        .describe('Longest wait for an answer of a venue; afterwards the outcome is unknown'),
      paperRateLimits: z.boolean().default(false).describe('Keep the budgets of live venues on paper accounts too'),
      leaseMs: z
        .number()
        .int()
        .min(1_000)
        .max(60_000)
        .default(10_000)
        .describe('How long a partition stays with a process that is not heard of'),
      reconcileEveryMs: z
        .number()
        .int()
        .min(1_000)
        .max(600_000)
        .default(30_000)
        .describe('How often accounts with orders or positions of ours are reconciled with their venue'),
      balanceEveryMs: z
        .number()
        .int()
        .min(5_000)
        .max(3_600_000)
        .default(300_000)
        .describe('How often balances are read again at the venue'),
    })
    .check(({ value, issues }) => {
      for (const key of neededOf[value.keyProvider]) {
        if (value[key] !== undefined) continue
        const message = `is needed while BROKERS_KEY_PROVIDER is ${value.keyProvider}`
        issues.push({ code: 'custom', path: [key], message, input: value[key] })
      }
    }),
)
export type BrokersConfig = ConfigOf<typeof brokersConfig>

export function platformTokensOf({ metaapiToken, metaapiEnvironment }: BrokersConfig): PlatformTokens {
  return metaapiToken === undefined ? {} : { metaapi: { environment: metaapiEnvironment, token: metaapiToken } }
}

/** Connections to a venue that only exits take: an exit never waits for the answer to an entry. */
const exitConnections = 8

export function laneSlotsOf({ connections }: BrokersConfig): { readonly all: number; readonly exits: number } {
  return { all: connections, exits: exitConnections }
}

export function connectionsMaxOf({ connections }: BrokersConfig): number {
  return connections + exitConnections
}
