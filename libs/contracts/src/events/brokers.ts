/** Events that `brokers` owns. Called by brokers, orders, reporting, webhooks. Must never carry credentials. */
import { z } from 'zod'
import { accountEnvironment, decimalText, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineEvent } from '../define-event.ts'
import { tradingWindow } from '../trade-settings.ts'
import { orderPurpose } from './orders.ts'

/** What is known of one venue order of ours at one moment; quantities are cumulative. */
export const orderUpdate = z.strictObject({
  intentId: z.uuid(),
  bracketId: z.uuid(),
  accountId: z.uuid(),
  purpose: orderPurpose,
  revision: z.int().positive().meta({
    description: 'Grows with each update of the same intent: a consumer ignores a lower one than it has seen',
  }),
  venueOrderId: z.string().nullable(),
  clientOrderId: z.string(),
  final: z.boolean().meta({ description: 'True once nothing more can happen to the order' }),
  filledQuantity: decimalText,
  averagePrice: positiveDecimalText.nullable(),
  fee: decimalText,
  feeCurrency: z.string().nullable(),
  reason: z
    .strictObject({ code: z.string(), message: z.string() })
    .nullable()
    .meta({ description: "Stable code of ours and the venue's own words; null when all is well" }),
  sentAt: timestamp.nullable().meta({ description: 'When our request left; null for news that came by itself' }),
  executedAt: timestamp.nullable().meta({
    description:
      'When the venue executed the last of what is filled; null until something is, and where the venue does not tell',
  }),
  observedAt: timestamp.meta({ description: 'When the evidence reached us' }),
})

export type OrderUpdate = z.output<typeof orderUpdate>

const updateExample = {
  intentId: '01963a5e-0000-8000-a000-000000000001',
  bracketId: '01963a5e-0000-7000-8000-000000000002',
  accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
  purpose: 'entry' as const,
  revision: 2,
  venueOrderId: '3240579942',
  clientOrderId: 'tw1f3k9d0a7b5c2e4g6h8j1k3',
  final: true,
  filledQuantity: '0.673',
  averagePrice: '19299.9',
  fee: '5.19553307',
  feeCurrency: 'USDT',
  reason: null,
  sentAt: '2022-10-21T18:12:09.450Z',
  executedAt: '2022-10-21T18:12:09.471Z',
  observedAt: '2022-10-21T18:12:09.485Z',
}

/** What is held needs its stop, and what becomes of an exit may want another one. That an entry rests changes nothing. */
export function exitsFollow({ purpose, filledQuantity }: Pick<OrderUpdate, 'purpose' | 'filledQuantity'>): boolean {
  return purpose !== 'entry' || filledQuantity !== '0'
}

function orderEvent<const Name extends string>(name: Name, description: string) {
  return defineEvent({
    name,
    version: 1,
    owner: 'brokers',
    delivery: 'batched',
    description,
    data: orderUpdate,
    example: updateExample,
    urgent: exitsFollow,
  })
}

export const orderAccepted = orderEvent('order.accepted', 'The venue has the order; it is working.')
export const orderFilled = orderEvent('order.filled', 'More of the order was filled; `final` tells whether all was.')
export const orderRejected = orderEvent(
  'order.rejected',
  'The venue, or a check before the call, proved that the order does not stand.',
)
export const orderUnknown = orderEvent(
  'order.unknown',
  'The reply was lost: the order may stand. Evidence will follow.',
)
export const orderCancelled = orderEvent(
  'order.cancelled',
  'The order ended unfilled or part filled: cancelled or expired.',
)

/** The reason of account.disconnected when the venue refuses the credentials. */
export const authenticationFailed = 'VENUE_AUTHENTICATION_FAILED'

/** The reason of account.disconnected when its user removed the account. */
export const accountRemoved = 'ACCOUNT_REMOVED'

export const accountConnected = defineEvent({
  name: 'account.connected',
  version: 1,
  owner: 'brokers',
  description: "A broker account answered with its owner's credentials.",
  data: z.strictObject({
    accountId: z.uuid(),
    userId: z.uuid(),
    venue,
    environment: accountEnvironment,
    label: z.string(),
    connectedAt: timestamp,
  }),
  example: {
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    venue: 'binance-usdm',
    environment: 'live',
    label: 'Default',
    connectedAt: '2022-09-09T01:57:36.304Z',
  },
})

export const accountDisconnected = defineEvent({
  name: 'account.disconnected',
  version: 1,
  owner: 'brokers',
  description: 'A broker account can no longer be used; sent once per outage.',
  data: z.strictObject({
    accountId: z.uuid(),
    userId: z.uuid(),
    venue,
    environment: accountEnvironment,
    label: z.string(),
    reason: z.strictObject({ code: z.string(), message: z.string() }),
    disconnectedAt: timestamp,
  }),
  example: {
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    venue: 'binance-usdm',
    environment: 'live',
    label: 'Default',
    reason: { code: 'VENUE_AUTHENTICATION_FAILED', message: 'Invalid API-key, IP, or permissions for action.' },
    disconnectedAt: '2022-09-09T01:57:36.304Z',
  },
})

export const accountChanged = defineEvent({
  name: 'account.changed',
  version: 1,
  owner: 'brokers',
  description: 'A broker account was given another label, paused or resumed.',
  data: z.strictObject({
    accountId: z.uuid(),
    userId: z.uuid(),
    venue,
    environment: accountEnvironment,
    label: z.string(),
    active: z.boolean().meta({ description: 'False: paused. It takes no new entries; exits go on.' }),
    changedAt: timestamp,
  }),
  example: {
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    venue: 'binance-usdm',
    environment: 'live',
    label: 'Default',
    active: false,
    changedAt: '2022-09-09T01:57:36.304Z',
  },
})

/** Where positions are held on margin and the venue tells how much of it they use. */
export const venueMargin = z.strictObject({
  used: decimalText,
  levelPercent: decimalText
    .nullable()
    .meta({ description: 'Equity in percent of the margin; null without margin in use' }),
})

export const balanceUpdated = defineEvent({
  name: 'balance.updated',
  version: 1,
  owner: 'brokers',
  delivery: 'batched',
  description: "An account's balance in its trading currency, as the venue told it.",
  data: z.strictObject({
    accountId: z.uuid(),
    currency: z.string(),
    total: decimalText,
    free: decimalText,
    equity: decimalText.meta({ description: 'Total with the profit and loss of open positions' }),
    margin: venueMargin.optional(),
    observedAt: timestamp,
  }),
  example: {
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    currency: 'USDT',
    total: '2637.5428719',
    free: '2637.5428719',
    equity: '2637.5428719',
    observedAt: '2022-09-09T01:57:36.304Z',
  },
})

export const instrumentChanged = defineEvent({
  name: 'instrument.changed',
  version: 1,
  owner: 'brokers',
  delivery: 'batched',
  description: 'What may be traded at a venue in one environment, and in which steps.',
  data: z.strictObject({
    venue,
    environment: accountEnvironment,
    symbol,
    kind: z.enum(['spot', 'perpetual']),
    base: z.string(),
    quote: z.string(),
    active: z.boolean(),
    priceStep: positiveDecimalText,
    quantityStep: positiveDecimalText,
    minimumQuantity: decimalText,
    maximumQuantity: positiveDecimalText,
    minimumNotional: decimalText.meta({ description: 'Smallest quantity x price of an order' }),
    contractSize: positiveDecimalText,
    tradingHours: z
      .array(tradingWindow)
      .min(1)
      .optional()
      .meta({ description: 'When the venue trades it; absent: always' }),
    observedAt: timestamp,
  }),
  example: {
    venue: 'binance-usdm',
    environment: 'live',
    symbol: 'BTC/USDT',
    kind: 'perpetual',
    base: 'BTC',
    quote: 'USDT',
    active: true,
    priceStep: '0.1',
    quantityStep: '0.001',
    minimumQuantity: '0.001',
    maximumQuantity: '1000',
    minimumNotional: '100',
    contractSize: '1',
    observedAt: '2022-09-09T01:57:36.304Z',
  },
})

export const rateUpdated = defineEvent({
  name: 'rate.updated',
  version: 1,
  owner: 'brokers',
  delivery: 'batched',
  description: 'What one currency costs in another in one environment, by the symbol of a venue that joins the two.',
  data: z.strictObject({
    venue,
    environment: accountEnvironment,
    symbol,
    price: positiveDecimalText,
    observedAt: timestamp,
  }),
  example: {
    venue: 'binance-usdm',
    environment: 'live',
    symbol: 'USDC/USDT',
    price: '0.9998',
    observedAt: '2022-09-09T01:57:36.304Z',
  },
})

/** Why less is held than our orders bought; `unexplained` when no trade of the venue tells. */
export const positionLossReason = z.enum(['manual', 'liquidation', 'stop-out', 'unexplained'])

const positionLoss = z.strictObject({
  accountId: z.uuid(),
  userId: z.uuid(),
  venue,
  symbol,
  side: side.meta({ description: 'Of the position: buy when it was long' }),
  lostQuantity: positiveDecimalText.meta({ description: 'What our orders held and hold no longer' }),
  heldQuantity: decimalText.meta({ description: 'What is left of ours' }),
  reason: positionLossReason,
  price: positiveDecimalText
    .nullable()
    .meta({ description: 'At which the lost part was closed on average; null when the venue does not tell' }),
  fee: decimalText,
  feeCurrency: z.string().nullable(),
  evidence: z
    .strictObject({ tradeId: z.string().nullable(), clientOrderId: z.string().nullable() })
    .meta({ description: "The venue's own words for it: the first trade and the id of its order" }),
  executedAt: timestamp
    .nullable()
    .meta({ description: 'When the last of it was closed; null when the venue does not tell' }),
  observedAt: timestamp.meta({ description: 'When the second look confirmed it' }),
})

const lossExample = {
  accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
  userId: 'a12565e5-567b-432a-93b2-6349653010d9',
  venue: 'binance-usdm' as const,
  symbol: 'BTC/USDT',
  side: 'buy' as const,
  lostQuantity: '0.673',
  heldQuantity: '0',
  reason: 'liquidation' as const,
  price: '15320.1',
  fee: '4.12416',
  feeCurrency: 'USDT',
  evidence: { tradeId: '281474976', clientOrderId: 'autoclose-1662688656304001' },
  executedAt: '2022-09-09T01:57:31.120Z',
  observedAt: '2022-09-09T01:57:36.304Z',
}

export const positionChanged = defineEvent({
  name: 'position.changed',
  version: 1,
  owner: 'brokers',
  delivery: 'batched',
  description: 'A part of what our orders hold was closed without an order of ours; confirmed by a second look.',
  data: positionLoss,
  example: { ...lossExample, lostQuantity: '0.5', heldQuantity: '0.173', reason: 'manual' as const },
})

export const positionGone = defineEvent({
  name: 'position.gone',
  version: 1,
  owner: 'brokers',
  delivery: 'batched',
  description: 'All that our orders held of a symbol was closed without an order of ours; confirmed by a second look.',
  data: positionLoss,
  example: lossExample,
})

export const orderUpdateEvents = [orderAccepted, orderFilled, orderRejected, orderUnknown, orderCancelled] as const
export const brokerEvents = [
  ...orderUpdateEvents,
  accountConnected,
  accountDisconnected,
  accountChanged,
  balanceUpdated,
  instrumentChanged,
  rateUpdated,
  positionChanged,
  positionGone,
] as const
