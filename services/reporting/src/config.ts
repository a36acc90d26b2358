/** Settings of `reporting`. Called at start and by the configuration page. Must never hold a secret. */
import { defineConfig } from '@tradewire/config/define-config'
import { z } from 'zod'

export const reportingConfig = defineConfig(
  'reporting',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_406).describe('Port of health and metrics; 0 takes any'),
  }),
)
