/** Settings of `orders`. Called at start and by the configuration page. Must never hold a secret. */
import { type ConfigOf, defineConfig } from '@tradewire/config/define-config'
import { positiveDecimalText } from '@tradewire/contracts/common'
import { z } from 'zod'

export const ordersConfig = defineConfig(
  'orders',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(7_404).describe('Port of health and metrics; 0 takes any'),
    chunkRows: z
      .number()
      .int()
      .min(10)
      .max(2_000)
      .default(250)
      .describe('Followers planned in one transaction at most; the orders of a chunk leave when it commits'),
    balanceAgeMaxMs: z
      .number()
      .int()
      .min(1_000)
      .max(604_800_000)
      .default(3_600_000)
      .describe('A balance told longer ago than this is not traded on'),
    rateAgeMaxMs: z
      .number()
      .int()
      .min(1_000)
      .max(86_400_000)
      .default(180_000)
      .describe('A rate between two currencies told longer ago than this is not counted by'),
    entryCostPercent: positiveDecimalText
      .default('0.2')
      .describe('Kept free besides the margin for fees and slippage, in per cent of the notional'),
    stopLimitOffsetPercent: positiveDecimalText
      .default('0.5')
      .describe('How far behind its trigger the price of a stop-limit lies, in per cent'),
    alertsPerMinuteMin: z
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(60)
      .describe(
        'Alerts of one strategy in a minute that always pass; more than these and than ten times its average minute pause its source. 0 watches nothing',
      ),
    watchEveryMs: z
      .number()
      .int()
      .min(50)
      .max(60_000)
      .default(1_000)
      .describe('How often the prices are read that exits without an order at the venue wait for'),
    limitRestMs: z
      .number()
      .int()
      .min(0)
      .max(86_400_000)
      .default(900_000)
      .describe('How long a limit entry may rest at the venue after its signal has expired'),
  }),
)
export type OrdersConfig = ConfigOf<typeof ordersConfig>
