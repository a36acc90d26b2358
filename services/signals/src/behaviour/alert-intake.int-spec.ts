import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import {
  createStrategy,
  getSignal,
  rotateStrategySecret,
  sendSignal,
  updateStrategy,
} from '@tradewire/contracts/rpc/signals'
import { startFaultProxy } from '@tradewire/testkit/fault-proxy'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { eventually } from '@tradewire/testkit/eventually'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signalsService } from '../service.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const stranger = { userId: '01963a5e-0000-7000-8000-00000000000b', roles: ['provider' as const] }

let service: TestService
let rpc: RpcClient
let strategy: { id: string; secret: string }

beforeAll(async () => {
  service = await startTestService(signalsService, backends)
  rpc = service.app.get(RpcClient)
})

beforeEach(async () => {
  const created = await rpc.ask(createStrategy, {
    caller: operator,
    strategy: { name: 'Breakout', venue: 'binance-usdm', symbol: 'BTC/USDT' } as never,
  })
  if (!created.ok) throw new Error(created.error.code)
  strategy = created.value
})

function alert(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    strategy: strategy.id,
    secret: strategy.secret,
    orderPrice: '19286.5',
    callbackRate: '2',
    trailingTrigger: '95',
    winRate: '49.55',
    type: 'buy',
    stop: '19280.4',
    stopType: 'Limit',
    takeProfit: 'NaN',
    takeProfitPrice1: '19288',
    takeProfitPrice2: '19289.5',
    takeProfitPrice3: '19291.1',
    ...changes,
  }
}

async function post(
  body: string | Record<string, unknown>,
  contentType: string | null = 'application/json',
  url = service.url,
) {
  const reply = await request(`${url}/v1/webhook/strategy`, {
    method: 'POST',
    headers: contentType === null ? {} : { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await reply.body.text()
  return { status: reply.statusCode, headers: reply.headers, text, body: text === '' ? undefined : JSON.parse(text) }
}

const signals = () =>
  backends.query<{ id: string; body: string }>('select * from signals.signal where strategy_id = $1', [strategy.id])
const outbox = (id: string) => backends.query('select 1 from signals.outbox where body like $1', [`%${id}%`])

describe('the alert intake', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'text/plain; charset=utf-8',
    '',
    'json',
    null,
    'text',
    'application/json,text/plain',
  ])('takes the documented alert as %j, answers 200 with no body and stores it with its event', async (contentType) => {
    const reply = await post(alert(), contentType)
    expect(reply).toMatchObject({ status: 200, text: '' })
    const [stored] = await signals()
    expect(stored?.id).toBe(reply.headers['tradewire-signal-id'])
    expect(await outbox(stored?.id as string)).toHaveLength(1)
  })

  it('takes prices as numbers with every digit that was sent, however small they are', async () => {
    const targets = { takeProfitPrice1: 'TARGET', takeProfitPrice2: null, takeProfitPrice3: null }
    const text = JSON.stringify(alert({ orderPrice: 'PRICE', stop: 'STOP', ...targets }))
    const numbers = text
      .replace('"PRICE"', '4.7e-7')
      .replace('"STOP"', '0.00000046')
      .replace('"TARGET"', '0.00000048000000000000000001')
    expect((await post(numbers)).status).toBe(200)
    expect(await signals()).toMatchObject([
      { price: '0.00000047', stop_price: '0.00000046', targets: ['0.00000048000000000000000001'] },
    ])
    expect((await post(text.replace('"PRICE"', '1e308'))).status).toBe(422)
  })

  it('keeps the raw request without its secret, for those who own the strategy', async () => {
    const reply = await post(alert())
    const signalId = reply.headers['tradewire-signal-id'] as string
    const shown = await rpc.ask(getSignal, { caller: operator, signalId })
    expect(shown.ok && shown.value.raw.body).toBe(JSON.stringify(alert({ secret: '***' })))
    const hidden = await rpc.ask(getSignal, { caller: stranger, signalId })
    expect(hidden).toMatchObject({ ok: false, error: { code: 'SIGNAL_NOT_FOUND' } })
  })

  it('answers every repetition like the first, and stores one signal, also when they come together', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(alert())))
    replies.push(await post(alert({ orderPrice: 19286.5 })))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(replies.map(({ headers }) => headers['tradewire-signal-id'])).size).toBe(1)
    expect(await signals()).toHaveLength(1)
    const shown = await rpc.ask(getSignal, {
      caller: operator,
      signalId: replies[0]?.headers['tradewire-signal-id'] as string,
    })
    expect(shown.ok && shown.value.duplicates).toBe(20)
  })

  it('takes the same prices anew once the time of the first signal as an original is over', async () => {
    const first = await post(alert())
    await backends.query(`update signals.signal set forget_at = now() - interval '1 second'`)
    const second = await post(alert())
    const third = await post(alert())
    const ids = [first, second, third].map(({ headers }) => headers['tradewire-signal-id'])
    expect(second.headers['tradewire-duplicate']).toBeUndefined()
    expect(ids[1]).not.toBe(ids[0])
    expect(third.headers['tradewire-duplicate']).toBe('true')
    expect(ids[2]).toBe(ids[1])
    expect(await signals()).toHaveLength(2)
  })

  it('shares commits among concurrent alerts', async () => {
    const before = await committed()
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, index) => post(alert({ alertId: `bar-${index}` }))),
    )
    expect(replies.map(({ status, text }) => `${status} ${text}`.trim())).toEqual(replies.map(() => '200'))
    expect(await signals()).toHaveLength(64)
    // xmin is the transaction that wrote a row: how many distinct ones is how many commits. How well they share depends
    // on how close together they arrive.
    expect((await committed()) - before).toBeLessThanOrEqual(32)
  })

  it('refuses a wrong secret and an unknown strategy with the same words', async () => {
    const wrong = await post(alert({ secret: 'guess' }))
    const unknown = await post(alert({ strategy: '61b79e6d-7e22-4f91-b508-ef5be6a21419' }))
    expect(wrong).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
    expect(unknown).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
    expect(await signals()).toHaveLength(0)
  })

  it('refuses wrong fields with 422 in the documented form and keeps only an audit line', async () => {
    const reply = await post(alert({ type: 'hold', stop: -5 }))
    expect(reply).toMatchObject({
      status: 422,
      body: {
        errors: [
          { msg: 'must be supported trade side', param: 'type', location: 'body' },
          { msg: 'must be greater than 0', param: 'stop', location: 'body' },
        ],
      },
    })
    expect(await signals()).toHaveLength(0)
    await eventually(async () => {
      const lines = await backends.query<{ problems: string[] }>('select * from signals.refusal where status = 422')
      return lines.some(({ problems }) => problems.includes('type: must be supported trade side'))
    })
  })

  it.each([
    ['no JSON', 'buy now', 400],
    ['an array', '[]', 400],
    ['nothing', '', 400],
    ['a repeated field', '{"stop":"1","stop":"2"}', 400],
    ['an oversized body', JSON.stringify({ note: 'x'.repeat(20_000) }), 413],
  ])('refuses %s', async (_name, body, status) => {
    expect((await post(body, 'text/plain')).status).toBe(status)
  })

  it('refuses alerts of a strategy from the moment it is switched off, and takes them again once it is on', async () => {
    await post(alert())
    const change = (active: boolean) =>
      rpc.ask(updateStrategy, { caller: operator, strategyId: strategy.id, changes: { active } })
    await change(false)
    expect((await post(alert({ alertId: 'off' }))).status).toBe(422)
    await change(true)
    expect((await post(alert({ alertId: 'on' }))).status).toBe(200)
  })

  it('takes both secrets while a rotation overlaps, and only the new one after', async () => {
    const rotate = async (overlapSeconds: number) => {
      const rotated = await rpc.ask(rotateStrategySecret, { caller: operator, strategyId: strategy.id, overlapSeconds })
      if (!rotated.ok) throw new Error(rotated.error.code)
      return rotated.value.secret
    }
    const fresh = await rotate(60)
    expect((await post(alert({ alertId: 'old' }))).status).toBe(200)
    expect((await post(alert({ alertId: 'new', secret: fresh }))).status).toBe(200)
    const last = await rotate(0)
    expect((await post(alert({ alertId: 'past', secret: fresh }))).status).toBe(401)
    expect((await post(alert({ alertId: 'last', secret: last }))).status).toBe(200)
  })

  it('takes the new secret right after a rotation, before the old one was ever used again', async () => {
    expect((await post(alert({ alertId: 'before' }))).status).toBe(200)
    const rotation = { caller: operator, strategyId: strategy.id, overlapSeconds: 60 }
    const rotated = await rpc.ask(rotateStrategySecret, rotation)
    if (!rotated.ok) throw new Error(rotated.error.code)
    expect((await post(alert({ alertId: 'after', secret: rotated.value.secret }))).status).toBe(200)
  })

  it('lets a strategy be signalled by hand by its owner only', async () => {
    const signal = {
      side: 'buy' as const,
      price: '100',
      stop: { price: '99', type: 'market' as const },
      targets: ['101'],
    }
    const send = (caller: typeof operator | typeof stranger) =>
      rpc.ask(sendSignal, { caller, strategyId: strategy.id, signal })
    expect(await send(stranger)).toMatchObject({ ok: false, error: { code: 'STRATEGY_NOT_FOUND' } })
    expect(await send(operator)).toMatchObject({ ok: true })
    expect(await send(operator)).toMatchObject({ ok: false, error: { code: 'SIGNAL_DUPLICATE' } })
  })

  it('takes a numbered signal by hand once, also when its reply was never kept, and the same prices under another number', async () => {
    const stop = { price: '98', type: 'market' as const }
    const signal = { side: 'buy' as const, price: '100', stop, targets: ['101'] }
    const send = (requestId: string) =>
      rpc.ask(sendSignal, { caller: operator, strategyId: strategy.id, signal, requestId })
    const first = await send('01963a5e-0000-7000-8000-0000000000a1')
    expect(first.ok).toBe(true)
    expect(await send('01963a5e-0000-7000-8000-0000000000a1')).toEqual(first)
    const other = await send('01963a5e-0000-7000-8000-0000000000a2')
    expect(other.ok).toBe(true)
    expect(other).not.toEqual(first)
  })
})

describe('the alert intake without its neighbours', () => {
  it('needs no bus', async () => {
    const alone = await startTestService(signalsService, backends, { nats: false })
    expect((await post(alert({ alertId: 'no bus' }), 'application/json', alone.url)).status).toBe(200)
  })

  it('answers 503 with Retry-After at once when the database is away, and takes the repetition once it is back', async () => {
    const port = Number(new URL(backends.adminUrl).port)
    const proxy = await startFaultProxy({ targetPort: port })
    const direct = new URL(service.databaseUrl as string)
    direct.port = String(proxy.port)
    const far = await startTestService(signalsService, backends, {
      settings: { SIGNALS_DATABASE_URL: direct.toString() },
    })
    expect((await post(alert({ alertId: 'before' }), 'application/json', far.url)).status).toBe(200)
    proxy.cut()
    const started = performance.now()
    const reply = await post(alert({ alertId: 'away' }), 'application/json', far.url)
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(performance.now() - started).toBeLessThan(2_500)
    proxy.heal()
    await eventually(async () => (await post(alert({ alertId: 'away' }), 'application/json', far.url)).status === 200)
    await far.stop()
    await proxy.stop()
  })
})

async function committed(): Promise<number> {
  const [row] = await backends.query<{ commits: string }>(
    'select count(distinct xmin::text) as commits from signals.signal',
  )
  return Number(row?.commits)
}
