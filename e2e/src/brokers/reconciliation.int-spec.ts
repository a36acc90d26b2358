import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { brokersService } from '@tradewire/brokers/service'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Venue } from '@tradewire/contracts/common'
import type { DataOf, EventContract } from '@tradewire/contracts/define-event'
import { readMessage } from '@tradewire/contracts/event-message'
import { orderFilled, positionChanged, positionGone } from '@tradewire/contracts/events/brokers'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import * as accounts from '@tradewire/contracts/rpc/accounts'
import * as books from '@tradewire/contracts/rpc/venue-books'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import { type Submit, submitOf } from './submit-of.ts'

interface Connected {
  readonly id: string
  readonly paperId: string
  readonly userId: string
  readonly venue: Venue
}

const backends = testBackends()
const ids = new UuidV7Source()
const logs = memoryLogger('brokers', 'info')
const symbol = 'BTC/USDT'
const venues: Venue[] = ['paper', 'binance-usdm', 'binance-spot']
const futures: Venue[] = ['paper', 'binance-usdm', 'okx-swap']
/** Two looks a read lag of 2 s apart, and the way to them. */
const withinMs = 12_000
let paper: PaperWorld
let service: TestService

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  service = await startTestService(brokersService, backends, {
    logger: logs.logger,
    settings: {
      BROKERS_PAPER_URL: paper.url,
      BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
      BROKERS_LEASE_MS: '2000',
      BROKERS_RECONCILE_EVERY_MS: '1000',
      BROKERS_REQUEST_TIMEOUT_MS: '1500',
    },
  })
})

beforeEach(() => paper.price('40000'))
afterEach(() => paper.clearFaults())

async function connect(venue: Venue, before?: (paperId: string) => Promise<void>): Promise<Connected> {
  const made = await paper.account(venue)
  await before?.(made.accountId)
  const userId = ids.next()
  const account = { venue, environment: 'paper' as const, label: 'Test', credentials: made.credentials }
  const caller = { userId, roles: ['follower' as const] }
  const reply = await service.app.get(RpcClient).ask(accounts.connectAccount, { caller, account })
  if (!reply.ok) throw new Error(JSON.stringify(reply.error))
  return { id: reply.value.id, paperId: made.accountId, userId, venue }
}

async function send(...commands: readonly Submit[]): Promise<void> {
  await service.app.get(Database).transact(async (tx) => tx.append(orderSubmit, commands))
}

async function told<Contract extends EventContract>(
  contract: Contract,
  accountId: string,
): Promise<DataOf<Contract>[]> {
  const rows = await backends.query<{ body: string }>('select body from brokers.outbox order by id')
  return rows
    .flatMap(({ body }) => readMessage(body).events as readonly unknown[] as readonly { name: string; data: never }[])
    .filter(({ name, data }) => name === contract.name && (data as { accountId: string }).accountId === accountId)
    .map(({ data }) => data)
}

async function buy(account: Connected, part: Partial<Submit> = {}): Promise<Submit> {
  const command = submitOf(account, part)
  await send(command)
  await eventually(
    async () => (await told(orderFilled, account.id)).some((each) => each.intentId === command.intentId),
    {
      withinMs,
      describe: 'the fill of the entry',
    },
  )
  return command
}

async function report(account: Connected, query: { state?: 'open' | 'resolved'; kind?: books.DriftKind } = {}) {
  const caller = { userId: account.userId, roles: ['follower' as const] }
  const request = { caller, accountId: account.id, page: { limit: 50 }, ...query }
  const reply = await service.app.get(RpcClient).ask(books.listDrift, request)
  if (!reply.ok) throw new Error(JSON.stringify(reply.error))
  return reply.value
}

function found(account: Connected, kind: books.DriftKind, state: 'open' | 'resolved') {
  return eventually(async () => (await report(account, { kind, state })).items[0], {
    withinMs,
    describe: `${kind} among the ${state} findings`,
  })
}

/** As the venue's own books have it. */
async function executedAt({ venue, paperId }: Connected, clientOrderId: string): Promise<string | undefined> {
  const { fills } = await paper.ledger({ venue, accountId: paperId })
  return fills.findLast((fill) => fill.clientOrderId === clientOrderId)?.at
}

const hand = (account: Connected) => ({ accountId: account.paperId, symbol })

describe.each(venues)('reconciling an account at %s', (venue) => {
  it('tells of a position that its owner closed by hand, once, with price, time and reason', async () => {
    const account = await connect(venue)
    await buy(account)
    // On spot the account holds a coin of its own beside ours, and that goes first.
    await paper.price('41000')
    await paper.trade(
      venue === 'binance-spot'
        ? { ...hand(account), side: 'sell', quantity: '1.01' }
        : { ...hand(account), close: true },
    )
    const [gone] = await eventually(
      async () => {
        const all = [...(await told(positionGone, account.id)), ...(await told(positionChanged, account.id))]
        return all.length > 0 ? all : undefined
      },
      { withinMs, describe: 'news of the lost position' },
    )
    expect(gone).toMatchObject({ userId: account.userId, symbol, side: 'buy', reason: 'manual' })
    expect(Number(gone?.price)).toBeGreaterThan(40_900)
    expect(gone?.evidence.clientOrderId).toMatch(/^web_/)
    expect(gone?.executedAt).toBe(await executedAt(account, gone?.evidence.clientOrderId ?? ''))
    await found(account, 'position-lost', 'resolved')
    await found(account, 'external-trade', 'resolved')
    expect((await report(account)).counts).toContainEqual({ kind: 'position-lost', open: 0, resolved: 1 })
  })

  it('records what its owner holds and orders by hand, and touches neither', async () => {
    const account = await connect(venue)
    await buy(account)
    await paper.trade({ ...hand(account), side: 'buy', quantity: '0.03' })
    await paper.trade({ ...hand(account), side: 'buy', quantity: '0.01', price: '30000' })
    await found(account, 'external-order', 'open')
    await eventually(
      async () =>
        (await report(account, { kind: 'external-trade' })).items.some(({ details }) => details['quantity'] === '0.03'),
      { withinMs },
    )
    const [position] = (await report(account, { kind: 'external-position', state: 'open' })).items
    expect(Number(position?.details['quantity'])).toBeCloseTo(venue === 'binance-spot' ? 1.03 : 0.03, 3)
    const ledger = await paper.ledger({ venue, accountId: account.paperId })
    expect(ledger.orders.filter(({ status }) => status === 'open')).toHaveLength(1)
    expect(ledger.orders).toHaveLength(3)
    expect([await told(positionGone, account.id), await told(positionChanged, account.id)]).toEqual([[], []])
  })

  it('finds a fill that no stream told of, with the time at which it was executed', async () => {
    const account = await connect(venue)
    const entry = submitOf(account, { type: 'limit', price: '39000' })
    await send(entry)
    const clientOrderId = base36OfUuid(entry.intentId)
    await eventually(async () =>
      (await paper.ledger({ venue, accountId: account.paperId })).orders.some(
        (order) => order.clientOrderId === clientOrderId,
      ),
    )
    await paper.fault({ kind: 'disconnect-streams', accountId: account.paperId })
    await paper.price('38900')
    const news = await eventually(
      async () => (await told(orderFilled, account.id)).find((each) => each.intentId === entry.intentId),
      { withinMs },
    )
    expect(news.executedAt).toBe(await executedAt(account, clientOrderId))
  })

  it('lets an entry wait until the account has been read, with a code, and an exit pass', async () => {
    const account = await connect(venue)
    await buy(account)
    // Reads are answered when nobody waits for them any more.
    await paper.fault({ kind: 'latency', accountId: account.paperId, operation: 'read', milliseconds: 5_000 })
    await restart()
    const entry = submitOf(account, { expiresAt: new Date(Date.now() + 2_500).toISOString() })
    const other = submitOf(account)
    const exit = submitOf(account, {
      purpose: 'close',
      leg: 'close-1',
      side: 'sell',
      leverage: null,
      expiresAt: null,
      reduceOnly: venue !== 'binance-spot',
    })
    await send(entry, other, exit)
    const rows = () =>
      backends.query<{ intent_id: string; state: string; reason_code: string | null }>(
        'select intent_id, state, reason_code from brokers.attempt where intent_id = any($1::uuid[])',
        [[entry, other, exit].map(({ intentId }) => intentId)],
      )
    const stateOf = async (command: Submit) => (await rows()).find((row) => row.intent_id === command.intentId)
    await eventually(async () => (await stateOf(entry))?.reason_code === 'EXPIRED_BEFORE_SEND', { withinMs })
    expect(await stateOf(other)).toMatchObject({ reason_code: 'ACCOUNT_NOT_READ_YET' })
    expect(await stateOf(exit)).toMatchObject({ state: 'filled' })
    await paper.clearFaults()
    await eventually(async () => (await stateOf(other))?.state === 'filled', { withinMs: 40_000 })
  })
})

async function restart(): Promise<void> {
  await service.stop()
  service = await startTestService(brokersService, backends, { logger: logs.logger, settings: service.environment })
}

describe.each(futures)('reconciling positions at %s', (venue) => {
  it('tells of a part that its owner closed by hand, and what is left', async () => {
    const account = await connect(venue)
    await buy(account)
    await paper.trade({ ...hand(account), side: 'sell', quantity: '0.005' })
    const [changed] = await eventually(
      async () => {
        const all = await told(positionChanged, account.id)
        return all.length > 0 ? all : undefined
      },
      { withinMs },
    )
    expect(changed).toMatchObject({ lostQuantity: '0.005', heldQuantity: '0.015', reason: 'manual', side: 'buy' })
    expect(await told(positionGone, account.id)).toEqual([])
  })

  it('knows a liquidation by the order of the venue', async () => {
    const account = await connect(venue)
    await buy(account, { quantity: '40' })
    await paper.price('10000')
    const [gone] = await eventually(
      async () => {
        const all = await told(positionGone, account.id)
        return all.length > 0 ? all : undefined
      },
      { withinMs, describe: 'news of the liquidation' },
    )
    expect(gone).toMatchObject({ lostQuantity: '40', heldQuantity: '0', reason: 'liquidation' })
    // OKX says it of the order in words of its own; the others by the order's id.
    if (venue !== 'okx-swap') expect(gone?.evidence.clientOrderId).toMatch(/^autoclose-/)
  })

  it('leaves alone what stood there before the account was connected', async () => {
    const account = await connect(venue, (paperId) =>
      paper.trade({ accountId: paperId, symbol, side: 'buy', quantity: '0.5' }),
    )
    await found(account, 'external-position', 'open')
    await buy(account)
    await paper.trade({ ...hand(account), side: 'sell', quantity: '0.5' })
    await eventually(
      async () => (await report(account, { kind: 'external-position', state: 'resolved' })).items.length === 1,
      {
        withinMs,
      },
    )
    expect([await told(positionGone, account.id), await told(positionChanged, account.id)]).toEqual([[], []])
  })
})

it('shows the report to nobody but the owner and operators', async () => {
  const account = await connect('paper')
  const page = { limit: 50 }
  const ask = (userId: string, roles: ('follower' | 'operator')[]) =>
    service.app.get(RpcClient).ask(books.listDrift, { caller: { userId, roles }, accountId: account.id, page })
  const stranger = await ask(ids.next(), ['follower'])
  expect(stranger.ok ? null : stranger.error.code).toBe('ACCOUNT_NOT_FOUND')
  expect((await ask(ids.next(), ['operator'])).ok).toBe(true)
})
