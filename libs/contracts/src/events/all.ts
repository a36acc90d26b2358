/** Every event contract of the system. Called by the bus (streams) and the documentation. Must never be imported to name one event. */
import type { EventContract } from '../define-event.ts'
import { billingEvents } from './billing.ts'
import { creditNoteIssued } from './credit-notes.ts'
import { brokerEvents } from './brokers.ts'
import { identityEvents } from './identity.ts'
import { noticeEvents } from './notices.ts'
import { orderEvents } from './orders.ts'
import { signalEvents } from './signals.ts'
import { webhookEvents } from './webhooks.ts'

export const allEvents: readonly EventContract[] = [
  ...identityEvents,
  ...signalEvents,
  ...orderEvents,
  ...brokerEvents,
  ...webhookEvents,
  ...billingEvents,
  creditNoteIssued,
  ...noticeEvents,
]
