import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { tradeClosed } from '@tradewire/contracts/events/orders'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/returns'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { valueOf } from '@tradewire/testkit/value-of'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportingService } from '../service.ts'
import { MyfxbookServer } from '../testing/myfxbook-server.ts'
import { VerifyStrategies } from '../use-cases/verify-strategies/verify-strategies.use-case.ts'

const backends = testBackends()
const strategyId = '01963a5e-0000-7000-8000-0000000000b1'
const caller = { userId: '01963a5e-0000-7000-8000-0000000000a1', roles: ['follower' as const] }
const link = 'https://www.myfxbook.com/members/trader/strategy123/1234567'
/** As MyFxBook has it: `monthly` is text. The one trade below brings 5 %. */
const shown = { id: 1234567, name: 'Breakout', gain: 5.4, monthly: '4.60', drawdown: 0.3, profitFactor: 1.85 }

let myfxbook: MyfxbookServer
let service: TestService

beforeAll(async () => {
  myfxbook = await MyfxbookServer.start()
  service = await startTestService(reportingService, backends, {
    settings: {
      REPORTING_MYFXBOOK_URL: myfxbook.url,
      REPORTING_MYFXBOOK_EMAIL: 'desk@trade.example',
      REPORTING_MYFXBOOK_PASSWORD: 'right',
    },
  })
  await tell(1, undefined)
  await service.app.get(Database).transact(async (tx) => {
    const figures = { quantity: '1', openPrice: '100', realizedPnl: '5', fees: '1' }
    tx.append(tradeClosed, exampleOf(tradeClosed, { strategyId, ...figures }))
    await Promise.resolve()
  })
  await eventually(async () => (await returns()).trades === 1)
})
afterAll(() => myfxbook.stop())

async function tell(revision: number, myfxbookUrl: string | undefined): Promise<void> {
  const told = { strategyId, name: 'Breakout', active: true, revision, ...(myfxbookUrl && { myfxbookUrl }) }
  await service.app.get(Database).transact(async (tx) => {
    tx.append(strategyChanged, exampleOf(strategyChanged, told))
    await Promise.resolve()
  })
  await eventually(async () => {
    const answer = await service.app.get(RpcClient).ask(rpc.getStrategyReturns, { caller, strategyId })
    return answer.ok && answer.value.myfxbook?.url === myfxbookUrl
  })
}

async function returns() {
  return valueOf(await service.app.get(RpcClient).ask(rpc.getStrategyReturns, { caller, strategyId }))
}

const verify = () => service.app.get(VerifyStrategies).execute()

describe('a strategy with a link to MyFxBook', () => {
  it('is not asked about without a link', async () => {
    expect((await returns()).myfxbook).toBeNull()
    expect(await verify()).toBeNull()
    expect(myfxbook.calls).toEqual([])
  })

  it('shows what stands there and whether ours agrees, and is left in peace for a while', async () => {
    await tell(2, link)
    expect((await returns()).myfxbook).toEqual({ url: link, verification: null })
    myfxbook.accounts = [{ ...shown, id: 4567 }, shown]
    expect(await verify()).toBeNull()
    expect((await returns()).myfxbook?.verification).toMatchObject({
      verdict: 'agrees',
      figures: {
        totalReturnPercent: '5.4',
        monthlyReturnPercent: '4.60',
        maximumDrawdownPercent: '-0.3',
        profitFactor: '1.85',
      },
    })
    expect(await verify()).toBeNull()
    expect(myfxbook.calls).toEqual(['login', 'get-my-accounts', 'logout'])
  })

  it('keeps its verdict while nobody answers, and gets another one when the figures are others', async () => {
    const due = () => backends.query(`update reporting.listed_strategy set asked_at = '2000-01-01'`)
    await due()
    myfxbook.accounts = null
    expect(await verify()).toContain('get-my-accounts')
    expect((await returns()).myfxbook?.verification?.verdict).toBe('agrees')
    await due()
    myfxbook.accounts = [{ ...shown, monthly: '-12.5' }]
    expect(await verify()).toBeNull()
    expect((await returns()).myfxbook?.verification?.verdict).toBe('differs')
  })

  it('begins anew with another link, and says when no account is there', async () => {
    await tell(3, link.replace('1234567', '99'))
    expect((await returns()).myfxbook?.verification).toBeNull()
    expect(await verify()).toBeNull()
    expect((await returns()).myfxbook?.verification).toMatchObject({ verdict: 'not-found', figures: null })
  })
})
