/**
 * Questions and commands that `webhooks` answers: outbound endpoints and what was delivered to them.
 * Called by the gateway. Must never show a signing secret except at creation and rotation.
 */
import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from '../common.ts'
import { caller } from '../caller.ts'
import { defineRpc } from '../define-rpc.ts'

/** The events that an endpoint may subscribe to: what the marketplace document lists and this release emits, and what its owner must know at once. */
export const webhookEventNames = [
  'trade.opened',
  'trade.closed',
  'position.unprotected',
  'position.protected',
  'account.connected',
  'account.disconnected',
  'payment.succeeded',
  'payment.failed',
  'payment.due',
  'subscription.changed',
  'notice.raised',
  'report.made',
] as const
export const webhookEventName = z.enum(webhookEventNames)

const endpointUrl = z.url({ protocol: /^https?$/ }).max(2_048)

const endpointSettings = {
  url: endpointUrl.meta({ description: 'Where deliveries are posted to' }),
  events: z
    .array(webhookEventName)
    .max(webhookEventNames.length)
    .meta({ description: 'Which events are sent; empty for all' }),
  description: z.string().max(200).nullable().meta({ description: 'For its owner; null for none' }),
}

export const webhookEndpointInput = z.strictObject({
  ...endpointSettings,
  events: endpointSettings.events.default([]),
  everyUser: z
    .boolean()
    .default(false)
    .meta({ description: "Operators only: events of every user, not only one's own" }),
  description: endpointSettings.description.default(null),
})

export const webhookEndpointChanges = z
  .strictObject({ ...endpointSettings, active: z.boolean().meta({ description: 'Switches it on or off' }) })
  .partial()

export const webhookEndpoint = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    url: z.string(),
    events: z.array(z.string()),
    everyUser: z.boolean(),
    description: z.string().nullable(),
    active: z.boolean(),
    disabledReason: z
      .string()
      .nullable()
      .meta({ description: 'Why it was switched off, if it was not its owner who did' }),
    failingSince: timestamp
      .nullable()
      .meta({ description: 'Since when every attempt has failed; null when the last one succeeded' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'WebhookEndpoint' })

export const webhookEndpointWithSecret = webhookEndpoint
  .extend({
    secret: z.string().meta({ description: '`whsec_...`: verifies the signature of deliveries; shown this once' }),
  })
  .meta({ id: 'WebhookEndpointWithSecret' })

export const createWebhookEndpoint = defineRpc({
  name: 'webhooks.endpoints.create',
  description: 'Adds an endpoint; the reply shows its signing secret once.',
  request: z.strictObject({ caller, endpoint: webhookEndpointInput }),
  reply: webhookEndpointWithSecret,
})

export const listWebhookEndpoints = defineRpc({
  name: 'webhooks.endpoints.list',
  description: 'Endpoints, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(webhookEndpoint),
})

export const getWebhookEndpoint = defineRpc({
  name: 'webhooks.endpoints.get',
  description: 'One endpoint.',
  request: z.strictObject({ caller, endpointId: z.uuid() }),
  reply: webhookEndpoint,
})

export const updateWebhookEndpoint = defineRpc({
  name: 'webhooks.endpoints.update',
  description: 'Changes an endpoint, or switches it on or off.',
  request: z.strictObject({ caller, endpointId: z.uuid(), changes: webhookEndpointChanges }),
  reply: webhookEndpoint,
})

export const rotateWebhookSecret = defineRpc({
  name: 'webhooks.endpoints.rotate-secret',
  description: 'Makes a new signing secret; deliveries are signed with both for 24 hours.',
  request: z.strictObject({ caller, endpointId: z.uuid() }),
  reply: webhookEndpointWithSecret,
})

export const removeWebhookEndpoint = defineRpc({
  name: 'webhooks.endpoints.remove',
  description: 'Removes an endpoint and what was not delivered to it yet.',
  request: z.strictObject({ caller, endpointId: z.uuid() }),
  reply: z.strictObject({}),
})

export const testWebhookEndpoint = defineRpc({
  name: 'webhooks.endpoints.test',
  description: 'Queues a signed test delivery.',
  request: z.strictObject({ caller, endpointId: z.uuid() }),
  reply: z.strictObject({ deliveryId: z.uuid() }),
})

export const deliveryState = z.enum(['pending', 'delivered', 'exhausted'])

export const webhookDelivery = z
  .strictObject({
    id: z.uuid(),
    endpointId: z.uuid(),
    event: z.string(),
    state: deliveryState.meta({
      description: 'exhausted: no attempt is left, or the receiver is gone for good; it can be replayed',
    }),
    attempts: z.int().meta({ description: 'Made so far' }),
    nextAttemptAt: timestamp.nullable().meta({ description: 'Null when none will be made' }),
    lastStatus: z
      .int()
      .nullable()
      .meta({ description: 'Of HTTP, of the last attempt; null before the first, and where nothing usable answered' }),
    createdAt: timestamp,
  })
  .meta({ id: 'WebhookDelivery' })

export const webhookAttempt = z
  .strictObject({
    number: z.int().meta({ description: 'From 1 on' }),
    startedAt: timestamp,
    durationMs: z.int().meta({ description: 'In milliseconds' }),
    status: z.int().nullable(),
    error: z.string().nullable().meta({
      description: 'Stable code when there was no usable answer: TIMEOUT, CONNECTION_FAILED, ADDRESS_REFUSED, REDIRECT',
    }),
    responseExcerpt: z
      .string()
      .nullable()
      .meta({ description: 'The beginning of what was answered; null without a usable answer' }),
  })
  .meta({ id: 'WebhookAttempt' })

export const listWebhookDeliveries = defineRpc({
  name: 'webhooks.deliveries.list',
  description: 'Deliveries to an endpoint, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    endpointId: z.uuid(),
    state: deliveryState.optional().meta({ description: 'In this state' }),
  }),
  reply: pageOf(webhookDelivery),
})

export const getWebhookDelivery = defineRpc({
  name: 'webhooks.deliveries.get',
  description: 'One delivery with its body and every attempt.',
  request: z.strictObject({ caller, endpointId: z.uuid(), deliveryId: z.uuid() }),
  reply: webhookDelivery
    .extend({ body: z.string(), history: z.array(webhookAttempt) })
    .meta({ id: 'WebhookDeliveryWithHistory' }),
})

export const replayWebhookDeliveries = defineRpc({
  name: 'webhooks.deliveries.replay',
  description: 'Sends deliveries again, same bytes and id: the ones named, or all that were exhausted since a moment.',
  request: z.strictObject({
    caller,
    endpointId: z.uuid(),
    which: z.union([
      z.strictObject({ deliveryIds: z.array(z.uuid()).min(1).max(500) }),
      z.strictObject({ exhaustedSince: timestamp }),
    ]),
  }),
  reply: z.strictObject({ queued: z.int() }),
})
