import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { describe, expect, it } from 'vitest'
import { ordersService } from './service.ts'
import { StandIn } from './testing/stand-in.ts'

const backends = testBackends()
const operator: Caller = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator'] }
const minuteMs = 60_000

class WrongClock extends SystemClock {
  private readonly aheadMs: number

  constructor(aheadMs: number) {
    super()
    this.aheadMs = aheadMs
  }

  override now(): Date {
    return new Date(super.now().getTime() + this.aheadMs)
  }
}

describe('a machine whose clock is wrong', () => {
  it.each([
    ['ahead', 10 * minuteMs, '01963a5e-0001-7000-8000-000000000001'],
    ['behind', -10 * minuteMs, '01963a5e-0002-7000-8000-000000000001'],
  ])('by ten minutes, %s: a fresh signal is planned, an expired one is refused', async (_name, aheadMs, signalId) => {
    const service = await startTestService(ordersService, backends, { machineClock: new WrongClock(aheadMs) })
    const database = service.app.get(Database)
    const venue = new StandIn(database)
    await venue.found(1)
    const told = new SystemClock().now()
    await venue.signal(signalId.replace('000000000001', '000000000002'), {
      receivedAt: new Date(told.getTime() - minuteMs).toISOString(),
      expiresAt: new Date(told.getTime() - 1_000).toISOString(),
    })
    await venue.signal(signalId)
    const brackets = await eventually(
      async () => {
        const listed = await service.app.get(RpcClient).ask(rpc.listBrackets, { caller: operator, page: {} })
        const own = listed.ok
          ? listed.value.items.filter(({ signalId: id }) => id.startsWith(signalId.slice(0, 13)))
          : []
        return own.length === 2 && own
      },
      { describe: 'both signals are planned' },
    )
    expect(brackets.map(({ denial }) => denial?.code ?? 'planned').toSorted()).toEqual(['STALE_SIGNAL', 'planned'])
    const late = brackets.filter(({ createdAt }) => Math.abs(Date.parse(createdAt) - told.getTime()) > minuteMs)
    expect(late).toEqual([])
    await database.query('update bracket set holds_slot = false')
    await service.stop()
  })
})
