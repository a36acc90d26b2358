import { brokersService } from '@tradewire/brokers/service'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Venue } from '@tradewire/contracts/common'
import { readMessage } from '@tradewire/contracts/event-message'
import { orderCancel, orderSubmit } from '@tradewire/contracts/events/orders'
import * as rpc from '@tradewire/contracts/rpc/accounts'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { partitionOf } from '@tradewire/kernel/partition'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loseCommit } from './lost-commit.ts'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import { type Submit, submitOf } from './submit-of.ts'

interface Connected {
  readonly id: string
  readonly paperId: string
  readonly venue: Venue
  readonly secret: string
}
interface Told {
  readonly name: string
  readonly data: {
    readonly intentId?: string
    readonly accountId?: string
    readonly revision?: number
    readonly final?: boolean
    readonly fee?: string
    readonly filledQuantity?: string
    readonly reason?: { code: string } | null
  }
}

const backends = testBackends()
const ids = new UuidV7Source()
const logs = memoryLogger('brokers', 'info')
const operator = { userId: ids.next(), roles: ['operator' as const] }
const venues: Venue[] = ['paper', 'binance-usdm', 'binance-spot']
let paper: PaperWorld
let service: TestService

function start(): Promise<TestService> {
  return startTestService(brokersService, backends, {
    logger: logs.logger,
    settings: {
      BROKERS_PAPER_URL: paper.url,
      BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
      BROKERS_LEASE_MS: '2000',
      BROKERS_RECONCILE_EVERY_MS: '1000',
      BROKERS_REQUEST_TIMEOUT_MS: '2000',
    },
  })
}

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  service = await start()
})

beforeEach(() => paper.price('40000'))
afterEach(() => paper.clearFaults())

async function connect(venue: Venue, balance = '1000000'): Promise<Connected> {
  const made = await paper.account(venue, balance)
  const account = { venue, environment: 'paper' as const, label: 'Test', credentials: made.credentials }
  const reply = await service.app.get(RpcClient).ask(rpc.connectAccount, { caller: operator, account })
  if (!reply.ok) throw new Error(JSON.stringify(reply.error))
  return { id: reply.value.id, paperId: made.accountId, venue, secret: made.secret }
}

/** As orders does it: through an outbox, so that JetStream carries it. */
async function send(...commands: readonly Submit[]): Promise<void> {
  await service.app.get(Database).transact(async (tx) => tx.append(orderSubmit, commands))
}

async function told(match: (event: Told) => boolean): Promise<Told[]> {
  const rows = await backends.query<{ body: string }>('select body from brokers.outbox order by id')
  return rows.flatMap(({ body }) => readMessage(body).events as unknown as Told[]).filter(match)
}

function updatesOf(intentId: string): Promise<Told[]> {
  return told(({ name, data }) => data.intentId === intentId && name !== 'order.submit' && name !== 'order.cancel')
}

async function ended(intentId: string, withinMs = 8_000): Promise<Told> {
  return eventually(async () => (await updatesOf(intentId)).find(({ data }) => data.final === true), {
    withinMs,
    describe: `the end of ${intentId}`,
  })
}

async function venueOrders(account: Connected, intentId: string): Promise<number> {
  const { orders } = await paper.ledger({ venue: account.venue, accountId: account.paperId })
  return orders.filter(({ clientOrderId }) => clientOrderId === base36OfUuid(intentId)).length
}

describe('connecting an account', () => {
  it.each(venues)('checks %s, seals the credentials and tells balance and instruments', async (venue) => {
    const account = await connect(venue)
    await eventually(async () => {
      const names = (await told(({ data }) => data.accountId === account.id)).map(({ name }) => name)
      return names.includes('account.connected') && names.includes('balance.updated')
    })
    await eventually(async () => (await told(({ name }) => name === 'instrument.changed')).length > 0)
    const everything = await backends.query<{ all: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as all from (
         select body as t from brokers.outbox union all select fields::text from brokers.account_secret
         union all select a::text from brokers.account a) as x`,
    )
    expect(everything[0]?.all).not.toContain(account.secret)
    expect(logs.text()).not.toContain(account.secret)
  })

  it('refuses a wrong secret and stores nothing', async () => {
    const made = await paper.account('paper')
    const account = { venue: 'paper' as const, credentials: { apiKey: made.apiKey, secret: 'wrong' } }
    const before = await backends.query('select 1 from brokers.account')
    const reply = await service.app.get(RpcClient).ask(rpc.connectAccount, { caller: operator, account })
    expect(reply.ok ? null : reply.error.code).toBe('ACCOUNT_CREDENTIALS_REFUSED')
    expect(await backends.query('select 1 from brokers.account')).toHaveLength(before.length)
  })

  it('hides an account from others than its user and operators', async () => {
    const account = await connect('paper')
    const stranger = { userId: ids.next(), roles: ['follower' as const] }
    const reply = await service.app.get(RpcClient).ask(rpc.getAccount, { caller: stranger, accountId: account.id })
    expect(reply.ok ? null : reply.error.code).toBe('ACCOUNT_NOT_FOUND')
  })
})

describe('exits and entries that come together', () => {
  it('leave exits first, although they came last: before them only what was on its way already', async () => {
    const account = await connect('paper')
    const opened = submitOf(account, { quantity: '0.5' })
    await send(opened)
    await ended(opened.intentId)
    const entries = [1, 2, 3, 4].map(() => submitOf(account))
    const close = submitOf(account, { purpose: 'close', leg: 'close', side: 'sell', reduceOnly: true, expiresAt: null })
    await service.app.get(Database).transact(async (tx) => {
      for (const command of [...entries, close]) tx.append(orderSubmit, command)
    })
    for (const { intentId } of [...entries, close]) await ended(intentId)
    const rows = await backends.query<{ intent_id: string }>(
      'select intent_id from brokers.attempt where intent_id = any ($1) order by sent_at',
      [[...entries, close].map(({ intentId }) => intentId)],
    )
    // An account sends one order at a time, and exits come on a way of their own: one entry may just have left.
    expect(rows.slice(0, 2).map((row) => row.intent_id)).toContain(close.intentId)
  })
})

describe.each(venues)('placing orders at %s', (venue) => {
  it('places an entry once and tells that it was filled, with its fee', async () => {
    const account = await connect(venue)
    const command = submitOf(account)
    await send(command)
    const last = await ended(command.intentId)
    expect(last).toMatchObject({ name: 'order.filled', data: { filledQuantity: '0.02' } })
    await eventually(async () => (await updatesOf(command.intentId)).some(({ data }) => Number(data.fee) > 0))
    expect(await venueOrders(account, command.intentId)).toBe(1)
  })

  it('places one order for a command that comes three times', async () => {
    const account = await connect(venue)
    const command = submitOf(account)
    await Promise.all([send(command), send(command), send(command, command)])
    await ended(command.intentId)
    const rows = await backends.query<{ submissions: number }>(
      'select submissions from brokers.attempt where intent_id = $1',
      [command.intentId],
    )
    expect(rows).toEqual([{ submissions: 1 }])
    expect(await venueOrders(account, command.intentId)).toBe(1)
  })

  it('finds an order whose reply was lost and never sends it again', async () => {
    const account = await connect(venue)
    await paper.fault({ kind: 'drop-reply-after-accept', accountId: account.paperId, next: 1 })
    const command = submitOf(account)
    await send(command)
    expect(await ended(command.intentId)).toMatchObject({ name: 'order.filled' })
    expect(await venueOrders(account, command.intentId)).toBe(1)
    const rows = await backends.query<{ submissions: number }>(
      'select submissions from brokers.attempt where intent_id = $1',
      [command.intentId],
    )
    expect(rows).toEqual([{ submissions: 1 }])
  })

  it('waits for an accepted order that stays invisible, and tells unknown once', async () => {
    const account = await connect(venue)
    await paper.fault({ kind: 'delay-visibility', accountId: account.paperId, milliseconds: 1_200, next: 1 })
    await paper.fault({ kind: 'error-after-accept', accountId: account.paperId, next: 1 })
    const command = submitOf(account)
    await send(command)
    await ended(command.intentId)
    const names = (await updatesOf(command.intentId)).map(({ name }) => name)
    expect(names.filter((name) => name === 'order.unknown').length).toBeLessThanOrEqual(1)
    expect(names).toContain('order.filled')
    expect(await venueOrders(account, command.intentId)).toBe(1)
  })

  it('places a protecting stop and tells its fill when the price comes', async () => {
    const account = await connect(venue)
    const entry = submitOf(account)
    await send(entry)
    await ended(entry.intentId)
    const stop = submitOf(account, {
      purpose: 'stop',
      leg: 'stop-1',
      side: 'sell',
      type: 'stop-market',
      triggerPrice: '38000',
      reduceOnly: true,
      expiresAt: null,
      leverage: null,
    })
    await send(stop)
    await eventually(async () => (await updatesOf(stop.intentId)).some(({ name }) => name === 'order.accepted'))
    await paper.price('37000')
    expect(await ended(stop.intentId)).toMatchObject({ name: 'order.filled', data: { filledQuantity: '0.02' } })
    expect(await venueOrders(account, stop.intentId)).toBe(1)
  })

  it('cancels a working order, and an ended one without harm', async () => {
    const account = await connect(venue)
    const target = submitOf(account, { purpose: 'entry', type: 'limit', price: '30000' })
    await send(target)
    await eventually(async () => (await updatesOf(target.intentId)).some(({ name }) => name === 'order.accepted'))
    const { intentId, bracketId, accountId, purpose } = target
    for (let count = 0; count < 2; count += 1) {
      await service.app
        .get(Database)
        .transact(async (tx) => tx.append(orderCancel, { intentId, bracketId, accountId, purpose }))
    }
    expect(await ended(intentId)).toMatchObject({ name: 'order.cancelled', data: { filledQuantity: '0' } })
    await service.app
      .get(Database)
      .transact(async (tx) => tx.append(orderCancel, { intentId, bracketId, accountId, purpose }))
  })

  it('rejects what the venue refuses, with a stable code', async () => {
    const account = await connect(venue, '1')
    const command = submitOf(account, { quantity: '1' })
    await send(command)
    const last = await ended(command.intentId)
    expect(last).toMatchObject({ name: 'order.rejected', data: { reason: { code: 'INSUFFICIENT_FUNDS' } } })
  })

  it('waits out a rate limit and then places the order once', async () => {
    const account = await connect(venue)
    await paper.fault({ kind: 'rate-limit', accountId: account.paperId, next: 1, milliseconds: 1_000 })
    const command = submitOf(account)
    await send(command)
    expect(await ended(command.intentId)).toMatchObject({ name: 'order.filled' })
    expect(await venueOrders(account, command.intentId)).toBe(1)
  })

  it('does not send an entry that has expired', async () => {
    const account = await connect(venue)
    const command = submitOf(account, { expiresAt: new Date(Date.now() - 1_000).toISOString() })
    await send(command)
    expect(await ended(command.intentId)).toMatchObject({
      name: 'order.rejected',
      data: { reason: { code: 'EXPIRED_BEFORE_SEND' } },
    })
    expect(await venueOrders(account, command.intentId)).toBe(0)
  })
})

describe('a commit whose answer is lost', () => {
  it.each(venues)('does not keep the order that it stored from %s, nor send it twice', async (venue) => {
    const account = await connect(venue)
    const command = submitOf(account)
    loseCommit(service, 'select 1 from brokers.attempt where intent_id = $1', command.intentId)
    await send(command)
    expect(await ended(command.intentId)).toMatchObject({ name: 'order.filled' })
    expect(await venueOrders(account, command.intentId)).toBe(1)
  })

  it('does not keep the cancel that it stored from the venue', async () => {
    const account = await connect('binance-usdm')
    const target = submitOf(account, { type: 'limit', price: '30000' })
    await send(target)
    await eventually(async () => (await updatesOf(target.intentId)).some(({ name }) => name === 'order.accepted'))
    const { intentId, bracketId, accountId, purpose } = target
    loseCommit(service, 'select 1 from brokers.attempt where intent_id = $1 and cancel_requested', intentId)
    const cancel = { intentId, bracketId, accountId, purpose }
    await service.app.get(Database).transact(async (tx) => tx.append(orderCancel, cancel))
    expect(await ended(intentId)).toMatchObject({ name: 'order.cancelled', data: { filledQuantity: '0' } })
  })
})

describe('taking over what a dead process left', () => {
  /** Rows as a killed process leaves them; the venue knows some of the orders. */
  async function leave(command: Submit, state: string): Promise<void> {
    const { intentId, bracketId, signalId, strategyId, accountId, ...terms } = command
    await backends.query(
      `insert into brokers.attempt (intent_id, bracket_id, signal_id, strategy_id, account_id, partition, generation,
         terms, client_order_id, state, submissions, sent_at) values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, now())`,
      [
        intentId,
        bracketId,
        signalId,
        strategyId,
        accountId,
        partitionOf(accountId),
        JSON.stringify(terms),
        base36OfUuid(intentId),
        state,
        state === 'queued' ? 0 : 1,
      ],
    )
  }

  it.each(venues)('settles every attempt at %s with at most one order each', async (venue) => {
    const account = await connect(venue)
    await paper.fault({ kind: 'drop-reply-after-accept', accountId: account.paperId, rate: 1 })
    const arrived = submitOf(account)
    await send(arrived)
    await eventually(async () => (await venueOrders(account, arrived.intentId)) === 1)
    await ended(arrived.intentId)
    await paper.clearFaults()
    await service.stop()

    await backends.query(`update brokers.attempt set state = 'submitting', filled_quantity = 0 where intent_id = $1`, [
      arrived.intentId,
    ])
    const lost = submitOf(account)
    const lostExpired = submitOf(account, { expiresAt: new Date(Date.now() - 1_000).toISOString() })
    const queued = submitOf(account)
    const queuedExpired = submitOf(account, { expiresAt: new Date(Date.now() - 1_000).toISOString() })
    const exit = submitOf(account, {
      purpose: 'close',
      leg: 'close-1',
      side: 'sell',
      reduceOnly: true,
      quantity: '0.01',
      expiresAt: null,
      leverage: null,
    })
    await leave(lost, 'submitting')
    await leave(lostExpired, 'submitting')
    await leave(queued, 'queued')
    await leave(queuedExpired, 'queued')
    await leave(exit, 'queued')
    service = await start()

    const all = [lost, lostExpired, queued, queuedExpired, exit]
    for (const { intentId } of all) await ended(intentId, 15_000)
    const states = await backends.query<{ state: string; reason_code: string | null }>(
      'select state, reason_code from brokers.attempt where intent_id = any($1::uuid[]) order by array_position($1::uuid[], intent_id)',
      [[arrived, ...all].map(({ intentId }) => intentId)],
    )
    expect(states).toEqual([
      { state: 'filled', reason_code: null },
      { state: 'filled', reason_code: null },
      { state: 'rejected', reason_code: 'NEVER_ARRIVED' },
      { state: 'filled', reason_code: null },
      { state: 'rejected', reason_code: 'EXPIRED_BEFORE_SEND' },
      { state: 'filled', reason_code: null },
    ])
    const counts = await Promise.all([arrived, ...all].map(({ intentId }) => venueOrders(account, intentId)))
    expect(counts).toEqual([1, 1, 0, 1, 0, 1])
  })

  it('moves partitions to another process and back to the one that stays', async () => {
    const second = await start()
    const shares = () =>
      backends.query<{ count: number }>(
        'select count(*)::int as count from brokers.partition_lease where owner is not null group by owner order by 1',
      )
    await eventually(async () => expect(await shares()).toEqual([{ count: 8 }, { count: 8 }]) ?? true, {
      withinMs: 10_000,
    })
    const accounts = await Promise.all(Array.from({ length: 6 }, () => connect('paper')))
    const commands = accounts.map((account) => submitOf(account))
    await send(...commands)
    for (const { intentId } of commands) await ended(intentId)
    await second.stop()
    const more = accounts.map((account) => submitOf(account))
    await send(...more)
    for (const { intentId } of more) await ended(intentId, 10_000)
    const counts = await Promise.all(
      [...commands, ...more].map((command, index) =>
        venueOrders(accounts[index % accounts.length] as Connected, command.intentId),
      ),
    )
    expect(counts.every((count) => count === 1)).toBe(true)
  })
})
