/** Queues one delivery per event and endpoint that wants it. Called for events. Must never build a body twice for one event. */
import { Injectable } from '@nestjs/common'
import { traceOf } from '@tradewire/bus/consume/delivery'
import type { Event } from '@tradewire/contracts/define-event'
import type { Transaction } from '@tradewire/database/transaction'
import { audienceOf, everybody, isNotice } from '../../domain/notification-settings.ts'
import { payloadOf } from '../../domain/payload.ts'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { StoredNotificationSettings } from '../../ports/notification-settings.port.ts'

@Injectable()
export class QueueDeliveries {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly settings: StoredNotificationSettings,
  ) {}

  async execute(events: readonly Event<{ readonly userId: string }>[], tx: Transaction): Promise<void> {
    const settings = events.some(isNotice) ? await this.settings.get(tx) : undefined
    await this.deliveries.queue(
      tx,
      events.map((event) => ({
        eventId: event.id,
        event: event.name,
        userId: event.data.userId,
        body: payloadOf({ ...event, data: { ...event.data } }),
        audience: settings === undefined ? everybody : audienceOf(event, settings),
        trace: traceOf(event),
      })),
    )
  }
}
