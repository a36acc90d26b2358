import { brokersService } from '@tradewire/brokers/service'
import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { readMessage } from '@tradewire/contracts/event-message'
import { orderFilled } from '@tradewire/contracts/events/brokers'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import * as rpc from '@tradewire/contracts/rpc/accounts'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { partitionCount, partitionOf } from '@tradewire/kernel/partition'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Submit, submitOf } from './submit-of.ts'

interface Connected {
  readonly id: string
  readonly paperId: string
  readonly venue: 'paper'
}

interface Told {
  readonly name: string
  readonly data: { readonly intentId?: string }
}

const backends = testBackends()
const ids = new UuidV7Source()
const operator = { userId: ids.next(), roles: ['operator' as const] }
const endedWithinMs = 15_000
let paper: PaperWorld

async function start(): Promise<{ readonly service: TestService; readonly logs: ReturnType<typeof memoryLogger> }> {
  const logs = memoryLogger('brokers', 'info')
  const service = await startTestService(brokersService, backends, {
    logger: logs.logger,
    settings: {
      BROKERS_PAPER_URL: paper.url,
      BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
      BROKERS_LEASE_MS: '2000',
    },
  })
  return { service, logs }
}

async function connect(service: TestService): Promise<Connected> {
  const made = await paper.account('paper')
  const account = {
    venue: 'paper' as const,
    environment: 'paper' as const,
    label: 'Test',
    credentials: made.credentials,
  }
  const reply = await service.app.get(RpcClient).ask(rpc.connectAccount, { caller: operator, account })
  if (!reply.ok) throw new Error(JSON.stringify(reply.error))
  return { id: reply.value.id, paperId: made.accountId, venue: 'paper' }
}

/** In the half that the first of two processes gives to the second. */
async function connectInUpperHalf(service: TestService): Promise<Connected> {
  for (;;) {
    const account = await connect(service)
    if (partitionOf(account.id) >= partitionCount / 2) return account
  }
}

async function place(service: TestService, command: Submit): Promise<void> {
  await service.app.get(Database).transact(async (tx) => tx.append(orderSubmit, [command]))
  const filled = async (): Promise<boolean> => {
    const rows = await backends.query<{ body: string }>('select body from brokers.outbox')
    const events = rows.flatMap(({ body }) => readMessage(body).events as unknown as readonly Told[])
    return events.some(({ name, data }) => name === orderFilled.name && data.intentId === command.intentId)
  }
  await eventually(filled, { withinMs: endedWithinMs, describe: 'the order is filled' })
}

async function shares(): Promise<readonly number[]> {
  const rows = await backends.query<{ count: number }>(
    'select count(*)::int as count from brokers.partition_lease where owner is not null group by owner order by 1',
  )
  return rows.map(({ count }) => count)
}

const shared = (wanted: readonly number[]) =>
  eventually(async () => JSON.stringify(await shares()) === JSON.stringify(wanted), {
    withinMs: endedWithinMs,
    describe: `partitions are shared as ${wanted.join(' and ')}`,
  })

beforeAll(async () => {
  paper = await startPaperWorld(backends)
})

beforeEach(() => paper.price('40000'))

/** As a killed process leaves it: on its way to the venue, which never heard of it, and cancelled meanwhile. */
async function leaveCancelled(command: Submit): Promise<void> {
  const { intentId, bracketId, signalId, strategyId, accountId, ...terms } = command
  await backends.query(
    `insert into brokers.attempt (intent_id, bracket_id, signal_id, strategy_id, account_id, partition, generation,
       terms, client_order_id, state, submissions, sent_at, cancel_requested)
     values ($1, $2, $3, $4, $5, $6, 0, $7, $8, 'submitting', 1, now(), true)`,
    [
      intentId,
      bracketId,
      signalId,
      strategyId,
      accountId,
      partitionOf(accountId),
      JSON.stringify(terms),
      base36OfUuid(intentId),
    ],
  )
}

async function stateOf({ intentId }: Submit): Promise<string | undefined> {
  const rows = await backends.query<{ state: string }>('select state from brokers.attempt where intent_id = $1', [
    intentId,
  ])
  return rows[0]?.state
}

describe('a process that takes partitions', () => {
  it('does not send again what is absent at the venue and was cancelled', async () => {
    const first = await start()
    const account = await connect(first.service)
    await first.service.stop()
    const command = submitOf(account)
    await leaveCancelled(command)
    const second = await start()
    const ended = async (): Promise<boolean> => ['cancelled', 'filled'].includes((await stateOf(command)) ?? '')
    await eventually(ended, { withinMs: endedWithinMs, describe: 'the order has ended' })
    expect(await stateOf(command)).toBe('cancelled')
    expect((await paper.ledger({ venue: 'paper', accountId: account.paperId })).orders).toEqual([])
    await second.service.stop()
  })

  it('begins again when PostgreSQL failed in the middle of taking them over', async () => {
    const first = await start()
    const account = await connect(first.service)
    await first.service.stop()
    await backends.query('alter table brokers.account rename to account_away')
    const second = await start()
    const failed = (): boolean => second.logs.text().includes('the leases could not be renewed')
    await eventually(failed, { withinMs: endedWithinMs, describe: 'a take-over fails' })
    await backends.query('alter table brokers.account_away rename to account')
    await place(second.service, submitOf(account))
    await second.service.stop()
  })

  it('believes nothing that it knew of an account before another process had it', async () => {
    const first = await start()
    const account = await connectInUpperHalf(first.service)
    await place(first.service, submitOf(account, { leverage: 5 }))
    const second = await start()
    await shared([partitionCount / 2, partitionCount / 2])
    await place(first.service, submitOf(account, { leverage: 20 }))
    await second.service.stop()
    await shared([partitionCount])
    await place(first.service, submitOf(account, { leverage: 5 }))
    const { positions } = await paper.ledger({ venue: 'paper', accountId: account.paperId })
    expect(positions.map(({ leverage }) => leverage)).toEqual([5])
    await first.service.stop()
  })
})
