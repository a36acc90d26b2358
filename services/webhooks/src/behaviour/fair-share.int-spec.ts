import 'reflect-metadata'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { tradeOpened } from '@tradewire/contracts/events/orders'
import { createWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhooksService } from '../service.ts'

const backends = testBackends()
const follower = { userId: tradeOpened.example.userId, roles: ['follower' as const] }
/** More than one endpoint may have under way. */
const events = 40

let service: TestService
let receiver: Server
/** How many requests have come, by path. */
const counts = new Map<string, number>()
const unanswered: ServerResponse[] = []

beforeAll(async () => {
  receiver = createServer((request, reply) => {
    const path = request.url ?? ''
    counts.set(path, countOf(path) + 1)
    if (path.startsWith('/dead')) unanswered.push(reply)
    else request.resume().on('end', () => reply.writeHead(204).end())
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  service = await startTestService(webhooksService, backends, { settings: { WEBHOOKS_PRIVATE_TARGETS: '127.0.0.0/8' } })
})

afterAll(() => {
  receiver.closeAllConnections()
  receiver.close()
})

beforeEach(async () => {
  await backends.query('delete from webhooks.endpoint')
  for (const reply of unanswered.splice(0)) reply.destroy()
  counts.clear()
})

const countOf = (path: string) => counts.get(path) ?? 0

async function addEndpoints(...paths: string[]): Promise<void> {
  const { port } = receiver.address() as AddressInfo
  for (const path of paths) {
    const endpoint = { url: `http://127.0.0.1:${port}${path}`, events: [], everyUser: false, description: null }
    const added = await service.app.get(RpcClient).ask(createWebhookEndpoint, { caller: follower, endpoint })
    if (!added.ok) throw new Error(added.error.code)
  }
}

/** Announced together, so that what is due to each endpoint is due at the same time. */
async function announce(count = events): Promise<void> {
  await service.app.get(Database).transact(async (tx) => {
    for (let made = 0; made < count; made += 1) tx.append(tradeOpened, exampleOf(tradeOpened, {}))
  })
}

const received = (path: string, count: number) =>
  eventually(() => countOf(path) === count, { withinMs: 8_000, describe: `${count} deliveries to ${path}` })

describe('deliveries to many endpoints', () => {
  it('go on while another endpoint of the same host does not answer', async () => {
    await addEndpoints('/dead', '/alive')
    await announce()
    await received('/alive', events)
  })

  it('go on while several endpoints do not answer that could take every slot', async () => {
    const dead = Array.from({ length: 10 }, (_, index) => `/dead-${index}`)
    await addEndpoints(...dead, '/alive')
    await announce()
    await received('/alive', events)
  })

  it('are under way to one that does not answer as many as may be, and no more', async () => {
    await addEndpoints('/dead', '/alive')
    for (const round of [1, 2, 3]) {
      await announce(20)
      await received('/alive', round * 20)
      await received('/dead', Math.min(round * 20, 32))
    }
  })

  it('are made one by one to an endpoint that fails', async () => {
    await addEndpoints('/dead', '/alive')
    await backends.query(`update webhooks.endpoint set failing_since = now() where url like '%/dead'`)
    for (const round of [1, 2]) {
      await announce()
      await received('/alive', round * events)
      expect(countOf('/dead')).toBe(1)
    }
  })
})
