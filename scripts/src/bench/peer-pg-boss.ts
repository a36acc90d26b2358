/** pg-boss with its best settings for this work: LISTEN/NOTIFY, burst fetching, large batches. Process of the bench. */
import { PgBoss } from 'pg-boss'
import { nowMs } from './kit/clock.ts'
import { type PeerJob, type PeerSettings, PeerWork } from './kit/peer-work.ts'
import { serve } from './kit/serve.ts'

const ordersQueue = 'orders'
const eventsQueue = 'events'
const batchSize = 1_000
const connections = 16
let boss: PgBoss | undefined

async function open({ databaseUrl }: PeerSettings, work: boolean): Promise<PgBoss> {
  const made = new PgBoss({ connectionString: databaseUrl, max: connections, useListenNotify: work, supervise: false })
  made.on('error', (error) => {
    throw error
  })
  await made.start()
  for (const name of [ordersQueue, eventsQueue]) await made.createQueue(name, { notify: name === ordersQueue })
  return made
}

async function startWorker(settings: PeerSettings): Promise<void> {
  const made = await open(settings, true)
  const work = new PeerWork(settings)
  await made.work<PeerJob>(
    ordersQueue,
    { batchSize, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
    async (jobs) => {
      await Promise.all(
        jobs.map(({ data }) =>
          work.run(data, () => made.send(eventsQueue, { id: data.id, clientOrderId: data.clientOrderId })),
        ),
      )
    },
  )
  boss = made
}

async function startProducer(settings: PeerSettings): Promise<void> {
  boss = await open(settings, false)
}

/** Answers when adding began. */
async function add(jobs: readonly PeerJob[]): Promise<number> {
  const beganMs = nowMs()
  for (let from = 0; from < jobs.length; from += batchSize) {
    await boss?.insert(
      ordersQueue,
      jobs.slice(from, from + batchSize).map((data) => ({ data })),
    )
  }
  return beganMs
}

serve({ startWorker, startProducer, add })
