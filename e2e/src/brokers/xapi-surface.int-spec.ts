import { readFileSync } from 'node:fs'
import { freePort } from '@tradewire/backends/free-port'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { XapiClient } from '@tradewire/paper/testing/xapi-client'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { differences, type Shape } from '../system/documented-shape.ts'

interface Request {
  readonly command: string
  readonly arguments?: object
}
interface Documented {
  readonly operation: string
  readonly connection: 'main' | 'streaming'
  readonly what: string
  readonly request: Request
  /** What ends a subscription. */
  readonly stop?: Request
  /** None for the ping of a streaming connection. */
  readonly reply?: Shape
  /** The command under which a subscription's records come. */
  readonly record?: string
}

const all = JSON.parse(
  readFileSync(new URL('../../data/xapi-surface.json', import.meta.url), 'utf8'),
) as readonly Documented[]
const onMain = all.filter(({ connection }) => connection === 'main')
const onStream = all.filter(({ connection }) => connection === 'streaming')
const subscriptions = onStream.filter(({ record }) => record !== undefined)

/** Every command of the protocol's version 2.5.0, by the connection that takes it. */
const commands = {
  main: `login logout getAllSymbols getCalendar getChartLastRequest getChartRangeRequest getCommissionDef
    getCurrentUserData getIbsHistory getMarginLevel getMarginTrade getNews getProfitCalculation getServerTime
    getStepRules getSymbol getTickPrices getTradeRecords getTrades getTradesHistory getTradingHours getVersion ping
    tradeTransaction tradeTransactionStatus`,
  streaming: `getBalance getCandles getKeepAlive getNews getProfits getTickPrices getTrades getTradeStatus ping`,
}

/** Taken and answered, but this venue has no records of the kind to show. */
const notBuilt: Readonly<Record<string, string>> = {
  'main getCalendar': 'nothing is announced in this world: the list is empty',
  'main getIbsHistory': 'nobody introduces clients: the list is empty',
  'main getNews': 'nothing happens but prices: the list is empty',
  'streaming getNews': 'nothing happens but prices: the subscription stays silent',
}
const hasRecords = ({ connection, operation }: Documented) => notBuilt[`${connection} ${operation}`] === undefined

const hourMs = 3_600_000
const minuteMs = 60_000
const keepAliveMs = 50
const ports = { main: 0, stream: 0 }
const clients: XapiClient[] = []
const backends = testBackends({ nats: false })
let paper: PaperWorld
let account: PaperCredentials

beforeAll(async () => {
  ports.main = await freePort()
  ports.stream = await freePort()
  const settings = {
    PAPER_XAPI_MAIN_PORT: String(ports.main),
    PAPER_XAPI_STREAM_PORT: String(ports.stream),
    PAPER_XAPI_PACING_MS: '0',
    PAPER_XAPI_KEEP_ALIVE_MS: String(keepAliveMs),
  }
  paper = await startPaperWorld({
    directory: backends.directory,
    onStop: (work) => backends.onStop(work),
    settings,
  })
  await tick('1.13', '1.1302')
})
beforeEach(async () => {
  account = await paper.account('xapi', '100000')
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

/** Each tick is one of the next minute, so that the one before is a whole candle; all lie in the last hour. */
let tickedAt = Date.now() - hourMs / 2
async function tick(bid: string, ask: string): Promise<void> {
  tickedAt += minuteMs
  await paper.move({ venue: 'xapi', symbol: 'EURUSD', ticks: [{ bid, ask, at: tickedAt }] })
}

const doors = {
  TCP: { main: () => XapiClient.tcp(ports.main), stream: () => XapiClient.tcp(ports.stream) },
  websockets: {
    main: () => XapiClient.websocket(`${paper.url.replace('http', 'ws')}/demo`),
    stream: () => XapiClient.websocket(`${paper.url.replace('http', 'ws')}/demoStream`),
  },
} as const
type Door = keyof typeof doors

async function open(door: Door, kind: 'main' | 'stream'): Promise<XapiClient> {
  const client = await doors[door][kind]()
  clients.push(client)
  return client
}

type Real = Readonly<Record<string, unknown>>

/** The documented request with what exists here in place of the example's names, numbers and times; a zero stays. */
function withReal(documented: unknown, real: Real): unknown {
  if (typeof documented !== 'object' || documented === null || Array.isArray(documented)) return documented
  const fields = Object.entries(documented).map(([name, value]: [string, unknown]) => [
    name,
    value !== 0 && name in real ? real[name] : withReal(value, real),
  ])
  return Object.fromEntries(fields) as unknown
}

interface Session {
  readonly client: XapiClient
  readonly real: Real
}

async function sent(client: XapiClient, { request }: Documented, real: Real) {
  const { command, arguments: given } = withReal(request, real) as Request
  return client.ask(command, given)
}

const deal = { cmd: 0, customComment: 'k-1', price: 1, symbol: 'EURUSD', type: 0, volume: 0.1 }
const trade = async (client: XapiClient, info: object) => {
  const reply = await client.ask('tradeTransaction', { tradeTransInfo: { ...deal, ...info } })
  return (reply.returnData as unknown as { order: number }).order
}

/** A session with an open position, of which a part was closed. */
async function traded(door: Door): Promise<Session> {
  const client = await open(door, 'main')
  const keys = { userId: account.apiKey, password: account.secret }
  const { streamSessionId } = await client.ask('login', keys)
  const order = await trade(client, {})
  const { returnData } = await client.ask('getTrades', { openedOnly: true })
  const [{ position } = { position: 0 }] = returnData as unknown as { position: number }[]
  await trade(client, { type: 2, order: position, volume: 0.04 })
  const now = Date.now()
  const window = { start: now - hourMs, end: now + hourMs, expiration: now + hourMs }
  const names = { symbol: 'EURUSD', symbols: ['EURUSD', 'GBPUSD'], minArrivalTime: 1 }
  return { client, real: { ...keys, ...window, ...names, streamSessionId, order, orders: [position] } }
}

/** The stream answers only what is wrong: the refusal of the last command proves that those before it were read. */
async function heard(client: XapiClient, requests: readonly object[], { streamSessionId }: Real): Promise<void> {
  for (const request of requests) client.send(request)
  client.send({ command: 'getNothing', streamSessionId })
  await eventually(() => client.replies.some(({ errorCode }) => errorCode !== undefined))
  expect(client.replies.filter(({ status }) => status === false)).toMatchObject([{ errorCode: 'BE104' }])
  client.replies.splice(0)
}

/** Where a list of the reply shows no record at all. */
function emptyLists(value: unknown, path = 'reply'): string[] {
  if (Array.isArray(value) && value.length === 0) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => emptyLists(member, `${path}.${name}`))
}

describe('the document of the xAPI protocol', () => {
  it('is here with each of its commands, and none that it does not have', () => {
    for (const [connection, listed] of [
      [onMain, commands.main],
      [onStream, commands.streaming],
    ] as const) {
      expect(connection.map(({ operation }) => operation).toSorted()).toEqual(listed.split(/\s+/).toSorted())
    }
    const known = all.map(({ connection, operation }) => `${connection} ${operation}`)
    expect(Object.keys(notBuilt).filter((name) => !known.includes(name))).toEqual([])
  })
})

describe.each(['TCP', 'websockets'] as const)('the document of the xAPI protocol over %s', (door) => {
  it.each(onMain.map((each) => [each.operation, each] as const))(
    '%s answers in the documented shape',
    async (...of) => {
      const [operation, documented] = of
      const { client, real } = await traded(door)
      const asking = operation === 'login' ? await open(door, 'main') : client
      const reply = await sent(asking, documented, real)
      expect(reply).toMatchObject({ status: true })
      expect(differences(documented.reply ?? {}, reply)).toEqual([])
      expect(emptyLists(reply)).toEqual(hasRecords(documented) ? [] : ['reply.returnData'])
    },
  )

  it('a transaction as documented becomes an order that waits', async () => {
    const { client, real } = await traded(door)
    const documented = onMain.find(({ operation }) => operation === 'tradeTransaction')
    const taken = await sent(client, documented!, real)
    const status = await client.ask('tradeTransactionStatus', taken.returnData)
    expect(status.returnData).toMatchObject({ requestStatus: 3, customComment: 'Some text', message: null })
    const trades = await client.ask('getTrades', { openedOnly: true })
    expect(trades.returnData).toContainEqual(expect.objectContaining({ cmd: 2, open_price: 1.12, volume: 5 }))
  })

  it('each subscription tells its records in the documented shape, until it is stopped', async () => {
    const { client, real } = await traded(door)
    const [stopped, stream] = [await open(door, 'stream'), await open(door, 'stream')]
    const recorded = subscriptions.filter(hasRecords)
    async function happen(): Promise<void> {
      await tick('1.13', '1.1302')
      await trade(client, {})
      await tick('1.131', '1.1312')
      for (const { record = '' } of recorded) await stream.event(record)
    }
    const subscribe = onStream.map(({ request }) => withReal(request, real) as object)
    await heard(stopped, subscribe, real)
    await heard(stream, subscribe, real)
    await happen()
    for (const { record = '' } of recorded) await stopped.event(record)
    const stop = subscriptions.map((each) => withReal(each.stop, real) as object)
    await heard(stopped, stop, real)
    stopped.replies.splice(0)
    const before = stream.replies.splice(0)
    await happen()
    expect(stopped.replies).toEqual([])
    const events = [...before, ...stream.replies].filter(({ command }) => command !== undefined)
    for (const event of events) {
      const documented = subscriptions.find(({ record }) => record === event.command)
      expect([event, differences(documented?.reply ?? {}, event)]).toEqual([event, []])
    }
  })
})
