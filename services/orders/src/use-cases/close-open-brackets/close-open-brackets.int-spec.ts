import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../../service.ts'
import { type Cancel, ownerId, StandIn, strategyId } from '../../testing/stand-in.ts'
import { PlanSignal } from '../plan-signal/plan-signal.use-case.ts'

const backends = testBackends()
const followers = 80
/** Planned and committed by itself, before the rest. */
const firstChunk = 64
const signalId = '01963a5f-0001-7000-8000-000000000001'
const provider = { userId: ownerId, roles: ['provider' as const] }

let service: TestService
let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.heardOf(followers)
})

const cancelled = async (): Promise<number> => (await venue.commands<Cancel>('order.cancel')).length

describe('a close that comes while a signal is being planned', () => {
  it('is ordered after it: what that planning adds is closed as well', async () => {
    let commit: (() => void) | undefined
    const mayCommit = new Promise<void>((resolve) => (commit = resolve))
    const planning = database.transact(async (tx) => {
      await service.app.get(PlanSignal).execute(venue.signalData(signalId), tx)
      await mayCommit
    })
    // The rest of them stands in a transaction that is about to commit.
    await venue.counted(`bracket where state = 'planned'`, firstChunk)
    const closing = client.ask(rpc.closeStrategy, { caller: provider, strategyId })
    await eventually(async () => (await cancelled()) === firstChunk)
    commit?.()
    await planning
    expect(await closing).toEqual({ ok: true, value: { closing: followers } })
    await eventually(async () => (await cancelled()) === followers)
  })
})
