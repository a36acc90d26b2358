/** The venues and their forms, and prices as they have them. Answered by `brokers`. Called by the gateway and by `orders`. */
import { z } from 'zod'
import { accountEnvironment, positiveDecimalText, symbol, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'

export const symbolsPerCallMax = 100
const pricesDeadlineMs = 3_000

export const venueDescription = z
  .strictObject({
    id: venue,
    title: z.string().meta({ description: 'As the venue calls itself' }),
    credentials: z
      .record(z.string(), z.unknown())
      .meta({ description: 'JSON Schema of the credentials form; secret fields carry `secret: true`' }),
    orderTypes: z.array(z.string()).meta({ description: 'Which the venue takes' }),
    trailing: z.boolean().meta({ description: 'Whether the venue has trailing stops of its own' }),
    leverageMax: z.int().nullable().meta({ description: 'Null where it cannot be set' }),
    clientOrderId: z.strictObject({
      field: z.string().meta({ description: 'The name of the field of the venue that bears our id' }),
      lengthMax: z.int().meta({ description: 'In characters' }),
      uniqueness: z
        .enum(['open-orders', 'forever', 'none'])
        .meta({ description: 'Among which orders the venue refuses an id that it knows already' }),
      readLagMs: z.int().meta({ description: 'How long an order that stands may not be shown, in milliseconds' }),
    }),
    rateLimits: z.array(
      z.strictObject({
        name: z.string(),
        scope: z
          .enum(['egress', 'account'])
          .meta({ description: 'Shared by all accounts behind one address, or of each account' }),
        capacity: z.int().meta({ description: 'So much in each interval' }),
        intervalMs: z.int().meta({ description: 'In milliseconds' }),
      }),
    ),
  })
  .meta({ id: 'Venue' })

export const listVenues = defineRpc({
  name: 'brokers.venues.list',
  description: 'The venues that accounts can be connected to, with their credentials forms and what they can do.',
  request: z.strictObject({}),
  reply: z.strictObject({ items: z.array(venueDescription) }),
})

export const readPrices = defineRpc({
  name: 'brokers.prices.read',
  description:
    'What was last paid for these symbols in one environment; asked by services only. A symbol whose price is not known is left out.',
  request: z.strictObject({
    venue,
    environment: accountEnvironment,
    symbols: z.array(symbol).min(1).max(symbolsPerCallMax),
  }),
  reply: z.strictObject({ items: z.array(z.strictObject({ symbol, price: positiveDecimalText })) }),
  deadlineMs: pricesDeadlineMs,
})
