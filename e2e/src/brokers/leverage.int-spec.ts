import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { Sessions } from '@tradewire/brokers/ports/sessions.port'
import { brokersService } from '@tradewire/brokers/service'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { CardTable } from '@tradewire/chaos/conformance/run-card'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import type { Venue } from '@tradewire/contracts/common'
import { readMessage } from '@tradewire/contracts/event-message'
import { orderFilled } from '@tradewire/contracts/events/brokers'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import * as rpc from '@tradewire/contracts/rpc/accounts'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { submitOf } from './submit-of.ts'

interface Follower {
  readonly id: string
  readonly paperId: string
  readonly venue: Venue
  /** Another client of the same account, with its own key: what its owner does by hand. */
  readonly owner: BrokerSession
  /** What the venue told the owner's client that the leverage became, each time that somebody set it. */
  readonly heard: number[]
}

const backends = testBackends()
const ids = new UuidV7Source()
const operator = { userId: ids.next(), roles: ['operator' as const] }
const planned = 5
const byHand = 50
const filledWithinMs = 15_000
let paper: PaperWorld
let table: CardTable
let service: TestService
let logs: ReturnType<typeof memoryLogger>
const owners: BrokerSession[] = []

async function start(): Promise<TestService> {
  logs = memoryLogger('brokers', 'debug')
  return startTestService(brokersService, backends, {
    logger: logs.logger,
    settings: {
      BROKERS_PAPER_URL: paper.url,
      BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
      BROKERS_LEASE_MS: '2000',
    },
  })
}

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  table = new CardTable(paper)
  service = await start()
})

beforeEach(() => paper.price('40000'))
afterEach(async () => {
  await paper.clearFaults()
  await Promise.all(owners.splice(0).map((owner) => owner.close()))
})

async function follower(venue: Venue): Promise<Follower> {
  const made = await paper.account(venue)
  const account = { venue, environment: 'paper' as const, label: 'Test', credentials: made.credentials }
  const reply = await service.app.get(RpcClient).ask(rpc.connectAccount, { caller: operator, account })
  if (!reply.ok) throw new Error(JSON.stringify(reply.error))
  const owner = await table.connect(
    allBrokers.find(({ id }) => id === venue)!,
    made,
  )
  owners.push(owner)
  const heard: number[] = []
  let up = false
  owner.events((event) => {
    if (event.kind === 'leverage') heard.push(event.leverage)
    if (event.kind === 'stream-up') up = true
  })
  await eventually(() => up, { describe: "the stream of the owner's client" })
  await streams(reply.value.id)
  return { id: reply.value.id, paperId: made.accountId, venue, owner, heard }
}

const streams = (accountId: string) =>
  eventually(() => service.app.get(Sessions).known(accountId)?.session.health().streaming === true, {
    withinMs: filledWithinMs,
    describe: "the account's stream",
  })

async function enter(account: Follower, leverage = planned): Promise<void> {
  const command = submitOf(account, { leverage })
  await service.app.get(Database).transact(async (tx) => tx.append(orderSubmit, [command]))
  const filled = async (): Promise<boolean> => {
    const rows = await backends.query<{ body: string }>('select body from brokers.outbox')
    const events = rows.flatMap(({ body }) => readMessage(body).events)
    return events.some(
      ({ name, data }) => name === orderFilled.name && (data as { intentId: string }).intentId === command.intentId,
    )
  }
  await eventually(filled, { withinMs: filledWithinMs, describe: 'the order is filled' })
}

async function setByHand(account: Follower): Promise<void> {
  expect(await account.owner.setLeverage('BTC/USDT', byHand)).toMatchObject({ ok: true })
}

async function leverageAtVenue(account: Follower): Promise<number | undefined> {
  const { positions } = await paper.ledger({ venue: account.venue, accountId: account.paperId })
  return positions[0]?.leverage
}

async function remembered(account: Follower): Promise<readonly number[]> {
  const rows = await backends.query<{ leverage: number }>(
    'select leverage from brokers.account_leverage where account_id = $1',
    [account.id],
  )
  return rows.map(({ leverage }) => leverage)
}

async function rememberedAt(account: Follower): Promise<unknown> {
  return backends.query('select set_at from brokers.account_leverage where account_id = $1', [account.id])
}

const isRemembered = (account: Follower, ...wanted: readonly number[]) =>
  eventually(async () => String(await remembered(account)) === String(wanted), {
    describe: `what is remembered is ${wanted.join() || 'nothing'}`,
  })

describe('an account whose owner changes the leverage at the venue', () => {
  it('has its next order opened with the leverage that it was planned with', async () => {
    const account = await follower('binance-usdm')
    await enter(account)
    await isRemembered(account, planned)
    await setByHand(account)
    await isRemembered(account)
    await enter(account)
    expect(await leverageAtVenue(account)).toBe(planned)
    await isRemembered(account, planned)
  })

  it('is not believed to stand as it was when the stream was away meanwhile', async () => {
    const account = await follower('binance-usdm')
    await enter(account)
    await paper.fault({ kind: 'disconnect-streams', accountId: account.paperId })
    await eventually(() => logs.text().includes('a stream of updates is down'), { describe: 'the stream is down' })
    await setByHand(account)
    await paper.clearFaults()
    await enter(account)
    expect(await leverageAtVenue(account)).toBe(planned)
  })

  it('is not believed to stand as it was by a process that was not there', async () => {
    const account = await follower('binance-usdm')
    await enter(account)
    await isRemembered(account, planned)
    await service.stop()
    await setByHand(account)
    service = await start()
    await enter(account)
    expect(await leverageAtVenue(account)).toBe(planned)
  })
})

describe('an account whose orders are planned with several leverages', () => {
  it('has one set when it changes, and hears its own change without setting it again', async () => {
    const account = await follower('binance-usdm')
    for (const leverage of [planned, planned, 20, 20, planned, planned]) await enter(account, leverage)
    await eventually(() => account.heard.length >= 3, { describe: 'the news of three changes' })
    expect(account.heard).toEqual([planned, 20, planned])
    expect(await leverageAtVenue(account)).toBe(planned)
  })
})

describe.each(['okx-swap', 'paper'] as const)('an account at %s, which tells no changes', (venue) => {
  it('has no leverage set again by the next process, and another one when it changes', async () => {
    const account = await follower(venue)
    await enter(account)
    await isRemembered(account, planned)
    const setAt = await rememberedAt(account)
    await service.stop()
    service = await start()
    await enter(account)
    expect(await rememberedAt(account)).toEqual(setAt)
    await enter(account, 20)
    await isRemembered(account, 20)
    expect(await leverageAtVenue(account)).toBe(20)
  })

  it('has none remembered while the answer to another one is awaited: the next process would believe the wrong one', async () => {
    const account = await follower(venue)
    await enter(account)
    await isRemembered(account, planned)
    await paper.fault({ kind: 'latency', accountId: account.paperId, operation: 'any', milliseconds: 2_000 })
    const entered = enter(account, 20)
    await isRemembered(account)
    await eventually(async () => (await leverageAtVenue(account)) === 20, { describe: 'the venue has taken it' })
    expect(await remembered(account)).toEqual([])
    await entered
    await isRemembered(account, 20)
  })
})
