import 'reflect-metadata'
import { accountConnected, balanceUpdated } from '@tradewire/contracts/events/brokers'
import { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { reportingService } from '../service.ts'

const backends = testBackends()
const users = ['01963a5e-0000-7000-8000-00000000000a', '01963a5e-0000-7000-8000-00000000000b'] as const
const accountOf = (user: string) => user.replace('7000-8000', '7000-9000')
let database: Database

beforeAll(async () => {
  const service = await startTestService(reportingService, backends)
  database = service.app.get(Database)
  await database.transact(async (tx) => {
    users.forEach((userId, index) => {
      const shared = { userId, accountId: accountOf(userId), tradeId: `01963a5e-0000-7000-8000-00000000010${index}` }
      tx.append(tradeOpened, exampleOf(tradeOpened, shared))
      tx.append(tradeClosed, exampleOf(tradeClosed, shared))
      tx.append(accountConnected, exampleOf(accountConnected, { userId, accountId: shared.accountId }))
      tx.append(balanceUpdated, exampleOf(balanceUpdated, { accountId: shared.accountId }))
    })
  })
  for (const table of ['ledger_entry', 'account', 'balance_day']) {
    await eventually(async () => (await ownersIn(null, table)).length === users.length, { describe: table })
  }
})

/** What a statement would read that has forgotten every filter. */
async function ownersIn(reader: string | null, table: string): Promise<string[]> {
  const column = table === 'balance_day' ? 'account_id' : 'user_id'
  const rows = await database.queryOwn<{ owner: string }>(reader, `select distinct ${column} as owner from ${table}`)
  return rows.map(({ owner }) => owner)
}

describe('the second wall between users', () => {
  it.each(['trade', 'ledger_entry', 'account'])(
    'stands in %s when a statement forgets whose rows it reads',
    async (table) => {
      for (const user of users) expect(await ownersIn(user, table)).toEqual([user])
    },
  )

  it('stands in the days of balances, whose owner their account has', async () => {
    for (const user of users) expect(await ownersIn(user, 'balance_day')).toEqual([accountOf(user)])
  })

  it('stands before every table with an owner', async () => {
    const rows = await backends.query<{ table: string }>(
      `select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname in ('user_id', 'account_id') and not a.attisdropped
       where n.nspname = 'reporting' and c.relkind = 'r' and not c.relrowsecurity`,
    )
    expect(rows).toEqual([])
  })
})
