import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { everythingFor, insertSample, tablesWithoutWall } from '@tradewire/testkit/second-wall'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { billingService } from '../service.ts'

const backends = testBackends()
const users = ['01963a5e-0000-7000-8000-00000000000a', '01963a5e-0000-7000-8000-00000000000b'] as const
/** What the checks of the tables ask for beside a value of the right type. */
const samples = {
  subscription: { subject_kind: 'plan', cycle: 'monthly', standing: 'ended' },
  payment: {},
  purchase: {},
  invoice: {},
  credit_note: { reason: 'refund', minor: '1' },
  performance_fee: { profit_before: '0', result: '1', high_water_before: '0' },
} as const
let database: Database

beforeAll(async () => {
  const settings = { BILLING_PROVIDERS: 'mock' }
  database = (await startTestService(billingService, backends, { settings })).app.get(Database)
  for (const user of users) {
    for (const [table, sample] of Object.entries(samples)) {
      const own = { id: user, user_id: user, ...sample }
      const unique = {
        invoice: { number: user, payment_id: user },
        credit_note: { number: user, payment_id: user },
        purchase: { payment_id: user },
      }
      const more = table in unique ? unique[table as keyof typeof unique] : {}
      await insertSample(backends, ['billing', table], { ...own, ...more, ...feeOf(table, user) })
    }
    await insertSample(backends, ['billing', 'performance_trade'], { fee_id: user, trade_id: user })
    await insertSample(backends, ['billing', 'payout'], { id: user, owner_id: user, state: 'created' })
  }
})

/** No two fees of one agreement end at one time. */
function feeOf(table: string, user: string): Record<string, string> {
  return table === 'performance_fee' ? { agreement_id: user, currency: 'USD' } : {}
}

describe('a statement for one user that has forgotten every filter', () => {
  it.each([
    ...Object.keys(samples).map((table) => [table, 'user_id'] as const),
    ['performance_trade', 'fee_id'] as const,
    ['payout', 'owner_id'] as const,
  ])('reads of %s what is theirs', async (table, column) => {
    for (const user of users) expect(await everythingFor(database, user, [table, column])).toEqual([user])
    expect(await everythingFor(database, null, [table, column])).toEqual(users)
  })

  it('reaches neither the books nor what others owe, nor changes anything', async () => {
    for (const sql of ['select * from entry', 'select * from customer', `update payment set status = 'refunded'`]) {
      await expect(database.queryOwn(users[0], sql), sql).rejects.toThrow(/permission denied/)
    }
    expect(await tablesWithoutWall(backends, 'billing')).toEqual([])
  })
})
