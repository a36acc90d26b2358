import 'reflect-metadata'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { positionUnprotected, tradeOpened } from '@tradewire/contracts/events/orders'
import * as rpc from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import { ClockApart } from '@tradewire/testkit/clock-apart'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhooksService } from '../service.ts'

const backends = testBackends()
const follower = { userId: tradeOpened.example.userId, roles: ['follower' as const] }
const stranger = { userId: '01963a5e-0000-7000-8000-00000000000b', roles: ['follower' as const] }
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const clock = new ClockApart()
let service: TestService
let client: RpcClient
let receiver: Server
let received: Received[] = []
/** What the receiver answers, by path. */
const answers = new Map<string, { status: number; headers?: Record<string, string> }>()

beforeAll(async () => {
  receiver = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body })
      const { status, headers = {} } = answers.get(request.url ?? '') ?? { status: 204 }
      reply.writeHead(status, headers).end(status === 204 ? undefined : 'an answer')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const settings = { WEBHOOKS_PRIVATE_TARGETS: '127.0.0.0/8' }
  service = await startTestService(webhooksService, backends, { settings, clock })
  client = service.app.get(RpcClient)
})

afterAll(() => void receiver.close())

beforeEach(async () => {
  await backends.query('delete from webhooks.endpoint')
  received = []
  answers.clear()
  clock.apartMs = 0
})

const urlOf = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`

async function addEndpoint(
  path: string,
  caller = follower as { userId: string; roles: ('operator' | 'follower')[] },
  more = {},
) {
  const added = await client.ask(rpc.createWebhookEndpoint, {
    caller,
    endpoint: { url: urlOf(path), events: [], everyUser: false, description: null, ...more },
  })
  if (!added.ok) throw new Error(added.error.code)
  return added.value
}

function announce(changes: Partial<typeof tradeOpened.example> = {}): Promise<void> {
  return service.app.get(Database).transact(async (tx) => tx.append(tradeOpened, exampleOf(tradeOpened, changes)))
}

async function onlyDelivery(endpointId: string) {
  const page = await client.ask(rpc.listWebhookDeliveries, { caller: follower, endpointId, page: { limit: 10 } })
  if (!page.ok || page.value.items[0] === undefined) return undefined
  const deliveryId = page.value.items[0].id
  const one = await client.ask(rpc.getWebhookDelivery, { caller: follower, endpointId, deliveryId })
  return one.ok ? one.value : undefined
}

describe('an outbound webhook', () => {
  it('reaches its owner signed, in the document’s form, and shows its attempt', async () => {
    const endpoint = await addEndpoint('/mine')
    const other = await addEndpoint('/other', stranger)
    await announce({ quantity: '0.1', openPrice: '1.0945' })
    const [request] = await eventually(() => received.length > 0 && received)
    const verified = new Webhook(endpoint.secret).verify(
      (request as Received).body,
      request?.headers as Record<string, string>,
    )
    expect(verified).toMatchObject({ event: 'trade.opened', data: { type: 'buy', volume: 0.1, open_price: 1.0945 } })
    const delivery = await eventually(async () => {
      const found = await onlyDelivery(endpoint.id)
      return found?.state === 'delivered' && found
    })
    expect(delivery).toMatchObject({ attempts: 1, lastStatus: 204, history: [{ number: 1, status: 204, error: null }] })
    expect(received).toHaveLength(1)
    expect(await onlyDelivery(other.id)).toBeUndefined()
  })

  it('is signed with a time that receivers accept although the clock of its process has jumped', async () => {
    const endpoint = await addEndpoint('/strict')
    for (const apartMs of [-600_000, 600_000]) {
      clock.apartMs = apartMs
      received = []
      await announce()
      const [{ body, headers }] = (await eventually(() => received.length > 0 && received)) as [Received]
      expect(new Webhook(endpoint.secret).verify(body, headers as Record<string, string>)).toBeDefined()
    }
  })

  it('tells the owner of a position that it is without a stop', async () => {
    await addEndpoint('/alarm', follower, { events: ['position.unprotected'] })
    await announce()
    const database = service.app.get(Database)
    const userId = follower.userId
    await database.transact(async (tx) => tx.append(positionUnprotected, exampleOf(positionUnprotected, { userId })))
    const [request] = await eventually(() => received.length > 0 && received)
    expect(JSON.parse((request as Received).body)).toMatchObject({
      event: 'position.unprotected',
      data: { unprotected_quantity: 0.673, on_stop_failure: 'alert', follows: 'retry' },
    })
    expect(received).toHaveLength(1)
  })

  it('of every user reaches an operator who asked for it, and nobody else may ask', async () => {
    await addEndpoint('/all', operator, { everyUser: true })
    await announce()
    await eventually(() => received.length === 1)
    const refused = await client.ask(rpc.createWebhookEndpoint, {
      caller: follower,
      endpoint: { url: urlOf('/all'), events: [], everyUser: true, description: null },
    })
    expect(refused).toMatchObject({ ok: false, error: { code: 'EVERY_USER_FORBIDDEN' } })
  })

  it('is tried again after a failure, with the same id and bytes', async () => {
    answers.set('/flaky', { status: 500 })
    const endpoint = await addEndpoint('/flaky')
    await announce()
    await eventually(async () => (await onlyDelivery(endpoint.id))?.attempts === 1)
    expect(await onlyDelivery(endpoint.id)).toMatchObject({ state: 'pending', lastStatus: 500 })
    answers.delete('/flaky')
    await backends.query("update webhooks.delivery set next_attempt_at = now() - interval '1 second'")
    await eventually(async () => (await onlyDelivery(endpoint.id))?.state === 'delivered')
    const [first, second] = received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
    expect((await onlyDelivery(endpoint.id))?.history.map(({ status }) => status)).toEqual([500, 204])
  })

  it('does not follow a redirect', async () => {
    answers.set('/moved', { status: 302, headers: { location: urlOf('/trap') } })
    const endpoint = await addEndpoint('/moved')
    await announce()
    await eventually(async () => (await onlyDelivery(endpoint.id))?.attempts === 1)
    expect((await onlyDelivery(endpoint.id))?.history[0]).toMatchObject({ status: 302, error: 'REDIRECT' })
    expect(received.some(({ path }) => path === '/trap')).toBe(false)
  })

  it('switches its endpoint off when that answers 410, and says so once', async () => {
    answers.set('/gone', { status: 410 })
    const endpoint = await addEndpoint('/gone')
    await announce()
    const state = async () => {
      const shown = await client.ask(rpc.getWebhookEndpoint, { caller: follower, endpointId: endpoint.id })
      return shown.ok ? shown.value : undefined
    }
    await eventually(async () => (await state())?.active === false)
    expect(await state()).toMatchObject({ disabledReason: 'gone' })
    const news = await backends.query("select 1 from webhooks.outbox where subject = 'webhook.disabled'")
    expect(news).toHaveLength(1)
  })

  it('that was exhausted can be replayed', async () => {
    answers.set('/down', { status: 500 })
    const endpoint = await addEndpoint('/down')
    await announce()
    await eventually(async () => (await onlyDelivery(endpoint.id))?.attempts === 1)
    await backends.query("update webhooks.delivery set attempts = 9, next_attempt_at = now() - interval '1 second'")
    await eventually(async () => (await onlyDelivery(endpoint.id))?.state === 'exhausted')
    answers.delete('/down')
    const replayed = await client.ask(rpc.replayWebhookDeliveries, {
      caller: follower,
      endpointId: endpoint.id,
      which: { exhaustedSince: '2020-01-01T00:00:00.000Z' },
    })
    expect(replayed).toEqual({ ok: true, value: { queued: 1 } })
    await eventually(async () => (await onlyDelivery(endpoint.id))?.state === 'delivered')
  })

  it('is signed with both secrets while a rotation overlaps', async () => {
    const endpoint = await addEndpoint('/rotated')
    const rotated = await client.ask(rpc.rotateWebhookSecret, { caller: follower, endpointId: endpoint.id })
    if (!rotated.ok) throw new Error(rotated.error.code)
    await client.ask(rpc.testWebhookEndpoint, { caller: follower, endpointId: endpoint.id })
    const [request] = await eventually(() => received.length > 0 && received)
    for (const secret of [endpoint.secret, rotated.value.secret]) {
      expect(() =>
        new Webhook(secret).verify((request as Received).body, request?.headers as Record<string, string>),
      ).not.toThrow()
    }
  })

  it('to one dead endpoint does not hold up the others', async () => {
    const dead = createServer(() => undefined)
    await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(dead.address() as AddressInfo).port}/`
    await addEndpoint('/', follower, { url })
    await addEndpoint('/alive')
    for (let count = 0; count < 100; count += 1) await announce()
    await eventually(() => received.length === 100, { withinMs: 4_000 })
    dead.closeAllConnections()
    dead.close()
  })

  it('that an endpoint is slow to answer stays with its process: the claim is renewed', async () => {
    const slow = createServer((request) => received.push({ path: 'slow', headers: request.headers, body: '' }))
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    await addEndpoint('/', follower, { url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/` })
    await announce()
    await eventually(() => received.length === 1)
    await backends.query("update webhooks.delivery set claimed_until = now() + interval '6 seconds'")
    await eventually(
      async () => {
        const [row] = await backends.query<{ renewed: boolean }>(
          "select claimed_until > now() + interval '10 seconds' as renewed from webhooks.delivery",
        )
        return row?.renewed
      },
      { withinMs: 8_000 },
    )
    expect(received).toHaveLength(1)
    slow.closeAllConnections()
    slow.close()
  })

  it('that a dead process had claimed is made when its claim has run out', async () => {
    answers.set('/left', { status: 500 })
    const endpoint = await addEndpoint('/left')
    await announce()
    await eventually(async () => (await onlyDelivery(endpoint.id))?.attempts === 1)
    answers.delete('/left')
    await backends.query(
      "update webhooks.delivery set next_attempt_at = now(), generation = generation + 1, claimed_until = now() + interval '1 second'",
    )
    await eventually(async () => (await onlyDelivery(endpoint.id))?.state === 'delivered')
    expect((await onlyDelivery(endpoint.id))?.history.map(({ status }) => status)).toEqual([500, 204])
  })

  it('is never sent to an address that is not allowed, even if it was saved', async () => {
    const endpoint = await addEndpoint('/inside')
    await backends.query("update webhooks.endpoint set url = replace(url, '127.0.0.1', '[::1]')")
    await announce()
    await eventually(async () => (await onlyDelivery(endpoint.id))?.attempts === 1)
    expect((await onlyDelivery(endpoint.id))?.history[0]).toMatchObject({ status: null, error: 'ADDRESS_REFUSED' })
  })

  it('of another user is not found', async () => {
    const endpoint = await addEndpoint('/mine')
    for (const contract of [rpc.getWebhookEndpoint, rpc.removeWebhookEndpoint, rpc.testWebhookEndpoint] as const) {
      expect(await client.ask(contract, { caller: stranger, endpointId: endpoint.id })).toMatchObject({
        ok: false,
        error: { code: 'ENDPOINT_NOT_FOUND' },
      })
    }
  })
})
