/**
 * P8: the outbox relay of ours, and plain acknowledged publishing, in one process of the bench, in turns.
 * Must never use anything of the relay but what services use.
 */
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream'
import { Bus } from '@tradewire/bus/connection'
import { OutboxRelay } from '@tradewire/bus/publish/relay'
import { accountConnected, orderAccepted } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { createLogger } from '@tradewire/observability/logger'
import { connect, type NatsConnection } from 'nats'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from './kit/clock.ts'
import { serve } from './kit/serve.ts'

interface Settings {
  readonly databaseUrl: string
  readonly natsUrl: string
}

const rawStream = 'RAW_PUBLISH'
const rawSubject = 'raw.publish'
const rawInFlightMax = 256
const transactionEvents = 500
const pollMs = 2
const clock = new SystemClock()
const ids = new UuidV7Source()
const logger = createLogger({ service: 'bench', level: 'warn' })

let database: Database
let bus: Bus
let raw: NatsConnection

async function start({ databaseUrl, natsUrl }: Settings): Promise<void> {
  database = await Database.connect({
    url: databaseUrl,
    schema: 'relay',
    poolMax: 10,
    applicationName: 'bench',
    clock,
    ids,
  })
  bus = await Bus.connect({ url: natsUrl, name: 'bench', logger })
  raw = await connect({ servers: natsUrl, noAsyncTraces: true })
  const manager = await jetstreamManager(raw)
  await manager.streams.add({ name: rawStream, subjects: [rawSubject], storage: StorageType.File })
}

/** So many publishes, 256 unacknowledged at a time; answers messages a second. */
async function publishRaw(count: number): Promise<number> {
  const js = jetstream(raw)
  const body = JSON.stringify({ events: [{ ...envelope(), data: orderAccepted.example }] })
  const beganMs = nowMs()
  let sent = 0
  const lane = async (): Promise<void> => {
    while (sent < count) {
      sent += 1
      await js.publish(rawSubject, body)
    }
  }
  await Promise.all(Array.from({ length: rawInFlightMax }, lane))
  return (count / (nowMs() - beganMs)) * 1_000
}

function envelope() {
  return { id: ids.next(), name: orderAccepted.name, version: 1, occurredAt: clock.now().toISOString() }
}

/**
 * So many events lie committed in the outbox before the relay starts; the time runs until all are acknowledged.
 * `single`: one event a message; `batched`: the contract's own packing, up to 100.
 */
async function relay({
  count,
  form,
}: {
  readonly count: number
  readonly form: 'single' | 'batched'
}): Promise<number> {
  await database.query('truncate outbox')
  for (let done = 0; done < count; done += transactionEvents) {
    await database.transact(async (tx) => {
      const events = Math.min(transactionEvents, count - done)
      if (form === 'batched')
        tx.append(
          orderAccepted,
          Array.from({ length: events }, () => orderAccepted.example),
        )
      else
        tx.append(
          accountConnected,
          Array.from({ length: events }, () => accountConnected.example),
        )
    })
  }
  const one = new OutboxRelay({ database, bus, logger, clock })
  const beganMs = nowMs()
  one.start()
  let lastMs = beganMs
  for (;;) {
    const [row] = await database.query<{ open: boolean }>(
      'select exists (select 1 from outbox where published_at is null) as open',
    )
    lastMs = nowMs()
    if (row?.open === false) break
    await delay(pollMs)
  }
  await one.stop()
  return (count / (lastMs - beganMs)) * 1_000
}

serve({
  start,
  raw: publishRaw,
  relay,
  stop: async () => {
    await bus.close()
    await database.close()
    await raw.close()
  },
})
