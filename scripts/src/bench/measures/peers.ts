/** BullMQ and pg-boss at the same stub, doing the same work, and only the POST. Called by the bench. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Bench } from '../kit/bench.ts'
import { BenchChild } from '../kit/child.ts'
import { type PeerJob, type PeerSettings, peerTable } from '../kit/peer-work.ts'
import { startRedisServer } from '../kit/redis-server.ts'
import { median } from '../kit/statistics.ts'

export interface PeerFigures {
  /** One signal: milliseconds to the last order. */
  readonly sameWorkMs: number
  readonly postOnlyMs: number
  /** Twenty signals at once; undefined where it was not asked for. */
  readonly sameWorkPerSecond: number | undefined
}

export interface PeersResult {
  readonly figures: ReadonlyMap<string, PeerFigures>
  readonly skipped: readonly string[]
}

const runLimitMs = 60_000
const restMs = 200
const sustainedRounds = 2

interface Peer {
  readonly name: string
  readonly worker: BenchChild
  readonly producer: BenchChild
}

export async function measurePeers(bench: Bench, connections: number, sustainedOrders: number): Promise<PeersResult> {
  const figures = new Map<string, PeerFigures>()
  const skipped: string[] = []
  let redisUrl = ''
  const redis = await startRedisServer(join(bench.directory, 'redis'), (line) => bench.progress(line)).catch(
    (error: unknown) => void skipped.push(`BullMQ: ${error instanceof Error ? error.message.split('\n')[0] : error}`),
  )
  if (redis) redisUrl = redis.url
  try {
    for (const entry of redis ? ['peer-bullmq', 'peer-pg-boss'] : ['peer-pg-boss']) {
      const name = entry === 'peer-bullmq' ? 'BullMQ' : 'pg-boss'
      const peer = await startPeer(bench, { name, entry, redisUrl, connections })
      try {
        figures.set(name, await measurePeer(bench, peer, name === 'BullMQ' ? sustainedOrders : 0))
      } finally {
        await Promise.all([peer.worker.stop(), peer.producer.stop()])
      }
    }
  } finally {
    await redis?.stop()
  }
  return { figures, skipped }
}

async function startPeer(
  { servers, stub, directory, progress }: Bench,
  { name, entry, redisUrl, connections }: { name: string; entry: string; redisUrl: string; connections: number },
): Promise<Peer> {
  progress(`${name}: starting`)
  const databaseUrl = await servers.database(entry.replaceAll('-', '_'))
  const admin = new Client({ connectionString: databaseUrl })
  await admin.connect()
  await admin.query(peerTable)
  await admin.end()
  const settings: PeerSettings = { databaseUrl, redisUrl, exchangeUrl: stub.url, connections }
  const logFile = join(directory, `${entry}.log`)
  const worker = await BenchChild.start({ entry, logFile })
  await worker.call('startWorker', settings)
  const producer = await BenchChild.start({ entry, logFile })
  await producer.call('startProducer', settings)
  return { name, worker, producer }
}

async function measurePeer(bench: Bench, peer: Peer, sustainedOrders: number): Promise<PeerFigures> {
  const { followers, pairs } = bench.options
  const times = { 'post-only': [] as number[], same: [] as number[] }
  for (let round = 0; round <= pairs; round += 1) {
    for (const work of ['post-only', 'same'] as const) {
      bench.progress(`${peer.name}, ${work === 'same' ? 'same work' : 'POST only'}: ${Math.max(round, 1)} of ${pairs}`)
      const tookMs = await runOnce(bench, peer, work, followers)
      if (round > 0) times[work].push(tookMs)
    }
  }
  const rates: number[] = []
  for (let round = 0; sustainedOrders > 0 && round < sustainedRounds; round += 1) {
    bench.progress(`${peer.name}, same work, ${sustainedOrders} orders: ${round + 1} of ${sustainedRounds}`)
    rates.push((sustainedOrders / (await runOnce(bench, peer, 'same', sustainedOrders))) * 1_000)
  }
  return {
    sameWorkMs: median(times.same),
    postOnlyMs: median(times['post-only']),
    sameWorkPerSecond: rates.length === 0 ? undefined : median(rates),
  }
}

/** From the start of adding to the last order at the stub. */
async function runOnce({ stub }: Bench, peer: Peer, work: PeerJob['work'], orders: number): Promise<number> {
  await stub.reset()
  const jobs = Array.from({ length: orders }, (): PeerJob => {
    const id = randomUUID()
    return { id, account: id, clientOrderId: id, work }
  })
  const beganMs = await peer.producer.call<number>('add', jobs)
  const { lastMs } = await stub.until(orders, runLimitMs)
  // What follows the last order (rows, event jobs) must not run into the next measurement.
  await delay(restMs + orders / 20)
  await stub.forgetAll()
  return lastMs - beganMs
}
