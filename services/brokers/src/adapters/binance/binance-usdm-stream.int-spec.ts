import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrokerSession, SessionEvent } from '@tradewire/broker-kit/broker-session'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { binanceUsdmBroker } from './binance-usdm.adapter.ts'

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const renewMs = 20 * 60_000
let server: Server
let streams: WebSocketServer
let listenKeyCalls: string[]
let answer: (method: string) => Reply
let session: BrokerSession
let events: SessionEvent[]

const opened: Reply = { status: 200, body: { listenKey: 'k' } }
const count = (kind: SessionEvent['kind']): number => events.filter((event) => event.kind === kind).length

beforeEach(async () => {
  listenKeyCalls = []
  events = []
  answer = () => opened
  server = createServer((request, response) => {
    request.resume()
    const isKey = request.url?.includes('/listenKey') === true
    if (isKey) listenKeyCalls.push(request.method ?? '')
    const reply: Reply = isKey ? answer(request.method ?? '') : { status: 200, body: { symbols: [] } }
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(JSON.stringify(reply.body))
  })
  streams = new WebSocketServer({ server })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const connected = await binanceUsdmBroker.connect(
    { apiKey: 'key', secret: 'secret' },
    {
      environment: 'paper',
      dependencies: {
        clock: new SystemClock(),
        randomness: new SystemRandomness(),
        log: memoryLogger().logger,
        paperUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        connectionsMax: 4,
        requestTimeoutMs: 1_000,
      },
    },
  )
  if (!connected.ok) throw new Error(connected.error.message)
  session = connected.value
})

afterEach(async () => {
  vi.useRealTimers()
  await session.close()
  for (const socket of streams.clients) socket.terminate()
  streams.close()
  server.close()
})

async function stream(): Promise<void> {
  session.events((event) => events.push(event))
  await eventually(() => count('stream-up') === 1, { describe: 'the stream stands' })
}

describe('the listen key of an account', () => {
  it('is made anew when the venue does not know it any more, for its stream stands and says nothing', async () => {
    await stream()
    answer = (method) =>
      method === 'PUT' ? { status: 400, body: { code: -1125, msg: 'This listenKey does not exist.' } } : opened
    vi.advanceTimersByTime(renewMs)
    await eventually(() => count('stream-up') === 2, { describe: 'the stream stands with another key' })
    expect(events.map(({ kind }) => kind)).toEqual(['stream-up', 'stream-down', 'stream-up'])
    expect(listenKeyCalls).toEqual(['POST', 'PUT', 'POST'])
  })

  it('stays when it could not be renewed this once', async () => {
    await stream()
    answer = (method) => (method === 'PUT' ? { status: 503, body: {} } : opened)
    vi.advanceTimersByTime(renewMs)
    await eventually(() => listenKeyCalls.length === 2, { describe: 'it was to be renewed' })
    answer = () => opened
    vi.advanceTimersByTime(renewMs)
    await eventually(() => listenKeyCalls.length === 3, { describe: 'it was renewed' })
    expect(events.map(({ kind }) => kind)).toEqual(['stream-up'])
  })

  it('is not asked for again before the time that the venue has named', async () => {
    let asked = 0
    const beganMs = performance.now()
    let secondMs = 0
    answer = () => {
      asked += 1
      if (asked > 1) {
        secondMs = performance.now()
        return opened
      }
      const body = { code: -1003, msg: 'Way too much request weight used; IP banned.' }
      return { status: 418, body, headers: { 'retry-after': '2' } }
    }
    await stream()
    expect(asked).toBe(2)
    expect(secondMs - beganMs).toBeGreaterThanOrEqual(2_000)
  })
})

describe('an order that is not ours', () => {
  const report = (execution: string, clientOrderId: string) => ({
    e: 'ORDER_TRADE_UPDATE',
    E: 1_568_879_465_651,
    T: 1_568_879_465_650,
    o: {
      s: 'BTCUSDT',
      c: clientOrderId,
      S: 'SELL',
      o: 'MARKET',
      q: '0.001',
      p: '0',
      ap: '0',
      sp: '0',
      x: execution,
      X: 'FILLED',
      i: 8_886_774,
      l: '0.001',
      z: '0.001',
      L: '40000',
      T: 1_568_879_465_650,
      t: 1,
    },
  })

  it('is told of when it is executed, by hand or by the venue, and not when it is placed', async () => {
    await stream()
    const say = (message: object): void => {
      for (const socket of streams.clients) socket.send(JSON.stringify(message))
    }
    say(report('NEW', 'web_1'))
    say(report('TRADE', 'web_1'))
    say(report('CALCULATED', 'autoclose-1'))
    await eventually(() => count('other-fill') === 2, { describe: 'both executions' })
    expect(events.map(({ kind }) => kind)).toEqual(['stream-up', 'other-fill', 'other-fill'])
  })
})
