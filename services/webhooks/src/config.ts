/** Settings of `webhooks`. Called at start and by the configuration page. Must never hold a secret's default. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { z } from 'zod'

export const webhooksConfig = defineConfig(
  'webhooks',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_407).describe('Port of health and metrics; 0 takes any'),
    privateTargets: z
      .array(z.string())
      .default([])
      .describe(
        'Networks in CIDR form that endpoints may be in besides public ones, also over plain http and any port; ' +
          'every address in them becomes reachable to whoever may add an endpoint',
      ),
    deliveriesInFlightMax: z
      .number()
      .int()
      .min(1)
      .max(2_000)
      .default(256)
      .describe(
        'Deliveries under way at once; a quarter of them are kept for endpoints that answer and have none under way',
      ),
    endpointInFlightMax: z
      .number()
      .int()
      .min(1)
      .max(256)
      .default(32)
      .describe('Deliveries under way at once to one endpoint, so that a slow one cannot hold up others'),
    telegramApiUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://api.telegram.org')
      .describe("Where Telegram's bot API answers; a simulator in tests"),
    telegramBotToken: z
      .string()
      .regex(/^\d+:[\w-]{8,}$/)
      .optional()
      .meta({
        description: 'Token of the bot that sends notices to chats; without it no chat can be linked',
        secret: true,
      }),
    deliveryTimeoutMs: z.number().int().min(1_000).max(60_000).default(15_000).describe('Longest wait for an answer'),
  }),
)
export type WebhooksConfig = ConfigOf<typeof webhooksConfig>
