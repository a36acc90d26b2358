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
import { ordersService } from '../service.ts'
import { StandIn } from '../testing/stand-in.ts'

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
    for (const fact of ['instrument', 'follow', 'account', 'balance']) {
      await eventually(async () => (await database.query(`select from ${fact}`)).length > 0, { describe: fact })
    }
    const told = new SystemClock().now()
    await venue.signal(signalId.replace('000000000001', '000000000002'), {
      receivedAt: new Date(told.getTime() - minuteMs).toISOString(),
      expiresAt: new Date(told.getTime() - 1_000).toISOString(),
    })
    await venue.signal(signalId)
    const client = service.app.get(RpcClient)
    const own = <One extends { readonly id: string }>(items: readonly One[], idOf: (one: One) => string) =>
      items.filter((one) => idOf(one).startsWith(signalId.slice(0, 13)))
    const [planned, refused] = await eventually(
      async () => {
        const brackets = await client.ask(rpc.listBrackets, { caller: operator, page: {} })
        const signals = await client.ask(rpc.listRefusedSignals, { caller: operator, page: {} })
        if (!brackets.ok || !signals.ok) return false
        const [bracket] = own(brackets.value.items, (one) => one.signalId)
        const [signal] = own(signals.value.items, (one) => one.id)
        return bracket !== undefined && signal !== undefined && ([bracket, signal] as const)
      },
      { describe: 'one signal is planned, the other refused' },
    )
    expect(planned.denial).toBeNull()
    expect(refused.denial.code).toBe('STALE_SIGNAL')
    for (const at of [planned.createdAt, refused.refusedAt]) {
      expect(Math.abs(Date.parse(at) - told.getTime())).toBeLessThan(minuteMs)
    }
    await database.query('update bracket set holds_slot = false')
    await service.stop()
  })
})
