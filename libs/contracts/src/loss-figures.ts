/** How a loss limit was reached. Called by the events, denials and kill switches that tell of it. Must never hold a secret. */
import { z } from 'zod'
import { decimalText, timestamp } from './common.ts'
import { lossPeriods } from './trade-settings.ts'

export const lossFigures = z
  .strictObject({
    period: z.enum(lossPeriods),
    lost: decimalText,
    allowed: decimalText,
    equityAtStart: decimalText,
    currency: z.string(),
    startsAt: timestamp.meta({ description: 'When the period began, or from when a lifetime counts' }),
    source: z.string().meta({ description: 'The layer of settings whose limit it is' }),
  })
  .meta({ id: 'LossFigures' })
export type LossFigures = z.output<typeof lossFigures>
