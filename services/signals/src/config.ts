/** Settings of `signals`. Called at start and by the configuration page. Must never hold a secret. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { z } from 'zod'

const alertBodyDefaultBytes = 16_384

export const signalsConfig = defineConfig(
  'signals',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_401).describe('Port of the alert intake; 0 takes any'),
    alertBodyBytesMax: z
      .number()
      .int()
      .min(1_024)
      .max(1_048_576)
      .default(alertBodyDefaultBytes)
      .describe('Largest alert that is read'),
  }),
)
export type SignalsConfig = ConfigOf<typeof signalsConfig>
