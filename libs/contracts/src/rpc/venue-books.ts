/**
 * What a venue shows of an account, orders, positions and fills, and where our books differ. Answered by `brokers`.
 * Called by the gateway. Must never answer from memory what the venue was to be asked.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { decimalText, pageOf, pageQuery, positiveDecimalText, side, symbol, timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { orderType } from '../events/orders.ts'

const readDeadlineMs = 15_000

export const venueOrder = z
  .strictObject({
    clientOrderId: z.string(),
    intentId: z.uuid().nullable().meta({ description: 'Null for orders that are not ours' }),
    venueOrderId: z.string().nullable(),
    symbol: z.string(),
    status: z.enum(['working', 'filled', 'cancelled', 'expired', 'rejected']),
    filledQuantity: decimalText,
    averagePrice: positiveDecimalText.nullable(),
    placed: z
      .strictObject({
        side,
        type: orderType,
        quantity: positiveDecimalText,
        price: positiveDecimalText.nullable(),
        triggerPrice: positiveDecimalText.nullable(),
        reduceOnly: z.boolean(),
        at: timestamp,
      })
      .nullable()
      .meta({ description: 'As we placed it; null for orders that are not ours' }),
  })
  .meta({ id: 'VenueOrder' })

export const listVenueOrders = defineRpc({
  name: 'brokers.accounts.open-orders',
  description: 'The open orders of an account as the venue lists them now, ours and others.',
  request: z.strictObject({ caller, accountId: z.uuid() }),
  reply: z.strictObject({ items: z.array(venueOrder) }),
  deadlineMs: readDeadlineMs,
})

export const listVenuePositions = defineRpc({
  name: 'brokers.accounts.positions',
  description: 'What an account holds as the venue tells it now, ours and others.',
  request: z.strictObject({ caller, accountId: z.uuid(), symbol: symbol.optional() }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        symbol: z.string(),
        side,
        quantity: positiveDecimalText,
        entryPrice: positiveDecimalText.nullable(),
        unrealizedPnl: decimalText,
        leverage: z.int().nullable().meta({
          description:
            'As it was set last by us; null when it never was, or somebody else is known to have set another one',
        }),
      }),
    ),
    observedAt: timestamp,
  }),
  deadlineMs: readDeadlineMs,
})

export const fillsPerCallMax = 1_000

export const listVenueFills = defineRpc({
  name: 'brokers.accounts.fills',
  description: 'Trades of an account in a symbol within the last seven days as the venue lists them, newest first.',
  request: z.strictObject({ caller, accountId: z.uuid(), symbol }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        tradeId: z.string(),
        venueOrderId: z.string(),
        symbol: z.string(),
        side,
        quantity: positiveDecimalText,
        price: positiveDecimalText,
        fee: decimalText,
        feeCurrency: z.string().nullable(),
        at: timestamp,
      }),
    ),
  }),
  deadlineMs: readDeadlineMs,
})

export const driftKind = z.enum([
  'external-order',
  'external-trade',
  'external-position',
  'position-lost',
  'unexplained-change',
  'fill-missed',
  'order-missing',
  'order-stands',
])

export type DriftKind = z.output<typeof driftKind>

export const driftState = z.enum(['open', 'resolved'])

export const driftFinding = z
  .strictObject({
    id: z.uuid(),
    kind: driftKind,
    subject: z.string().meta({ description: 'What it is about: an id of the venue, an intent or a symbol' }),
    symbol: z.string().nullable(),
    state: driftState,
    details: z.record(z.string(), z.string().nullable()),
    foundAt: timestamp,
    resolvedAt: timestamp.nullable(),
  })
  .meta({ id: 'DriftFinding' })

export const listDrift = defineRpc({
  name: 'brokers.accounts.drift',
  description: 'What differed between our books and the venue, newest first, with counts of all that match.',
  request: z.strictObject({
    caller,
    accountId: z.uuid(),
    page: pageQuery,
    state: driftState.optional().meta({ description: 'Open or resolved ones alone' }),
    kind: driftKind.optional().meta({ description: 'Of this kind' }),
  }),
  reply: pageOf(driftFinding).extend({
    counts: z.array(z.strictObject({ kind: driftKind, open: z.int(), resolved: z.int() })),
  }),
})
