/**
 * Waits until every durable consumer has been handed, and has confirmed, all there is.
 * Called by the demo between its steps. Must never be used inside the product: only an onlooker may wait like this.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { serverAddress } from '@tradewire/bus/server-address'
import { connect } from 'nats'
import { LauncherError } from '../terminal/launcher-error.ts'

const pollMs = 50
/** So many looks in a row must find nothing: what one consumer did may be the next one's work. */
const quietLooks = 3

export async function untilBusIsQuiet(url: string, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs
  let quiet = 0
  while (quiet < quietLooks) {
    const waiting = await messagesWaiting(url).catch(() => Number.POSITIVE_INFINITY)
    quiet = waiting === 0 ? quiet + 1 : 0
    if (quiet < quietLooks && performance.now() > deadlineMs) {
      throw new LauncherError(`${waiting} messages were still waiting on the bus after ${withinMs / 1_000} s`)
    }
    await delay(pollMs)
  }
}

async function messagesWaiting(url: string): Promise<number> {
  const connection = await connect({ ...serverAddress(url), reconnect: false })
  try {
    const manager = await jetstreamManager(connection)
    let waiting = 0
    for await (const stream of manager.streams.list()) {
      for await (const consumer of manager.consumers.list(stream.config.name)) {
        // Consumers without a durable name belong to live streams, whose readers come and go.
        if (consumer.config.durable_name !== undefined) waiting += consumer.num_pending + consumer.num_ack_pending
      }
    }
    return waiting
  } finally {
    await connection.close()
  }
}
