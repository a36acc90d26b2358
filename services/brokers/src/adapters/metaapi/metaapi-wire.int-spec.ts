// tidy-allow ratchet-file-lines: one scripted venue answers every case, and hears what each may and may not send
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import { rejectionCodes } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ownIdOf, partIdOf } from '#domain/positions/part-ids'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { metaapiBroker } from './metaapi.adapter.ts'

/** What reads are tried with; placements with the rest. */
const readReplies = Math.ceil(hostileReplies / 5)

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Record<string, unknown>
}
interface Told {
  readonly status: number
  readonly text: string
  readonly headers?: Record<string, string>
}

const told = (body: unknown, status = 200): Told => ({ status, text: JSON.stringify(body) })
const command = orderSubmit.data.parse(orderSubmit.example)
const clientOrderId = encodeClientOrderId(metaapiBroker.capabilities.clientId, command.intentId)
const time = '2022-09-09T01:57:36.304Z'
const specification = {
  symbol: 'EURUSD.m',
  tickSize: 0.00001,
  minVolume: 0.01,
  maxVolume: 100,
  volumeStep: 0.01,
  contractSize: 100_000,
  baseCurrency: 'EUR',
  profitCurrency: 'USD',
}
const done = { numericCode: 10_009, stringCode: 'TRADE_RETCODE_DONE', message: '', orderId: '7', positionId: '7' }
const deal = {
  id: '70',
  type: 'DEAL_TYPE_BUY',
  entryType: 'DEAL_ENTRY_IN',
  symbol: 'EURUSD.m',
  time,
  volume: 0.1,
  price: 1.085,
  commission: -0.35,
  swap: 0,
  positionId: '7',
  orderId: '7',
  clientId: clientOrderId,
}
const position = {
  id: '7',
  type: 'POSITION_TYPE_BUY',
  symbol: 'EURUSD.m',
  time,
  openPrice: 1.085,
  volume: 0.1,
  takeProfit: 1.1,
  clientId: clientOrderId,
}

let server: Server
let seen: Asked[] = []
let accounts: object[] = []
let held: object[] = []
let respond: (asked: Asked) => Told | 'hang-up' | undefined

function sane({ method, path }: Asked): Told {
  if (path === '/users/current/accounts' && method === 'POST') return told({ id: 'made', state: 'DEPLOYED' }, 201)
  if (path.startsWith('/users/current/accounts?')) return told(accounts)
  if (path.endsWith('/symbols')) return told(['EURUSD.m'])
  if (path.endsWith('/specification')) return told(specification)
  if (path.endsWith('/account-information')) {
    return told({ currency: 'USD', balance: 1e4, equity: 1e4, margin: 0, freeMargin: 1e4 })
  }
  if (path.endsWith('/positions')) return told(held)
  if (path.includes('/history-deals/')) return told([deal])
  if (path.endsWith('/trade')) return told(done)
  if (/\/accounts\/[^/]+$/.test(path)) {
    const server = `Spec-${seen.length}`
    return told({ _id: 'made', login: '5', server, state: 'DEPLOYED', connectionStatus: 'CONNECTED', region: 'london' })
  }
  return told([])
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = (request.url ?? '').replace(/^\/metaapi/, '')
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
      const asked = { method: request.method ?? '', path, headers: request.headers, body }
      seen.push(asked)
      const reply = respond(asked) ?? sane(asked)
      if (reply === 'hang-up') {
        request.socket.destroy()
        return
      }
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
      response.end(reply.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  seen = []
  accounts = []
  held = []
  respond = () => undefined
})
afterAll(() => server.close())

const login = { login: '5', password: 'hidden words', server: 'Spec' }

function open(credentials: Record<string, string> = { accountId: 'made' }): Promise<BrokerSession> {
  return openWith({ token: 'a.b.c', ...credentials })
}

async function openWith(
  credentials: Record<string, string>,
  platformTokens: BrokerDependencies['platformTokens'] = {},
): Promise<BrokerSession> {
  const dependencies = {
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    log: memoryLogger().logger,
    paperUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectionsMax: 4,
    requestTimeoutMs: 1_000,
    platformTokens,
  }
  const form = metaapiBroker.credentials.parse(credentials)
  const connected = await metaapiBroker.connect(form, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function order(part: Partial<typeof command> = {}): ApprovedOrder {
  const euro = { venue: 'metaapi', symbol: 'EUR/USD', quantity: '0.1', leverage: null } as const
  const approved = approveOrder({ ...command, ...euro, ...part }, clientOrderId)
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const onTrade = (reply: Told | 'hang-up') => (asked: Asked) => (asked.path.endsWith('/trade') ? reply : undefined)
const trades = () => seen.filter(({ path }) => path.endsWith('/trade'))
const reference = { clientOrderId, venueOrderId: null, symbol: 'EUR/USD', type: 'market' } as const
const stop = { purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true, type: 'stop-market' } as const

describe('an order on the wire', () => {
  it('bears our id as client id, in lots and by the broker its own name, and is told at the price of its deal', async () => {
    const session = await open()
    expect(await session.submit(order())).toMatchObject({
      ok: true,
      value: { status: 'filled', venueOrderId: '7', filledQuantity: '0.1', averagePrice: '1.085', fee: '0.35' },
    })
    expect(trades().map(({ body }) => body)).toEqual([
      { actionType: 'ORDER_TYPE_BUY', symbol: 'EURUSD.m', volume: 0.1, clientId: clientOrderId },
    ])
    expect(trades()[0]?.headers['auth-token']).toBe('a.b.c')
    expect(clientOrderId.length).toBeLessThan(metaapiBroker.capabilities.clientId.lengthMax)
  })

  it('sets a stop on the position and leaves its target', async () => {
    held = [position]
    const session = await open()
    const placed = await session.submit(order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: true, value: { status: 'working', venueOrderId: 'sl@1.08:7' } })
    expect(trades()[0]?.body).toEqual({
      actionType: 'POSITION_MODIFY',
      positionId: '7',
      stopLoss: 1.08,
      takeProfit: 1.1,
    })
    const cancelled = await session.cancel({
      clientOrderId,
      venueOrderId: 'sl@1.08:7',
      symbol: 'EUR/USD',
      type: 'stop-market',
    })
    expect(cancelled.ok).toBe(false)
  })

  it('knows a stop again after a restart by what was kept of it, and leaves a level that a newer stop may hold', async () => {
    held = [{ ...position, stopLoss: 1.08 }]
    const kept = { ...reference, venueOrderId: 'sl@1.08:7', type: 'stop-market' } as const
    const session = await open()
    expect(await session.findByClientId(kept)).toMatchObject({ ok: true, value: { status: 'working' } })
    expect(await session.openOrders()).toMatchObject({ ok: true, value: [{ clientOrderId, status: 'working' }] })
    const restarted = await open()
    expect(await restarted.cancel(kept)).toMatchObject({ ok: true, value: { status: 'cancelled' } })
    expect(trades()).toEqual([])
  })

  it('is not called cancelled when it shows as filled before its deal does', async () => {
    let shown = false
    const filled = { ...position, type: 'ORDER_TYPE_BUY', state: 'ORDER_STATE_FILLED', currentVolume: 0 }
    respond = ({ path }) => {
      if (path.includes('/history-deals/')) return told(shown ? [deal] : [])
      if (!path.includes('/history-orders/')) return undefined
      shown = true
      return told([filled])
    }
    const found = await (await open()).findByClientId(reference)
    expect(found).toMatchObject({ ok: true, value: { status: 'filled', filledQuantity: '0.1' } })
  })

  it('never lets an exit open a position: without one nothing is sent', async () => {
    const session = await open()
    const placed = await session.submit(order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: false, error: { code: 'REDUCE_ONLY_REFUSED' } })
    expect(trades()).toEqual([])
  })

  it('names its parts within 26 characters, and is known again by each of them', () => {
    for (const [part, parts] of [
      [1, 1],
      [1, 3],
      [3, 3],
      [20, 20],
    ] as const) {
      const id = partIdOf(clientOrderId, part, parts)
      expect(id.length).toBeLessThanOrEqual(metaapiBroker.capabilities.clientId.lengthMax)
      expect(ownIdOf(id)).toEqual({ clientOrderId, part, last: part === parts })
    }
    expect(ownIdOf('TE_EURUSD_abc')).toBeNull()
  })
})

describe('an account', () => {
  it('is made by login, password and server in one transaction, however often it is tried', async () => {
    let tries = 0
    respond = ({ method, path }) => {
      if (method !== 'POST' || path !== '/users/current/accounts') return undefined
      tries += 1
      return tries === 1 ? { ...told({ message: 'wait' }, 202), headers: { 'retry-after': '1' } } : undefined
    }
    const balances = await (await open(login)).balances()
    expect(balances).toMatchObject({ ok: true, value: [{ currency: 'USD', total: '10000', margin: { used: '0' } }] })
    const created = seen.filter(({ method }) => method === 'POST')
    expect(created.map(({ body }) => body['login'])).toEqual(['5', '5'])
    const transactions = new Set(created.map(({ headers }) => headers['transaction-id']))
    expect([...transactions].map((text) => String(text).length)).toEqual([32])
  })

  it('is taken up where the token has it already, and started when it stands still', async () => {
    let state = 'UNDEPLOYED'
    accounts = [{ _id: 'known', login: '5', server: 'Spec', state }]
    respond = ({ method, path }) => {
      if (method === 'POST' && path === '/users/current/accounts/known/deploy') {
        state = 'DEPLOYED'
        return { status: 204, text: '' }
      }
      const known = { _id: 'known', login: '5', server: 'Spec', state, connectionStatus: 'CONNECTED' }
      return path === '/users/current/accounts/known' ? told(known) : undefined
    }
    expect((await (await open(login)).balances()).ok).toBe(true)
    expect(seen.some(({ method, path }) => method === 'POST' && path === '/users/current/accounts')).toBe(false)
  })

  it('is refused by what the venue says of login and server, and never shows the password', async () => {
    const wrong = { code: 'E_SRV_NOT_FOUND', serversByBrokers: { One: ['Other'] } }
    for (const details of ['E_AUTH', wrong]) {
      respond = ({ method }) =>
        method === 'POST' ? told({ error: 'ValidationError', message: 'no', details }, 400) : undefined
      const balances = await (await open(login)).balances()
      expect(balances).toMatchObject({ ok: false, error: { kind: 'auth' } })
      expect(JSON.stringify(balances)).not.toContain(login.password)
    }
    const form = metaapiBroker.credentials.safeParse({ token: 'a.b.c', login: '5' })
    expect(form.success).toBe(false)
  })
})

describe("an account behind the platform's token", () => {
  const platform = { metaapi: { environment: 'paper', token: 'p.l.a' } } as const
  const made = () => seen.filter(({ method, path }) => method === 'POST' && path === '/users/current/accounts')
  const unknownToo = (asked: Asked) =>
    asked.path === '/users/current/accounts/metaapi_account_id' ? told({ error: 'NotFoundError' }, 404) : undefined

  it('is made where the id that was given is not known, and bears the proof of its password', async () => {
    respond = unknownToo
    const session = await openWith({ ...login, accountId: 'metaapi_account_id' }, platform)
    expect((await session.balances()).ok).toBe(true)
    expect(made().map(({ headers }) => headers['auth-token'])).toEqual(['p.l.a'])
    const [{ body, headers }] = made() as [Asked]
    expect(body['metadata']).toEqual({ tradewire: headers['transaction-id'] })
    expect(JSON.stringify(body['metadata'])).not.toContain(login.password)
  })

  it('is taken up by who shows its password, and by nobody else', async () => {
    respond = unknownToo
    expect((await (await openWith(login, platform)).balances()).ok).toBe(true)
    const [{ body }] = made() as [Asked]
    accounts = [{ _id: 'made', login: '5', server: 'Spec', state: 'DEPLOYED', metadata: body['metadata'] }]
    seen = []
    expect((await (await openWith(login, platform)).balances()).ok).toBe(true)
    expect(made()).toHaveLength(0)
    expect((await (await openWith({ ...login, password: 'guessed' }, platform)).balances()).ok).toBe(true)
    // The broker is asked whether the other password opens it; the one that stands there is left alone.
    expect(made().map(({ body: asked }) => asked['password'])).toEqual(['guessed'])
  })

  it('is not to be had by its id alone, nor with a token that belongs elsewhere', async () => {
    expect(metaapiBroker.credentials.safeParse({ accountId: 'made' }).success).toBe(false)
    const live = { metaapi: { environment: 'live', token: 'l.i.v' } } as const
    await expect(openWith(login, live)).rejects.toThrow('neither the account nor the platform has a token')
    expect(seen).toEqual([])
  })
})

describe('what became of a trade', () => {
  it('is unknown after -11 and proved not sent by -10', async () => {
    const cases = [
      [-10, 'TRADE_RETCODE_DISCONNECTED_BEFORE_TRADE', 'not-sent'],
      [-11, 'TRADE_RETCODE_DISCONNECTED_DURING_TRADE', 'outcome-unknown'],
      [-1, 'TRADE_RETCODE_UNKNOWN', 'outcome-unknown'],
      [-7, 'ERR_TRADE_TIMED_OUT', 'outcome-unknown'],
      [10_012, 'TRADE_RETCODE_TIMEOUT', 'outcome-unknown'],
      [10_031, 'TRADE_RETCODE_CONNECTION', 'outcome-unknown'],
      [-5, 'ERR_NOT_SYNCHRONIZED', 'not-sent'],
      [-8, 'ERR_INVESTOR', 'auth'],
      [10_018, 'TRADE_RETCODE_MARKET_CLOSED', 'rejected'],
      [10_024, 'TRADE_RETCODE_TOO_MANY_REQUESTS', 'rate-limited'],
      [10_099, 'TRADE_RETCODE_NEW', 'rejected'],
    ] as const
    const session = await open()
    for (const [numericCode, stringCode, kind] of cases) {
      respond = onTrade(told({ numericCode, stringCode, message: 'words' }))
      expect(await session.submit(order())).toMatchObject({ ok: false, error: { kind } })
    }
    expect(trades()).toHaveLength(cases.length)
  })

  it('is unknown when the answer is lost, late or cannot be read, and is asked once', async () => {
    const session = await open()
    for (const reply of [
      'hang-up',
      told({ error: 'TimeoutError', message: '' }, 504),
      told({}, 500),
      told({}),
    ] as const) {
      respond = onTrade(reply)
      expect(await session.submit(order())).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    }
    expect(trades()).toHaveLength(4)
  })

  it('is told by its status where that proves that nothing was done', async () => {
    const session = await open()
    const soon = new Date(Date.now() + 5_000).toISOString()
    const limited = { error: 'TooManyRequestsError', message: '', metadata: { recommendedRetryTime: soon } }
    respond = onTrade(told(limited, 429))
    const refused = await session.submit(order())
    expect(refused).toMatchObject({ ok: false, error: { kind: 'rate-limited' } })
    if (!refused.ok && refused.error.kind === 'rate-limited') expect(refused.error.retryAfterMs).toBeGreaterThan(3_000)
    const cases = [
      [400, 'rejected'],
      [401, 'auth'],
      [403, 'auth'],
      [404, 'not-sent'],
    ] as const
    for (const [status, kind] of cases) {
      respond = onTrade(told({ error: 'X', message: 'no' }, status))
      expect(await session.submit(order())).toMatchObject({ ok: false, error: { kind } })
    }
  })

  it('a token that is revoked in between is told by the next read, and by the news', async () => {
    const session = await open()
    expect((await session.positions()).ok).toBe(true)
    respond = () => told({ error: 'UnauthorizedError', message: 'revoked' }, 401)
    expect(await session.positions()).toMatchObject({ ok: false, error: { kind: 'auth' } })
    const heard = await new Promise((resolve) => session.events((event) => resolve(event.kind)))
    expect(heard).toBe('auth-failed')
    await session.close()
  })

  it('a read that fails for a moment is repeated, a refusal is not', async () => {
    const session = await open()
    await session.balances()
    let failures = 0
    respond = ({ path }) => {
      failures += path.endsWith('/account-information') ? 1 : 0
      return failures === 1 ? told({ error: 'TimeoutError', message: '' }, 504) : undefined
    }
    expect((await session.balances()).ok).toBe(true)
    expect(failures).toBe(2)
  })
})

/** Good in form, and telling of an outcome that nobody knows: whatever else is wrong with it, it is no success. */
const unclear = { ...done, stringCode: 'TRADE_RETCODE_TIMEOUT' }
const anyTrade = hostileTexts([
  unclear,
  { error: 'ValidationError', message: 'm', details: [] },
  { error: 'TooManyRequestsError', metadata: { recommendedRetryTime: time } },
])
const anyRecord = hostileTexts([[position], [deal], [{ ...position, state: 'ORDER_STATE_PLACED', currentVolume: 0.1 }]])

describe('a venue that answers nonsense', () => {
  it('never ends the process, and makes an order that was sent unknown or refused with a code', async () => {
    const session = await open()
    await session.balances()
    const kinds = new Set(['outcome-unknown', 'rejected', 'rate-limited', 'auth', 'not-sent'])
    await fc.assert(
      fc.asyncProperty(anyTrade, fc.constantFrom(200, 200, 200, 400, 418, 429, 500), async (text, status) => {
        respond = onTrade({ status, text })
        const placed = await session.submit(order())
        if (placed.ok) throw new Error(`taken for done: ${text}`)
        expect(kinds).toContain(placed.error.kind)
        if (placed.error.kind === 'rejected') expect(rejectionCodes).toContain(placed.error.code)
        if (status >= 500) expect(placed.error.kind).toBe('outcome-unknown')
      }),
      { numRuns: hostileReplies - readReplies, endOnFailure: true },
    )
  }, 120_000)

  it('fails reads with words, whatever comes', async () => {
    const session = await open()
    await session.balances()
    await fc.assert(
      fc.asyncProperty(anyRecord, async (text) => {
        respond = ({ path }) => (/positions$|orders$|history/.test(path) ? { status: 200, text } : undefined)
        const found = await session.findByClientId(reference)
        if (!found.ok) expect(found.error.kind).toBe('connectivity')
        else if (found.value !== null) expect(found.value.filledQuantity).toMatch(/^\d+(\.\d+)?$/)
        respond = () => undefined
      }),
      { numRuns: readReplies, endOnFailure: true },
    )
  }, 120_000)
})
