import 'reflect-metadata'
import { readMessage } from '@tradewire/contracts/event-message'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, expect, it } from 'vitest'
import { reportingService } from '../service.ts'
import { MakeReports } from '../use-cases/make-reports/make-reports.use-case.ts'

const backends = testBackends()
const clock = new ManualClock('2022-10-17T00:30:00.000Z')
/** More than one transaction makes. */
const traders = 450
let service: TestService

beforeAll(async () => {
  service = await startTestService(reportingService, backends, { clock })
  await backends.query(`insert into reporting.ledger_entry
    (trade_id, strategy_id, follow_id, account_id, user_id, kind, amount, currency, occurred_at)
    select uuidv7(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), id, kind, amount, 'USDT', at::timestamptz
    from (select gen_random_uuid() as id from generate_series(1, ${traders})) as trader,
      (values ('gross-pnl', 10.5, '2022-10-10T00:00:00Z'), ('fee', -0.25, '2022-10-16T23:59:59Z'),
        ('gross-pnl', 7, '2022-10-09T23:59:59Z'), ('gross-pnl', 99, '2022-10-17T00:00:00Z')) as entry (kind, amount, at)`)
})

async function told(): Promise<{ userId: string; period: string; results: object[]; tradesClosed: number }[]> {
  const rows = await backends.query<{ body: string }>(
    `select body from reporting.outbox where subject = 'report.made' order by id`,
  )
  return rows.flatMap(({ body }) =>
    readMessage(body).events.map(({ data }) => data as Awaited<ReturnType<typeof told>>[number]),
  )
}

it('everyone who closed trades in the week that is over gets one report of it, however often and by however many it is made', async () => {
  const making = service.app.get(MakeReports)
  await Promise.all([making.execute(), making.execute()])
  await making.execute()
  const weekly = (await told()).filter(({ period }) => period === 'weekly')
  expect(new Set(weekly.map(({ userId }) => userId)).size).toBe(traders)
  expect(weekly).toHaveLength(traders)
  const figures = { tradesClosed: 2, results: [{ currency: 'USDT', realizedPnl: '10.25', fees: '0.25' }] }
  expect(weekly.every((report) => JSON.stringify(report.results) === JSON.stringify(figures.results))).toBe(true)
  expect(weekly[0]).toMatchObject(figures)
  expect((await told()).filter(({ period }) => period === 'monthly')).toEqual([])
  clock.jumpTo('2022-11-01T01:00:00.000Z')
  await making.execute()
  const monthly = (await told()).filter(({ period }) => period === 'monthly')
  expect(monthly).toHaveLength(traders)
  expect(monthly[0]?.results).toEqual([{ currency: 'USDT', realizedPnl: '116.25', fees: '0.25' }])
})
