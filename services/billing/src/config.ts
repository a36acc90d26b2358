/** Settings of `billing`. Called at start and by the configuration page. Must never hold a secret's default. */
import { defineConfig } from '@tradewire/config/define-config'
import { z } from 'zod'

export const billingConfig = defineConfig(
  'billing',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_408).describe('Port to listen on; 0 takes any free port'),
  }),
)
