import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@tradewire/backends/free-port'
import { type ApprovedOrder, approveOrder, type SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession, OrderReference, SessionEvent, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { xapiBroker } from '@tradewire/brokers/adapters/xapi/xapi.adapter'
import type { XapiAddress } from '@tradewire/brokers/adapters/xapi/xapi-link.client'
import { xapiSession } from '@tradewire/brokers/adapters/xapi/xapi-session.client'
import type { PaperCredentials, SetFault } from '@tradewire/contracts/paper/control'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { paperService } from '@tradewire/paper/service'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const testData = join(import.meta.dirname, '../../test-data')
const certificate = readFileSync(join(testData, 'localhost.pem'), 'utf8')
const key = readFileSync(join(testData, 'localhost-key.pem'), 'utf8')
const backends = testBackends({ nats: false })
const ids = new UuidV7Source()
const symbol = 'EUR/USD'

interface Doors {
  readonly main: XapiAddress
  readonly stream: XapiAddress
}

let paper: TestService
let doors: Doors
let account: PaperCredentials
const sessions: BrokerSession[] = []

async function start(tls: boolean): Promise<void> {
  const [mainPort, streamPort] = [await freePort(), await freePort()]
  const settings = {
    PAPER_DATA_DIRECTORY: join(backends.directory, tls ? 'paper-tls' : 'paper-tcp'),
    PAPER_XAPI_MAIN_PORT: String(mainPort),
    PAPER_XAPI_STREAM_PORT: String(streamPort),
    PAPER_XAPI_EXECUTION_MS: '20',
    ...(tls ? { PAPER_XAPI_TLS_CERTIFICATE: certificate, PAPER_XAPI_TLS_KEY: key } : {}),
  }
  paper = await startTestService(paperService, backends, { settings })
  const door = (port: number): XapiAddress => {
    return { kind: 'tcp', host: 'localhost', port, tls: tls ? { certificateAuthority: certificate } : null }
  }
  doors = { main: door(mainPort), stream: door(streamPort) }
}

async function control<Reply>(path: string, body: object): Promise<Reply> {
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(`${paper.url}/control${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(await reply.text())
  return (await reply.json()) as Reply
}

const move = (bid: string, ask: string) => control('/price', { venue: 'xapi', symbol: 'EURUSD', ticks: [{ bid, ask }] })
const fault = (kind: SetFault['kind'], more: Partial<SetFault> = {}) =>
  control('/faults', { kind, accountId: account.accountId, next: 1, ...more })

function open(events: SessionEvent[] = []): BrokerSession {
  const session = xapiSession({
    ...doors,
    login: { userId: account.apiKey, password: account.secret },
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    requestTimeoutMs: 5_000,
    pacingMs: 200,
    historyMs: 2_592_000_000,
  })
  sessions.push(session)
  session.events((event) => events.push(event))
  return session
}

function order(part: Partial<SubmitCommand> = {}): ApprovedOrder {
  const intentId = ids.next()
  const same = { intentId, bracketId: intentId, signalId: intentId, strategyId: intentId, accountId: intentId }
  const approved = approveOrder(
    {
      ...same,
      venue: 'xapi',
      symbol,
      purpose: 'entry',
      leg: 'entry',
      side: 'buy',
      type: 'market',
      quantity: '0.3',
      price: null,
      triggerPrice: null,
      callbackRatePercent: null,
      reduceOnly: false,
      leverage: null,
      expiresAt: null,
      ...part,
    },
    encodeClientOrderId(xapiBroker.capabilities.clientId, intentId),
  )
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const exit = (part: Partial<SubmitCommand>) =>
  order({ purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true, ...part })
const stopAt = (triggerPrice: string, quantity = '0.3') => exit({ type: 'stop-market', triggerPrice, quantity })
const targetAt = (price: string, quantity = '0.1') => exit({ type: 'limit', purpose: 'target', price, quantity })
const referenceOf = ({ clientOrderId, type }: ApprovedOrder, venueOrderId: string | null = null): OrderReference => {
  return { clientOrderId, venueOrderId, symbol, type }
}

async function place(session: BrokerSession, approved: ApprovedOrder): Promise<VenueOrder> {
  const placed = await session.submit(approved)
  if (!placed.ok) throw new Error(`${placed.error.kind}: ${placed.error.message}`)
  return placed.value
}

async function found(session: BrokerSession, reference: OrderReference): Promise<VenueOrder | null> {
  const answer = await session.findByClientId(reference)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

async function heldBy(session: BrokerSession): Promise<unknown> {
  const positions = await session.positions()
  return positions.ok ? positions.value.map(({ side, quantity }) => `${side} ${quantity}`) : positions.error
}

beforeEach(async () => {
  account = await control('/accounts', { venue: 'xapi', balance: '100000' })
  await move('1.1', '1.1002')
})
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
})

describe.each([
  ['plain TCP', false],
  ['TLS', true],
])('an xAPI session over %s', (_transport, tls) => {
  beforeAll(() => start(tls))
  afterAll(() => paper.stop())

  it('opens one position for each part, under stop and targets that end one by one', async () => {
    const events: SessionEvent[] = []
    const session = open(events)
    await eventually(() => events.some(({ kind }) => kind === 'stream-up'))
    const entry = await place(session, order({ parts: ['0.1', '0.2'] }))
    expect(entry).toMatchObject({ status: 'filled', filledQuantity: '0.3', averagePrice: '1.1002', fee: '1.05' })
    const stop = stopAt('1.09')
    const [near, far] = [targetAt('1.11'), targetAt('1.12', '0.2')]
    for (const one of [stop, near, far]) expect(await place(session, one)).toMatchObject({ status: 'working' })
    expect((await session.submit(targetAt('1.13'))).ok).toBe(false)
    await move('1.111', '1.1112')
    const told = (wanted: ApprovedOrder, status: VenueOrder['status']) =>
      eventually(() =>
        events.find(
          (event) =>
            event.kind === 'order' &&
            event.order.clientOrderId === wanted.clientOrderId &&
            event.order.status === status,
        ),
      )
    expect(await told(near, 'filled')).toMatchObject({ order: { filledQuantity: '0.1', averagePrice: '1.11' } })
    expect(await heldBy(session)).toEqual(['buy 0.2'])
    const moved = stopAt('1.1002', '0.2')
    await place(session, moved)
    await session.cancel(referenceOf(stop))
    await move('1.1', '1.1002')
    expect(await told(moved, 'filled')).toMatchObject({ order: { filledQuantity: '0.2', averagePrice: '1.1' } })
    expect(await heldBy(session)).toEqual([])
    expect(await found(session, referenceOf(far))).toMatchObject({ status: 'cancelled', filledQuantity: '0' })
    const fills = await session.fillsSince(symbol, new Date(0))
    expect(fills.ok && fills.value.every(({ clientOrderId }) => clientOrderId !== null)).toBe(true)
  })

  it('knows its exits again after a restart, and leaves a stop where it is in doubt', async () => {
    const first = open()
    await place(first, order())
    const stop = stopAt('1.09')
    const { venueOrderId } = await place(first, stop)
    const second = open()
    expect(await found(second, referenceOf(stop, venueOrderId))).toMatchObject({ status: 'working' })
    const third = open()
    expect(await third.cancel(referenceOf(stop, venueOrderId))).toMatchObject({ ok: true })
    await move('1.089', '1.0892')
    expect(await heldBy(third)).toEqual([])
    const fills = await second.fillsSince(symbol, new Date(0))
    expect(fills.ok && fills.value.map(({ clientOrderId }) => clientOrderId)).toContain(stop.clientOrderId)
  })

  it('calls a lost reply unknown and finds the order, also one that hides for a while', async () => {
    const session = open()
    await session.balances()
    for (const kinds of [['drop-reply-after-accept'], ['drop-reply-after-accept', 'delay-visibility']] as const) {
      for (const kind of kinds) await fault(kind, { milliseconds: 1_500 })
      const lost = order()
      expect(await session.submit(lost)).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
      const seen = await eventually(async () => (await found(session, referenceOf(lost))) ?? undefined)
      expect(seen).toMatchObject({ status: 'filled', filledQuantity: '0.3' })
    }
    const ledger = await fetch(`${paper.url}/control/ledger?accountId=${account.accountId}`)
    expect(((await ledger.json()) as { orders: unknown[] }).orders).toHaveLength(2)
  })

  it('comes back when its streams are cut, and hears again', async () => {
    const events: SessionEvent[] = []
    const session = open(events)
    await eventually(() => events.some(({ kind }) => kind === 'stream-up'))
    await fault('disconnect-streams')
    await eventually(() => events.some(({ kind }) => kind === 'stream-down'))
    await eventually(() => events.filter(({ kind }) => kind === 'stream-up').length === 2, { withinMs: 8_000 })
    const entry = order()
    await place(session, entry)
    await eventually(() =>
      events.some((event) => event.kind === 'order' && event.order.clientOrderId === entry.clientOrderId),
    )
  })

  it('closes a part of a position and never more than there is', async () => {
    const session = open()
    await place(session, order())
    const close = (quantity: string) => exit({ purpose: 'close', leg: 'close-1', quantity })
    expect(await place(session, close('0.1'))).toMatchObject({ status: 'filled', filledQuantity: '0.1' })
    expect(await place(session, close('0.9'))).toMatchObject({ status: 'filled', filledQuantity: '0.2' })
    expect(await session.submit(close('0.1'))).toMatchObject({ ok: false, error: { code: 'REDUCE_ONLY_REFUSED' } })
    expect(await heldBy(session)).toEqual([])
  })

  it('refuses a stop that the price has passed, and an order without money, by their codes', async () => {
    const session = open()
    await place(session, order())
    expect(await session.submit(stopAt('1.2'))).toMatchObject({
      ok: false,
      error: { kind: 'rejected', code: 'WOULD_TRIGGER_IMMEDIATELY' },
    })
    expect(await session.submit(order({ quantity: '90' }))).toMatchObject({
      ok: false,
      error: { kind: 'rejected', code: 'INSUFFICIENT_FUNDS' },
    })
  })
})
