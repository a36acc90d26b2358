import { sessionRevoked } from '@tradewire/contracts/events/identity'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { exampleOf } from '@tradewire/testkit/example-of'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { Database } from './database.ts'
import { roleUrl, runMigrations } from './migrations.ts'
import { narrowSql, ownRows } from './own-rows.ts'

const backends = testBackends({ nats: false, ownPostgres: true })
const [anna, berta] = ['01963a5e-0000-7000-8000-00000000000a', '01963a5e-0000-7000-8000-00000000000b'] as const
const everything = 'select n from note where n > $1 order by n'
let database: Database

beforeAll(async () => {
  await runMigrations({
    adminUrl: backends.adminUrl,
    service: 'notes',
    schema: 'notes',
    role: 'notes',
    password: 'test-only',
    migrations: [
      {
        name: '001-notes',
        sql: [
          'create table note (n int primary key, user_id uuid not null)',
          'create table page (n int not null, page int not null)',
          'create table colour (name text primary key)',
          'create table secret (text text)',
          'create table draft (n int primary key, user_id uuid not null, text text not null)',
          'create table word (n int not null references draft on delete cascade, word text not null)',
          ...ownRows({
            byUser: ['note', 'draft'],
            derived: {
              page: 'exists (select from note where note.n = page.n)',
              word: 'exists (select from draft where draft.n = word.n)',
            },
            shared: ['colour'],
            changed: ['draft', 'word'],
          }),
        ],
      },
    ],
  })
  database = await Database.connect({
    url: roleUrl(backends.adminUrl, 'notes', 'test-only'),
    schema: 'notes',
    // One connection, so that every statement meets what the one before has left.
    poolMax: 1,
    applicationName: 'notes',
    clock: new SystemClock(),
    ids: new UuidV7Source(),
    unsafeDurability: true,
  })
  backends.onStop(() => database.close())
  await database.query('insert into note values (1, $1), (2, $2), (3, $1)', [anna, berta])
  await database.query(`insert into page values (1, 1), (2, 1), (2, 2), (3, 1)`)
  await database.query(`insert into colour values ('red')`)
  await database.query(`insert into draft values (1, $1, 'hers'), (2, $2, 'hers')`, [anna, berta])
  await database.query(`insert into word values (1, 'a'), (2, 'b')`)
})

const numbers = async (ownerId: string | null, sql = everything, parameters: unknown[] = [0]) =>
  (await database.queryOwn<{ n: number }>(ownerId, sql, parameters)).map(({ n }) => n)

describe('reading for one user', () => {
  it('shows the rows of that user alone, whoever was read for before, with the same prepared statement', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await numbers(anna)).toEqual([1, 3])
      expect(await numbers(berta)).toEqual([2])
      expect(await numbers(null)).toEqual([1, 2, 3])
    }
  })

  it('is planned by the values that are asked for', async () => {
    const sql = 'select n from note where n > $1 order by n limit $2'
    const plans = await database.transactOwn(anna, async (tx) => {
      await tx.query(sql, [0, 1])
      return tx.query('select custom_plans::int as count from pg_prepared_statements where statement = $1', [sql])
    })
    expect(plans).toEqual([{ count: 1 }])
  })

  it('reaches rows whose owner another table names, and what is everybody’s', async () => {
    expect(await numbers(berta, 'select n, page from page order by page', [])).toEqual([2, 2])
    expect(await database.queryOwn(berta, 'select * from colour')).toEqual([{ name: 'red' }])
  })

  it('reaches no table that was not granted, and writes nothing', async () => {
    for (const sql of [
      'select * from secret',
      'select * from outbox',
      `insert into colour values ('blue')`,
      'delete from note',
      `update note set user_id = '${anna}'`,
    ]) {
      await expect(database.queryOwn(anna, sql), sql).rejects.toThrow(/permission denied/)
    }
    expect(await numbers(null)).toEqual([1, 2, 3])
  })

  it('without a user shows nothing: the wall stands when the question is forgotten', async () => {
    for (const nobody of ['', null]) {
      const rows = await database.transact(async (tx) => {
        await tx.query(narrowSql, [nobody])
        return tx.query(everything, [0])
      })
      expect(rows).toEqual([])
    }
  })

  it('ends with its transaction, also with one that fails', async () => {
    await expect(database.queryOwn(anna, 'select 1 / 0')).rejects.toThrow()
    const [row] = await database.query<{ role: string; owner: string | null }>(
      `select current_user as role, nullif(current_setting('tradewire.owner', true), '') as owner`,
    )
    expect(row).toEqual({ role: 'notes', owner: null })
  })
})

const drafts = () => database.query<{ n: number; text: string }>('select n, text from draft order by n')

describe('changing for one user', () => {
  it('reaches the rows of that user alone, when a statement forgets to ask', async () => {
    await database.transactOwn(anna, (tx) => tx.query(`update draft set text = 'changed'`))
    expect(await drafts()).toEqual([
      { n: 1, text: 'changed' },
      { n: 2, text: 'hers' },
    ])
    await database.transactOwn(anna, (tx) => tx.query('delete from word'))
    expect(await database.query('select n from word')).toEqual([{ n: 2 }])
  })

  it('makes nothing in the name of somebody else, and gives nothing away', async () => {
    for (const sql of [
      `insert into draft values (3, '${berta}', 'forged')`,
      `update draft set user_id = '${berta}'`,
      `insert into word values (2, 'forged')`,
    ]) {
      await expect(
        database.transactOwn(anna, (tx) => tx.query(sql)),
        sql,
      ).rejects.toThrow(/row-level security/)
    }
  })

  it('locks what is theirs, takes what hangs on it along, and tells of it', async () => {
    const told: string[] = []
    const stop = database.onCommitted((messages) => told.push(...messages.map(({ subject }) => subject)))
    await database.transactOwn(anna, async (tx) => {
      await tx.query(`insert into draft values (4, $1, 'new')`, [anna])
      await tx.query(`insert into word values (4, 'c')`)
      expect(await tx.query('select n from draft for update')).toEqual([{ n: 1 }, { n: 4 }])
      await tx.query('delete from draft where n = 4')
      tx.append(sessionRevoked, exampleOf(sessionRevoked, { userId: anna }))
    })
    stop()
    expect(told).toEqual([sessionRevoked.name])
    expect(await database.query('select n from word order by n')).toEqual([{ n: 2 }])
  })
})
