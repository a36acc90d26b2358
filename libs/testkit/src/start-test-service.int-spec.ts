import 'reflect-metadata'
import { Controller, Module, Post } from '@nestjs/common'
import { Answer, Consume } from '@tradewire/bus/decorators'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { defineConfig } from '@tradewire/config/define-config'
import type { EventOf } from '@tradewire/contracts/define-event'
import { defineRpc } from '@tradewire/contracts/define-rpc'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import { Database } from '@tradewire/database/database'
import type { Migration } from '@tradewire/database/migrations'
import { Transaction } from '@tradewire/database/transaction'
import { defineErrors } from '@tradewire/kernel/errors'
import { ok, type Ok } from '@tradewire/kernel/result'
import { defineService } from '@tradewire/nest-kit/define-service'
import { startService } from '@tradewire/nest-kit/start-service'
import { withSpan } from '@tradewire/observability/trace'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventually, eventuallyPasses } from './eventually.ts'
import { exampleOf } from './example-of.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { memoryLogger } from './memory-logger.ts'
import { recordSpans } from './record-spans.ts'
import { startTestService, type TestService } from './start-test-service.ts'
import { testBackends } from './test-backends.ts'

const countSeen = defineRpc({
  name: 'watcher.count.read',
  description: 'How many changes were seen',
  request: z.strictObject({}),
  reply: z.strictObject({ count: z.int() }),
})

@Controller()
class ShopController {
  private readonly database: Database
  private readonly rpc: RpcClient

  constructor(database: Database, rpc: RpcClient) {
    this.database = database
    this.rpc = rpc
  }

  @Post('/change')
  async change(): Promise<object> {
    await this.database.transact(async (tx) => tx.append(strategyChanged, exampleOf(strategyChanged)))
    return {}
  }

  @Post('/count')
  count(): Promise<object> {
    return this.rpc.ask(countSeen, {})
  }
}

@Controller()
class WatcherConsumer {
  private readonly database: Database

  constructor(database: Database) {
    this.database = database
  }

  @Consume(strategyChanged, { name: 'changes' })
  async changes(events: readonly EventOf<typeof strategyChanged>[], tx: Transaction): Promise<void> {
    await withSpan('watch', {}, () =>
      tx.query('insert into seen (id) select unnest($1::uuid[])', [events.map(({ id }) => id)]),
    )
  }

  @Answer(countSeen)
  async count(): Promise<Ok<{ count: number }>> {
    const [row] = await this.database.query<{ count: string }>('select count(*) as count from seen')
    return ok({ count: Number(row?.count) })
  }
}

@Module({ controllers: [ShopController] })
class ShopModule {}

@Module({ controllers: [WatcherConsumer] })
class WatcherModule {}

const seenTable: Migration = { name: '001-seen', sql: ['create table seen (id uuid primary key)'] }
const shop = defineService({
  name: 'shop',
  config: defineConfig('shop', z.object({})),
  module: ShopModule,
  errors: defineErrors('shop', {}),
  database: { schema: 'shop', migrations: [] },
  bus: true,
})
const watcher = defineService({
  name: 'watcher',
  config: defineConfig('watcher', z.object({})),
  module: WatcherModule,
  errors: defineErrors('watcher', {}),
  database: { schema: 'watcher', migrations: [seenTable] },
  bus: true,
})

const backends = testBackends()

async function post(service: TestService, path: string): Promise<{ status: number; body: unknown }> {
  const reply = await request(service.url + path, { method: 'POST' })
  return { status: reply.statusCode, body: await reply.body.json() }
}

async function readiness(service: TestService): Promise<{ status: number; body: unknown }> {
  const reply = await request(`${service.url}/health/ready`)
  return { status: reply.statusCode, body: await reply.body.json() }
}

describe('two services on one database server and one bus', () => {
  let shopping: TestService
  let watching: TestService

  beforeAll(async () => {
    shopping = await startTestService(shop, backends)
    watching = await startTestService(watcher, backends)
  })

  it('carry an event from one commit to the effect in the other, and answer questions', async () => {
    expect((await post(shopping, '/change')).status).toBe(201)
    await eventually(async () => {
      const { body } = await post(shopping, '/count')
      return (body as { value?: { count: number } }).value?.count === 1
    })
  })

  it('make one trace of the request, the outbox, the message and the effect', async () => {
    const spans = await recordSpans()
    try {
      await withSpan('sender', {}, () => post(shopping, '/change'))
      const effect = await eventually(() => spans.finished().find(({ name }) => name === 'watch'))
      const sender = spans.finished().find(({ name }) => name === 'sender')
      expect(effect.spanContext().traceId).toBe(sender?.spanContext().traceId)
    } finally {
      await spans.stop()
    }
  })

  it('see only their own schema', async () => {
    const database = watching.app.get(Database)
    await expect(database.query('select * from shop.outbox')).rejects.toThrow(/permission denied/)
  })

  it('tell of the bus in their metrics', async () => {
    const text = await (await request(`${watching.url}/metrics`)).body.text()
    expect(text).toMatch(/bus_consumed_events_total\{consumer="watcher-changes",service="watcher"\} [1-9]/)
  })

  it('are ready, and not ready only after the bus was away for more than five seconds', async () => {
    const proxy = await startFaultProxy({ targetPort: backends.nats.port })
    const third = await startTestService(shop, backends, { settings: { NATS_URL: `nats://127.0.0.1:${proxy.port}` } })
    expect((await readiness(third)).status).toBe(200)
    proxy.cut()
    const cutMs = performance.now()
    const bad = await eventually(async () => ((await readiness(third)).status === 503 ? readiness(third) : undefined), {
      withinMs: 8_000,
    })
    expect(performance.now() - cutMs).toBeGreaterThan(4_500)
    expect(bad.body).toMatchObject({ reasons: { bus: expect.stringContaining('NATS') } })
    expect((await post(third, '/change')).status).toBe(201)
    proxy.heal()
    await eventuallyPasses(async () => expect((await readiness(third)).status).toBe(200), { withinMs: 6_000 })
    await third.stop()
    await proxy.stop()
  })

  it('stop twice without harm, well within the limit', async () => {
    const began = performance.now()
    await Promise.all([watching.stop(), shopping.stop()])
    await watching.stop()
    expect(performance.now() - began).toBeLessThan(3_000)
    await expect(request(`${watching.url}/health/live`)).rejects.toThrow()
  })
})

describe('a service whose PostgreSQL is away', () => {
  it('waits for it and starts once it is there', async () => {
    const first = await startTestService(shop, backends)
    await first.stop()
    const target = Number(new URL(backends.adminUrl).port)
    const proxy = await startFaultProxy({ targetPort: target })
    proxy.cut()
    const url = new URL(first.databaseUrl ?? '')
    url.port = String(proxy.port)
    const memory = memoryLogger('shop')
    const environment = { ...first.environment, SHOP_DATABASE_URL: url.toString() }
    const starting = startService(shop, environment, { logger: memory.logger })
    await eventually(() => memory.text().includes('PostgreSQL is not there yet'))
    proxy.heal()
    const service = await starting
    expect((await request(`${service.url}/health/ready`)).statusCode).toBe(200)
    proxy.blackHole()
    const reply = await request(`${service.url}/health/ready`)
    expect([reply.statusCode, await reply.body.json()]).toMatchObject([
      503,
      { reasons: { database: expect.anything() } },
    ])
    proxy.cut()
    await service.stop()
    await proxy.stop()
    expect(memory.text()).not.toContain('test-only')
  })

  it('gives up after its limit with one clear message', async () => {
    const environment = { SHOP_DATABASE_URL: 'postgres://shop@127.0.0.1:9/x', NATS_URL: 'nats://127.0.0.1:9' }
    const { logger } = memoryLogger()
    const starting = startService(shop, environment, { logger, databaseConnectWithinMs: 300 })
    await expect(starting).rejects.toThrow(/^PostgreSQL could not be reached within 0.3 s: .*ECONNREFUSED/)
  })
})
