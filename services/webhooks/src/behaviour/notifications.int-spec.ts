import 'reflect-metadata'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { noticeRaised, reportMade } from '@tradewire/contracts/events/notices'
import { tradeOpened } from '@tradewire/contracts/events/orders'
import * as rpc from '@tradewire/contracts/rpc/notifications'
import { listWebhookEndpoints } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhooksService } from '../service.ts'

const backends = testBackends()
const follower = { userId: noticeRaised.example.userId, roles: ['follower' as const] }
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const token = '123456:a-token-of-a-bot'

interface Message {
  readonly path: string
  readonly chat_id: string
  readonly text: string
}

let service: TestService
let client: RpcClient
let telegram: Server
let messages: Message[] = []
/** What Telegram answers next, by chat; done well when there is nothing. */
const answers = new Map<string, { status: number; body: object }[]>()

beforeAll(async () => {
  telegram = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const message = { path: request.url ?? '', ...(JSON.parse(body) as Omit<Message, 'path'>) }
      messages.push(message)
      const { status, body: answer } = answers.get(message.chat_id)?.shift() ?? { status: 200, body: { ok: true } }
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => telegram.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(telegram.address() as AddressInfo).port}`
  const settings = { WEBHOOKS_TELEGRAM_API_URL: url, WEBHOOKS_TELEGRAM_BOT_TOKEN: token }
  service = await startTestService(webhooksService, backends, { settings })
  client = service.app.get(RpcClient)
})

afterAll(() => void telegram.close())

beforeEach(async () => {
  await backends.query('delete from webhooks.endpoint')
  await backends.query('delete from webhooks.notification_settings')
  await backends.query('insert into webhooks.notification_settings default values')
  messages = []
  answers.clear()
})

async function link(chatId: string, caller: { userId: string; roles: ('operator' | 'follower')[] } = follower) {
  const linked = await client.ask(rpc.linkTelegram, { caller, chatId })
  expect(linked).toMatchObject({ ok: true, value: { chatId, active: true } })
  await eventually(() => messages.some((message) => message.chat_id === chatId))
  messages = []
}

function raise(changes: Partial<typeof noticeRaised.example> = {}): Promise<void> {
  return service.app.get(Database).transact(async (tx) => tx.append(noticeRaised, exampleOf(noticeRaised, changes)))
}

function report(period: 'weekly' | 'monthly'): Promise<void> {
  return service.app.get(Database).transact(async (tx) => tx.append(reportMade, exampleOf(reportMade, { period })))
}

/** But for what a chat is told when it is linked. */
async function deliveries(): Promise<
  { state: string; attempts: number; last_status: number | null; wait_s: number }[]
> {
  return backends.query(`select state, attempts, last_status,
    extract(epoch from next_attempt_at - now())::int as wait_s from webhooks.delivery
    where event <> 'telegram.linked' order by id`)
}

const chats = () => messages.map(({ chat_id: chat }) => chat).toSorted()

describe('a linked Telegram chat', () => {
  it('is told so at once, gets notices in words, and no other news', async () => {
    const linked = await client.ask(rpc.linkTelegram, { caller: follower, chatId: '1001' })
    expect(linked.ok).toBe(true)
    await eventually(() => messages.length === 1)
    expect(messages[0]).toMatchObject({ path: `/bot${token}/sendMessage`, chat_id: '1001' })
    await service.app.get(Database).transact(async (tx) => tx.append(tradeOpened, tradeOpened.example))
    await raise()
    await eventually(() => messages.length === 2)
    const { title, text } = noticeRaised.example
    expect(messages[1]?.text).toBe(`${title}\n\n${text}`)
    const { value } = (await client.ask(listWebhookEndpoints, { caller: follower, page: {} })) as { value: object }
    expect(value).toEqual({ items: [], nextToken: null })
  })

  it('is replaced by the next one, and forgotten by its user or an operator', async () => {
    await link('1001')
    await link('1002')
    await raise()
    await eventually(() => messages.length === 1)
    expect(chats()).toEqual(['1002'])
    const stranger = { userId: '01963a5e-0000-7000-8000-00000000000b', roles: ['follower' as const] }
    await client.ask(rpc.unlinkTelegram, { caller: stranger, userId: follower.userId })
    expect(await client.ask(rpc.getTelegramLink, { caller: follower })).toMatchObject({ value: { chatId: '1002' } })
    await client.ask(rpc.unlinkTelegram, { caller: operator, userId: follower.userId })
    expect(await client.ask(rpc.getTelegramLink, { caller: follower })).toMatchObject({ value: { chatId: null } })
  })

  it('gets a notice again later when Telegram asks to wait, and once when it has answered', async () => {
    await link('1001')
    answers.set('1001', [{ status: 429, body: { ok: false, parameters: { retry_after: 400 } } }])
    await raise()
    await eventually(async () => (await deliveries()).at(-1)?.attempts === 1)
    const waiting = (await deliveries()).at(-1)
    expect(waiting).toMatchObject({ state: 'pending', last_status: 429 })
    expect(waiting!.wait_s).toBeGreaterThan(380)
    await backends.query(`update webhooks.delivery set next_attempt_at = now() where state = 'pending'`)
    await eventually(async () => (await deliveries()).at(-1)?.state === 'delivered')
    expect(messages).toHaveLength(2)
  })

  it('that has blocked the bot gets nothing more, and its user can see that', async () => {
    await link('1001')
    answers.set('1001', [{ status: 403, body: { ok: false, description: 'Forbidden: bot was blocked by the user' } }])
    await raise()
    await eventually(async () => {
      const known = await client.ask(rpc.getTelegramLink, { caller: follower })
      return known.ok && !known.value.active
    })
    await raise()
    expect((await deliveries()).map(({ state }) => state)).toEqual(['exhausted'])
  })

  it('never shows the token of the bot in what is kept of an attempt', async () => {
    await link('1001')
    answers.set('1001', [{ status: 500, body: { ok: false } }])
    await raise()
    await eventually(async () => (await deliveries()).at(-1)?.attempts === 1)
    const kept = await backends.query('select * from webhooks.attempt')
    expect(JSON.stringify(kept)).not.toContain(token)
  })
})

describe('the notification settings', () => {
  const change = (changes: object) => client.ask(rpc.changeNotificationSettings, { caller: operator, changes })

  it('decide whether a user and the operators hear of a balance near its limit', async () => {
    await link('1001')
    await link('2001', operator)
    await raise()
    await eventually(() => messages.length === 2)
    expect(chats()).toEqual(['1001', '2001'])
    messages = []
    expect(await change({ nearMaxBalanceToUser: false })).toMatchObject({
      value: { nearMaxBalanceToUser: false, nearMaxBalanceToOperators: true, monthlyReport: false },
    })
    await raise()
    await raise({ kind: 'payment-failing', audience: ['user'] })
    await eventually(() => messages.length === 2)
    expect(chats()).toEqual(['1001', '2001'])
    await change({ nearMaxBalanceToOperators: false })
    messages = []
    await raise()
    await raise({ kind: 'service-ending', audience: ['operators'] })
    await eventually(() => messages.length === 1)
    expect(chats()).toEqual(['2001'])
  })

  it('decide whether reports are sent', async () => {
    await link('1001')
    await change({ weeklyReport: false, monthlyReport: true })
    await report('weekly')
    await report('monthly')
    await eventually(() => messages.length === 1)
    await change({ weeklyReport: true })
    await report('weekly')
    await eventually(() => messages.length === 2)
    expect((await deliveries()).length).toBe(2)
  })
})
