import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { SystemClock } from '@tradewire/kernel/clock'
import { ObjectSplitter } from '@tradewire/kernel/json-objects'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { xapiBroker } from './xapi.adapter.ts'
import { xapiSession } from './xapi-session.client.ts'

const charactersMax = 100_000

const command = orderSubmit.data.parse(orderSubmit.example)
const symbol = {
  symbol: 'EURUSD',
  bid: 1.1,
  currency: 'EUR',
  currencyPair: true,
  currencyProfit: 'USD',
  contractSize: 100_000,
  lotMin: 0.01,
  lotMax: 100,
  lotStep: 0.01,
  precision: 5,
}

interface Asked {
  readonly command: string
  readonly customTag: string
}

/** What the venue says to one command: a text as it is, or nothing and the end of the connection. */
type Behaviour = (asked: Asked) => string | null

let server: Server
let behaviour: Behaviour
/** After this answer: a text that is no whole object would be waited for otherwise. */
let hangsUp = false
const sockets = new Set<Socket>()
const sessions: BrokerSession[] = []

function sane({ command: name, customTag }: Asked): string {
  const bodies: Record<string, object> = {
    login: { streamSessionId: '1' },
    getAllSymbols: { returnData: [symbol] },
    getMarginLevel: { returnData: { balance: 1, equity: 1, margin_free: 1, currency: 'USD' } },
    getTrades: { returnData: [] },
    getTradesHistory: { returnData: [] },
    tradeTransaction: { returnData: { order: 7 } },
    tradeTransactionStatus: {
      returnData: { order: 7, requestStatus: 3, customComment: '', message: null, ask: 1, bid: 1 },
    },
  }
  return JSON.stringify({ status: true, ...bodies[name], customTag })
}

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const splitter = new ObjectSplitter(charactersMax)
    socket.on('data', (chunk: Buffer) => {
      for (const text of splitter.push(chunk).texts) {
        const answer = behaviour(JSON.parse(text) as Asked)
        if (answer === null) socket.destroy()
        else if (hangsUp) socket.end(answer)
        else socket.write(`${answer}\n\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

function open(requestTimeoutMs = 60): BrokerSession {
  const { port } = server.address() as AddressInfo
  const door = { kind: 'tcp', host: '127.0.0.1', port, tls: null } as const
  const session = xapiSession({
    main: door,
    stream: door,
    login: { userId: '1', password: 'p' },
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    requestTimeoutMs,
    pacingMs: 0,
    historyMs: 1_000_000,
  })
  sessions.push(session)
  return session
}

function order(part: Partial<typeof command> = {}): ApprovedOrder {
  const id = encodeClientOrderId(xapiBroker.capabilities.clientId, command.intentId)
  const euro = { venue: 'xapi', symbol: 'EUR/USD', quantity: '0.1', leverage: null } as const
  const approved = approveOrder({ ...command, ...euro, ...part }, id)
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

/** Where a reply names the request that it is for. */
const placeholder = 'the tag'
const replyOf = (returnData: unknown) => ({ status: true, returnData, customTag: placeholder })
const anyReply = hostileTexts([
  replyOf({ order: 6.5 }),
  replyOf(null),
  replyOf([{ order: 7 }]),
  { status: false, errorCode: 'SE199', errorDescr: 'words', customTag: placeholder },
])

describe('an xAPI venue that answers nonsense', () => {
  it('never makes an order that was sent look refused, nor ends the process', async () => {
    const session = open()
    await fc.assert(
      fc.asyncProperty(anyReply, async (text) => {
        let [answer, tag] = ['', '']
        behaviour = (asked) => {
          hangsUp = false
          if (asked.command !== 'tradeTransaction') return sane(asked)
          tag = asked.customTag
          answer = text.replaceAll(JSON.stringify(placeholder), JSON.stringify(tag))
          hangsUp = !isWhole(answer)
          return answer
        }
        const placed = await session.submit(order())
        // Even a reply that happens to fit only says that the venue has begun.
        if (placed.ok) throw new Error(`taken for done: ${answer}`)
        // The connection may have been ending, or the login not answered in time: the venue never saw it, which only it knows.
        if (tag === '') expect(['not-sent', 'outcome-unknown']).toContain(placed.error.kind)
        else if (refusalIn(answer, tag)) expect(placed.error.kind).not.toBe('connectivity')
        else expect(placed.error.kind).toBe('outcome-unknown')
      }),
      { numRuns: hostileReplies, endOnFailure: true },
    )
  }, 600_000)

  it('leaves reads as failed and orders as unknown when it hangs up or says nothing', async () => {
    hangsUp = false
    for (const silent of ['', null]) {
      behaviour = (asked) => (asked.command === 'tradeTransaction' ? silent : sane(asked))
      const placed = await open().submit(order())
      expect(placed).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
      behaviour = (asked) => (asked.command === 'getTrades' ? silent : sane(asked))
      const found = await open().positions()
      expect(found).toMatchObject({ ok: false, error: { kind: 'connectivity' } })
    }
  })

  it('proves an order not sent when the login already fails', async () => {
    behaviour = () => null
    expect(await open().submit(order())).toMatchObject({ ok: false, error: { kind: 'not-sent' } })
    behaviour = (asked) =>
      JSON.stringify({ status: false, errorCode: 'BE005', errorDescr: 'no', customTag: asked.customTag })
    expect(await open().submit(order())).toMatchObject({ ok: false, error: { kind: 'auth' } })
  })

  it('takes error codes for what they prove', async () => {
    const cases = [
      ['BE009', 'rejected'],
      ['EX003', 'outcome-unknown'],
      ['SE199', 'outcome-unknown'],
      ['BE103', 'not-sent'],
      ['BE014', 'rate-limited'],
      ['EX010', 'auth'],
      ['XX999', 'rejected'],
    ] as const
    for (const [errorCode, kind] of cases) {
      behaviour = (asked) =>
        asked.command === 'tradeTransaction'
          ? JSON.stringify({ status: false, errorCode, errorDescr: '', customTag: asked.customTag })
          : sane(asked)
      expect(await open().submit(order())).toMatchObject({ ok: false, error: { kind } })
    }
  })

  it('never lets an exit open a position: without one nothing is sent', async () => {
    const sent: string[] = []
    behaviour = (asked) => {
      sent.push(asked.command)
      return sane(asked)
    }
    for (const type of ['market', 'stop-market', 'limit'] as const) {
      const prices = { price: type === 'limit' ? '1.2' : null, triggerPrice: type === 'stop-market' ? '1' : null }
      const exit = { purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true, type, ...prices } as const
      const placed = await open().submit(order(exit))
      expect(placed).toMatchObject({ ok: false, error: { kind: 'rejected', code: 'REDUCE_ONLY_REFUSED' } })
    }
    expect(sent).not.toContain('tradeTransaction')
  })
})

function isWhole(text: string): boolean {
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null && !Array.isArray(said)
  } catch {
    return false
  }
}

/** Whether a text is a whole refusal of the request. */
function refusalIn(text: string, tag: string): boolean {
  try {
    const said = JSON.parse(text) as { status?: unknown; errorCode?: unknown; customTag?: unknown } | null
    // Numbers are read as texts, so that none loses a digit.
    const coded = typeof said?.errorCode === 'string' || typeof said?.errorCode === 'number'
    return said?.status === false && coded && said.customTag === tag
  } catch {
    return false
  }
}
