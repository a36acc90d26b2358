/** The caller's webhook endpoints in the words of the marketplace surface. Called by the surface's list of routes. Must never hold behaviour. */
import { z } from 'zod'
import { timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import * as rpc from '../../rpc/webhooks.ts'
import { id, listOf, marketplacePrefix, marketplaceRoute, required, shownWhole, wholeList } from './words.ts'

const webhooks = `${marketplacePrefix}/webhooks/`
const urlCharsMax = 2_048

const endpoint = z
  .strictObject({
    id: z.uuid(),
    url: z.string(),
    events: z.array(z.string()).meta({ description: 'Empty for all' }),
    is_active: z.boolean(),
    created_at: timestamp,
  })
  .meta({ id: 'MarketplaceWebhook' })

function shownEndpoint({ id: endpointId, url, events, active, createdAt }: z.output<typeof rpc.webhookEndpoint>) {
  return { id: endpointId, url, events, is_active: active, created_at: createdAt }
}

const ofEndpoint = { params: z.strictObject({ id }), path: `${webhooks}{id}/` } as const

export const webhookRoutes = [
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceWebhooks',
    method: 'GET',
    path: webhooks,
    summary: 'List your webhook endpoints',
    rpc: rpc.listWebhookEndpoints,
    toRequest: ({ caller }) => ({ caller, page: wholeList }),
    reply: listOf(endpoint).meta({ id: 'MarketplaceWebhooks' }),
    toReply: ({ items }) => shownWhole(items.map(shownEndpoint)),
  }),
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceAddWebhook',
    method: 'POST',
    path: webhooks,
    summary: 'Add a webhook endpoint; the reply shows its signing secret once',
    body: z
      .strictObject({
        url: z.url({ ...required, protocol: /^https?$/ }).max(urlCharsMax),
        events: z.array(rpc.webhookEventName).max(rpc.webhookEventNames.length).default([]),
      })
      .meta({ id: 'MarketplaceNewWebhook' }),
    rpc: rpc.createWebhookEndpoint,
    toRequest: ({ caller, body }) => ({ caller, endpoint: body }),
    reply: endpoint.extend({ secret: z.string() }).meta({ id: 'MarketplaceWebhookWithSecret' }),
    toReply: (made) => ({ ...shownEndpoint(made), secret: made.secret }),
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofEndpoint,
    operation: 'marketplaceWebhook',
    method: 'GET',
    summary: 'Get a webhook endpoint',
    rpc: rpc.getWebhookEndpoint,
    toRequest: ({ caller, params }) => ({ caller, endpointId: params.id }),
    reply: endpoint,
    toReply: (answer) => shownEndpoint(answer),
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofEndpoint,
    operation: 'marketplaceRemoveWebhook',
    method: 'DELETE',
    summary: 'Remove a webhook endpoint',
    rpc: rpc.removeWebhookEndpoint,
    toRequest: ({ caller, params }) => ({ caller, endpointId: params.id }),
  }),
]
