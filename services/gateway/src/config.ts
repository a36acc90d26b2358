/** The settings of the gateway. Called by its service definition. Must never hold a secret's default. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { operationsSettings } from '@tradewire/config/server-settings'
import { z } from 'zod'

const requestsMax = 1_000_000

export const gatewayConfig = defineConfig(
  'gateway',
  z.object({
    httpPort: z.int().min(0).max(65_535).default(7_400).describe('Port of the public API; 0 takes any free port'),
    ...operationsSettings,
    operationsPort: operationsSettings.operationsPort.default(7_409),
    signalsUrl: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:7401')
      .describe('Where the alert intake of signals listens'),
    billingUrl: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:7408')
      .describe('Where billing listens for deliveries of payment providers'),
    rateLimit: z.boolean().default(true).describe('Whether requests to the API are counted and limited'),
    rateAuthenticatedPerMinute: z
      .int()
      .min(1)
      .max(requestsMax)
      .default(100)
      .describe('Requests a minute of one user; alerts are not counted'),
    ratePremiumPerMinute: z
      .int()
      .min(1)
      .max(requestsMax)
      .default(1_000)
      .describe('Requests a minute of one user whose plan is premium'),
    rateAnonymousPerMinute: z
      .int()
      .min(1)
      .max(requestsMax)
      .default(10)
      .describe('Requests a minute of one address without a valid access token'),
    replicas: z
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .describe('Gateways that share the limits; each takes its part while Redis is away'),
    oidcIssuers: z
      .string()
      .default('[]')
      .describe('Other issuers of access tokens, such as a Cognito user pool, as JSON; see docs/access.md'),
    corsOrigins: z
      .array(z.string())
      .default([])
      .describe('Origins of web pages that may call the API, comma separated; none unless set'),
    streamsMax: z.int().min(0).max(10_000).default(200).describe('Live streams at the same moment; more get 503'),
  }),
)

export type GatewayConfig = ConfigOf<typeof gatewayConfig>
