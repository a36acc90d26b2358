/**
 * The straw man's gateway: Fastify -> micro-batched commit -> 202 -> JetStream. No framework, no checks.
 * Process of the bench, after section 2.6 of the performance goals. Must never be slowed by anything of ours.
 */
import { jetstream } from '@nats-io/jetstream'
import Fastify from 'fastify'
import { connect } from 'nats'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { serve } from './kit/serve.ts'
import { strawSubjects } from './kit/straw-names.ts'

interface Settings {
  readonly databaseUrl: string
  readonly natsUrl: string
  /** One commit for all that wait, or one transaction for each request over a pool. */
  readonly commits: 'micro-batched' | 'per-request'
}

interface Waiting {
  readonly id: string
  readonly body: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const batchRows = 256
const perRequestConnections = 16
const insertSql = 'insert into signal (id, body) select * from unnest($1::uuid[], $2::jsonb[])'
const insertOneSql = 'insert into signal (id, body) values ($1, $2)'

const waiting: Waiting[] = []
let draining = false

async function drain(client: pg.Client): Promise<void> {
  draining = true
  while (waiting.length > 0) {
    const batch = waiting.splice(0, batchRows)
    try {
      await client.query({
        name: 'accept',
        text: insertSql,
        values: [batch.map(({ id }) => id), batch.map(({ body }) => body)],
      })
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  draining = false
}

async function start({ databaseUrl, natsUrl, commits }: Settings): Promise<number> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true })
  const js = jetstream(nats)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: perRequestConnections })
  const store = (id: string, body: string): Promise<unknown> => {
    if (commits === 'per-request') return pool.query({ name: 'accept-one', text: insertOneSql, values: [id, body] })
    return new Promise<void>((resolve, reject) => {
      waiting.push({ id, body, resolve, reject })
      if (!draining) void drain(client)
    })
  }
  const app = Fastify()
  app.post('/signal', async (request, reply) => {
    const id = randomUUID()
    const body = JSON.stringify({ id, ...(request.body as object) })
    await store(id, body)
    js.publish(strawSubjects.signal, body).catch(() => undefined)
    return reply.code(202).send()
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

serve({ start })
