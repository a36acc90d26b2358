/** BullMQ with its best settings for this work: concurrency = connections, bulk adds. Process of the bench. */
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { nowMs } from './kit/clock.ts'
import { type PeerJob, type PeerSettings, PeerWork } from './kit/peer-work.ts'
import { serve } from './kit/serve.ts'

const ordersQueue = 'orders'
const eventsQueue = 'events'
const bulkJobs = 1_000
let queue: Queue | undefined

/** The worker's process works, the producer's adds. */
async function startWorker(settings: PeerSettings): Promise<void> {
  const work = new PeerWork(settings)
  const connection = new Redis(settings.redisUrl, { maxRetriesPerRequest: null })
  const events = new Queue(eventsQueue, { connection, defaultJobOptions: { removeOnComplete: true } })
  const worker = new Worker<PeerJob>(
    ordersQueue,
    async ({ data }) => {
      await work.run(data, () => events.add('accepted', { id: data.id, clientOrderId: data.clientOrderId }))
    },
    {
      connection: new Redis(settings.redisUrl, { maxRetriesPerRequest: null }),
      concurrency: settings.connections,
      removeOnComplete: { count: 0 },
    },
  )
  // A job that fails would only make the peer look fast.
  worker.on('failed', (_job, error) => {
    throw error
  })
  await worker.waitUntilReady()
}

async function startProducer({ redisUrl }: PeerSettings): Promise<void> {
  queue = new Queue(ordersQueue, { connection: new Redis(redisUrl, { maxRetriesPerRequest: null }) })
  await queue.waitUntilReady()
}

/** Answers when adding began. */
async function add(jobs: readonly PeerJob[]): Promise<number> {
  const beganMs = nowMs()
  for (let from = 0; from < jobs.length; from += bulkJobs) {
    await queue?.addBulk(jobs.slice(from, from + bulkJobs).map((data) => ({ name: 'order', data })))
  }
  return beganMs
}

serve({ startWorker, startProducer, add })
