/** Settings of `reporting`. Called at start and by the configuration page. Must never hold a secret. */
import { defineConfig, type ConfigOf } from '@tradewire/config/define-config'
import { z } from 'zod'

export const reportingConfig = defineConfig(
  'reporting',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_406).describe('Port of health and metrics; 0 takes any'),
    myfxbookUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://www.myfxbook.com/api')
      .describe('Where the API of MyFxBook is reached'),
    myfxbookEmail: z
      .email()
      .optional()
      .describe('Login of MyFxBook that sees the accounts that strategies link to; without it no link is verified'),
    myfxbookPassword: z.string().min(1).optional().meta({
      description: 'Password of that login; best given as a file, REPORTING_MYFXBOOK_PASSWORD_FILE',
      secret: true,
    }),
    myfxbookTolerancePoints: z
      .number()
      .positive()
      .max(100)
      .default(5)
      .describe('Percentage points by which monthly return and drawdown may differ from MyFxBook and still agree'),
  }),
)

export type ReportingConfig = ConfigOf<typeof reportingConfig>
