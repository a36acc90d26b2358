/** The settings of the paper venue. Called by its service definition. Must never hold a secret's default. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { z } from 'zod'

/** Room for 20,000 ticks in one request. */
const bodyLimitDefaultBytes = 8_388_608
const bodyLimitMaxBytes = 16_777_216

export const paperConfig = defineConfig(
  'paper',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_402).describe('Port of the simulated venues; 0 takes any'),
    httpBodyLimitBytes: z
      .number()
      .int()
      .min(1_024)
      .max(bodyLimitMaxBytes)
      .default(bodyLimitDefaultBytes)
      .describe('Largest request body that is read'),
    dataDirectory: z
      .string()
      .min(1)
      .default('paper-data')
      .describe('Directory of the journal: every account, order and fill of the simulated venues'),
    limits: z
      .enum(['generous', 'real'])
      .default('generous')
      .describe('Request and order budgets: generous for demos and load, real as the venues have them'),
    controlToken: z.string().min(16).optional().meta({
      description: 'Bearer token of the control API; open to everyone who reaches the port when not set',
      secret: true,
    }),
  }),
)

export type PaperConfig = ConfigOf<typeof paperConfig>
