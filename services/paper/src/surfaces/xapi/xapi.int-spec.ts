import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@tradewire/backends/free-port'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { type RunningService, startService } from '@tradewire/nest-kit/start-service'
import { eventually } from '@tradewire/testkit/eventually'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { paperService } from '#service'
import { XapiClient } from '#testing/xapi-client'

const directory = mkdtempSync(join(tmpdir(), 'paper-xapi-'))
const clients: XapiClient[] = []
let paper: RunningService
let ports: { readonly main: number; readonly stream: number }
let account: PaperCredentials

async function start(settings: Record<string, string> = {}): Promise<void> {
  ports = { main: await freePort(), stream: await freePort() }
  paper = await startService(paperService, {
    PAPER_HTTP_PORT: '0',
    PAPER_DATA_DIRECTORY: directory,
    PAPER_XAPI_MAIN_PORT: String(ports.main),
    PAPER_XAPI_STREAM_PORT: String(ports.stream),
    PAPER_XAPI_PACING_STRIKES_MAX: '1000',
    LOG_LEVEL: 'error',
    ...settings,
  })
}

async function control<Reply>(path: string, body: object): Promise<Reply> {
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(`${paper.url}/control${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(await reply.text())
  return (await reply.json()) as Reply
}

const move = (bid: string, ask: string, symbol = 'EURUSD') =>
  control('/price', { venue: 'xapi', symbol, ticks: [{ bid, ask }] })

async function kept(opening: Promise<XapiClient>): Promise<XapiClient> {
  const client = await opening
  clients.push(client)
  return client
}

const main = () => kept(XapiClient.tcp(ports.main))
const login = (client: XapiClient) => client.ask('login', { userId: account.apiKey, password: account.secret })

async function loggedIn(): Promise<{ readonly client: XapiClient; readonly token: string }> {
  const client = await main()
  const { streamSessionId } = await login(client)
  return { client, token: streamSessionId ?? '' }
}

const trade = (client: XapiClient, info: object) => client.ask('tradeTransaction', { tradeTransInfo: info })
const market = { symbol: 'EURUSD', volume: 0.1, price: 1, customComment: 'k-1', type: 0 }

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('an xAPI venue', () => {
  beforeAll(() => start())
  afterAll(() => paper.stop())
  beforeEach(async () => {
    account = await control('/accounts', { venue: 'xapi', balance: '10000' })
    await move('1.1', '1.1002')
  })

  it('logs in with a token for the stream, once, and answers errors by code without hanging up', async () => {
    const client = await main()
    expect((await client.ask('getVersion')).errorCode).toBe('BE103')
    const reply = await client.ask(
      'login',
      { userId: account.apiKey, password: account.secret },
      { customTag: 'łogin' },
    )
    expect(reply).toMatchObject({ status: true, customTag: 'łogin' })
    expect(reply.streamSessionId).toMatch(/^\d{19}$/)
    // A pure ASCII text with its end, in one piece.
    expect(client.chunks.at(-1)).toMatch(/^[\n\x20-\x7e]+"\}\n\n$/)
    expect((await login(client)).errorCode).toBe('BE118')
    expect((await client.ask('nope')).errorCode).toBe('BE104')
    expect((await client.ask('getSymbol', { symbol: 'ABC' })).errorCode).toBe('BE115')
    expect((await client.ask('getSymbol', { symbol: 7 })).errorCode).toBe('EX000')
    expect((await client.ask('getVersion', undefined, { customTag: 7 })).customTag).toBe(7)
    expect((await client.ask('logout')).status).toBe(true)
    expect((await client.ask('ping')).errorCode).toBe('BE103')
  })

  it('locks a wrong pair of login and password', async () => {
    const client = await main()
    const wrong = { userId: account.apiKey, password: 'wrong' }
    expect((await client.ask('login', wrong)).errorCode).toBe('BE005')
    expect((await client.ask('login', wrong)).errorCode).toBe('EX007')
    expect((await login(client)).status).toBe(true)
  })

  it('reads commands that come together, in pieces and without any end, and answers in their order', async () => {
    const { client } = await loggedIn()
    client.replies.splice(0)
    client.send('{"command":"ping","customTag":1}{"command":"getVersion","customTag":2}\n\n  {"comm')
    await eventually(() => client.replies.length === 2)
    client.send('and":"getServerTime","customTag":3}')
    await eventually(() => client.replies.length === 3)
    expect(client.replies.map(({ customTag }) => customTag)).toEqual([1, 2, 3])
  })

  it.each([
    ['what is no object', '[]'],
    ['broken JSON', '{"command":}'],
    ['a command of more than a kilobyte', JSON.stringify({ command: 'ping', customTag: 'x'.repeat(1_100) })],
  ])('hangs up on %s', async (_what, text) => {
    const { client } = await loggedIn()
    client.send(text)
    await eventually(() => client.closed)
  })

  it('answers every command of the document', async () => {
    const { client } = await loggedIn()
    const now = Date.now()
    const info = { period: 1, start: now - 3_600_000, symbol: 'EURUSD' }
    const all: readonly (readonly [string, object?])[] = [
      ['getAllSymbols'],
      ['getCalendar'],
      ['getChartLastRequest', { info }],
      ['getChartRangeRequest', { info: { ...info, end: now, ticks: 0 } }],
      ['getCommissionDef', { symbol: 'EURUSD', volume: 1 }],
      ['getCurrentUserData'],
      ['getIbsHistory', { start: 0, end: 0 }],
      ['getMarginLevel'],
      ['getMarginTrade', { symbol: 'EURUSD', volume: 1 }],
      ['getNews', { start: 0, end: 0 }],
      ['getProfitCalculation', { symbol: 'EURUSD', volume: 1, cmd: 0, openPrice: 1.1, closePrice: 1.11 }],
      ['getServerTime'],
      ['getStepRules'],
      ['getSymbol', { symbol: 'EURUSD' }],
      ['getTickPrices', { level: 0, symbols: ['EURUSD'], timestamp: 0 }],
      ['getTradeRecords', { orders: [1] }],
      ['getTrades', { openedOnly: true }],
      ['getTradesHistory', { start: 0, end: 0 }],
      ['getTradingHours', { symbols: ['EURUSD'] }],
      ['getVersion'],
      ['ping'],
    ]
    const answers = new Map<string, object>()
    for (const [command, given] of all) {
      const reply = await client.ask(command, given)
      expect([command, reply.status]).toEqual([command, true])
      answers.set(command, reply.returnData as never)
    }
    expect(answers.get('getProfitCalculation')).toEqual({ profit: 1_000 })
    expect(answers.get('getMarginTrade')).toEqual({ margin: 3_667 })
    expect(answers.get('getSymbol')).toMatchObject({ contractSize: 100_000, lotStep: 0.01, ask: 1.1002, precision: 5 })
    const tooMuch = { info: { ...info, start: 0, end: now } }
    expect((await client.ask('getChartRangeRequest', tooMuch)).errorCode).toBe('EX009')
    expect((await client.ask('getChartLastRequest', { info: { ...info, period: 7 } })).errorCode).toBe('BE105')
  })

  it('takes a transaction at once, tells what became of it, and shows the position under its comment', async () => {
    const { client } = await loggedIn()
    // A client that drops what is zero sends a buy without an operation.
    const taken = await trade(client, market)
    const { order } = taken.returnData as unknown as { order: number }
    const { returnData } = await client.ask('tradeTransactionStatus', { order })
    expect(returnData).toMatchObject({ order, requestStatus: 3, customComment: 'k-1', message: null })
    const trades = (await client.ask('getTrades', { openedOnly: true })).returnData as unknown as object[]
    expect(trades).toMatchObject([
      { cmd: 0, customComment: 'k-1', open_price: 1.1002, volume: 0.1, order2: order, closed: false, symbol: 'EURUSD' },
    ])
    const refused = await trade(client, { ...market, volume: 90 })
    const second = (refused.returnData as unknown as { order: number }).order
    expect((await client.ask('tradeTransactionStatus', { order: second })).returnData).toMatchObject({
      requestStatus: 4,
      message: 'Not enough money on account to perform trade',
    })
  })

  it('changes, closes and deletes by the number alone', async () => {
    const { client } = await loggedIn()
    await trade(client, market)
    const limit = { ...market, cmd: 2, price: 1.05, customComment: 'k-2' }
    await trade(client, limit)
    const open = async () =>
      (await client.ask('getTrades', { openedOnly: true })).returnData as unknown as { position: number; cmd: number }[]
    const [position, pending] = await open()
    await trade(client, { type: 3, order: position!.position, sl: 1.09, tp: 1.12, price: 1 })
    expect(await open()).toMatchObject([
      { sl: 1.09, tp: 1.12 },
      { cmd: 2, open_price: 1.05 },
    ])
    expect((await trade(client, { type: 2, order: pending!.position })).errorCode).toBe('BE096')
    await trade(client, { type: 4, order: pending!.position })
    await trade(client, { type: 2, order: position!.position, volume: 0.04, price: 1, symbol: 'GBPUSD', cmd: 1 })
    expect(await open()).toMatchObject([{ volume: 0.06 }])
    await trade(client, { type: 2, order: position!.position })
    expect(await open()).toEqual([])
    expect((await trade(client, { type: 2, order: position!.position })).errorCode).toBe('BE097')
    expect((await trade(client, { type: 2, order: 1 })).errorCode).toBe('BE098')
    expect((await trade(client, { ...market, type: 9 })).errorCode).toBe('BE102')
    const history = (await client.ask('getTradesHistory', { start: 0, end: 0 })).returnData as unknown as object[]
    expect(history).toMatchObject([
      { volume: 0.04, closed: true },
      { volume: 0.06, closed: true },
    ])
  })

  it('tells trades, states, balances, ticks and keep-alives on the streaming connection', async () => {
    const { client, token } = await loggedIn()
    const stream = await kept(XapiClient.tcp(ports.stream))
    const subscribe = (command: string, more: object = {}) => stream.send({ command, streamSessionId: token, ...more })
    for (const command of ['getTrades', 'getTradeStatus', 'getBalance', 'getKeepAlive']) subscribe(command)
    subscribe('getTickPrices', { symbol: 'EURUSD', minArrivalTime: 1 })
    subscribe('ping')
    await stream.event('keepAlive')
    await stream.event('tickPrices', ({ ask }) => ask === 1.1002)
    const taken = await trade(client, { ...market, tp: 1.11 })
    const { order } = taken.returnData as unknown as { order: number }
    await stream.event('tradeStatus', (data: { order: number; requestStatus: number }) => {
      return data.order === order && data.requestStatus === 3
    })
    await stream.event('trade', ({ closed, type, state }) => closed === false && type === 0 && state === 'Modified')
    await move('1.112', '1.1122')
    const end = await stream.event('trade', ({ closed }) => closed === true)
    expect(end.data).toMatchObject({ comment: '[T/P]', close_price: 1.11, type: 2, customComment: 'k-1' })
    await stream.event('balance', ({ balance }) => balance > 10_000)
    stream.send({ command: 'stopTrades' })
    stream.send({ command: 'getTrades', streamSessionId: 'unknown' })
    await eventually(() => stream.replies.some(({ errorCode }) => errorCode === 'BE117'))
  })

  it('ends the token of a stream with its main connection', async () => {
    const { client, token } = await loggedIn()
    client.close()
    const stream = await kept(XapiClient.tcp(ports.stream))
    await eventually(async () => {
      stream.send({ command: 'ping', streamSessionId: token })
      return stream.replies.some(({ errorCode }) => errorCode === 'BE117')
    })
  })

  it('speaks the same over websockets, at the paths of the venue', async () => {
    for (const path of ['/demo', '/xapi/real']) {
      const client = await kept(XapiClient.websocket(paper.url.replace('http', 'ws') + path))
      expect((await login(client)).status).toBe(true)
      client.close()
    }
  })

  it('keeps positions over a restart', async () => {
    const { client } = await loggedIn()
    await trade(client, market)
    await paper.stop()
    await start()
    const again = await loggedIn()
    const open = (await again.client.ask('getTrades', { openedOnly: true })).returnData as unknown as object[]
    expect(open).toMatchObject([{ customComment: 'k-1', volume: 0.1 }])
  })
})

describe('its rules of connection', () => {
  afterEach(() => paper.stop())

  it('hang up at the sixth request in a row that comes too soon', async () => {
    await start({ PAPER_XAPI_PACING_STRIKES_MAX: '6', PAPER_XAPI_PACING_MS: '5000' })
    const client = await main()
    for (let count = 0; count < 7; count += 1) client.send('{"command":"ping"}')
    await eventually(() => client.closed)
    expect(client.replies.length).toBeLessThanOrEqual(6)
  })

  it('refuse the connection beyond the limit, and hang up on the silent one', async () => {
    await start({ PAPER_XAPI_CONNECTIONS_MAX: '1', PAPER_XAPI_FIRST_DATA_MS: '300' })
    const first = await main()
    const second = await main()
    await eventually(() => second.replies.some(({ errorCode }) => errorCode === 'EX008') && second.closed)
    await eventually(() => first.closed)
  })

  it('end a session that says nothing for too long, and keep a transaction pending for a while', async () => {
    await start({ PAPER_XAPI_SESSION_IDLE_MS: '300', PAPER_XAPI_EXECUTION_MS: '100' })
    account = await control('/accounts', { venue: 'xapi', balance: '10000' })
    const { client } = await loggedIn()
    const { order } = (await trade(client, market)).returnData as unknown as { order: number }
    const status = async () =>
      ((await client.ask('tradeTransactionStatus', { order })).returnData as unknown as { requestStatus: number })
        .requestStatus
    expect(await status()).toBe(1)
    await eventually(async () => (await status()) === 3)
    const saidAt = performance.now()
    await eventually(() => performance.now() - saidAt > 350)
    expect((await client.ask('ping')).errorCode).toBe('BE200')
  })
})
