/** Events that `webhooks` owns. Called by webhooks and the gateway's live stream. Must never carry a signing secret. */
import { z } from 'zod'
import { timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'

export const webhookDisabled = defineEvent({
  name: 'webhook.disabled',
  version: 1,
  owner: 'webhooks',
  description: 'An outbound endpoint was switched off after days of failures only, or because it answered 410.',
  data: z.strictObject({
    endpointId: z.uuid(),
    userId: z.uuid(),
    url: z.string(),
    reason: z.enum(['gone', 'failing']),
    disabledAt: timestamp,
  }),
  example: {
    endpointId: '01963a5e-0000-7000-8000-00000000000c',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    url: 'https://example.com/hooks',
    reason: 'gone',
    disabledAt: '2022-10-01T15:32:39.511Z',
  },
})

export const webhookEvents = [webhookDisabled] as const
