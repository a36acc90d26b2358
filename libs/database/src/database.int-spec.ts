import { defineEvent } from '@tradewire/contracts/define-event'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Database } from './database.ts'
import { roleUrl, runMigrations, type RunMigrationsOptions } from './migrations.ts'
import type { OutboxRow } from './outbox-message.ts'
import { DatabaseUnavailableError, RetryableError, TransactionConflictError } from './retryable-error.ts'
import { ToldInsert } from './told-insert.ts'

const backends = testBackends({ nats: false, ownPostgres: true })
const happened = defineEvent({
  name: 'thing.happened',
  version: 1,
  owner: 'things',
  description: 'For tests.',
  data: z.strictObject({ n: z.int() }),
  example: { n: 1 },
})
const noted = new ToldInsert(
  happened,
  'insert into note select id from unnest($1::uuid[]) as n (id) on conflict do nothing returning id',
  1,
)
const password = "it's a password"
const plansSql = `select generic_plans::int as once, custom_plans::int as "byValues" from pg_prepared_statements where statement = $1`
let database: Database

function service(name: string): RunMigrationsOptions {
  const sql = [
    'create table thing (id int primary key, amount numeric not null)',
    'create table note (id uuid primary key)',
  ]
  return {
    adminUrl: backends.adminUrl,
    service: name,
    schema: name,
    role: name,
    password,
    migrations: [{ name: '001-thing', sql }],
  }
}

function connect(name: string, options: { unsafeDurability?: boolean } = {}): Promise<Database> {
  return Database.connect({
    url: roleUrl(backends.adminUrl, name, password),
    schema: name,
    poolMax: 4,
    applicationName: name,
    clock: new SystemClock(),
    ids: new UuidV7Source(),
    connectionWaitMs: 1_000,
    ...options,
  })
}

beforeAll(async () => {
  await Promise.all([
    runMigrations(service('things')),
    runMigrations(service('others')),
    runMigrations(service('things')),
  ])
  database = await connect('things')
  backends.onStop(() => database.close())
})

describe('migrations', () => {
  it('run once, also when several start at the same moment', async () => {
    expect(await runMigrations(service('things'))).toEqual([])
    const tables = await backends.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'things' order by 1`,
    )
    expect(tables.map(({ name }) => name)).toEqual([
      'bus_store',
      'dead_letter',
      'idempotent_request',
      'inbox',
      'note',
      'outbox',
      'schema_migration',
      'thing',
    ])
  })

  it('give each service a role that sees no other schema and may create none', async () => {
    await expect(database.query('select * from others.thing')).rejects.toThrow(/permission denied/)
    await expect(database.query('create schema mine')).rejects.toThrow(/permission denied/)
    await expect(database.query('create table public.mine (id int)')).rejects.toThrow(/permission denied/)
  })
})

describe('the database', () => {
  it('gives numeric and bigint back as text', async () => {
    const [row] = await database.query('select 0.10::numeric as amount, 9007199254740993::bigint as large')
    expect(row).toEqual({ amount: '0.10', large: '9007199254740993' })
  })

  it('commits work and its events together and tells the listener after the commit', async () => {
    const heard: OutboxRow[] = []
    const stop = database.onCommitted((rows) => heard.push(...rows))
    const value = await database.transact(async (tx) => {
      await tx.query('insert into thing values ($1, $2)', [1, '1.50'])
      tx.append(happened, [{ n: 1 }, { n: 2 }])
      expect(heard).toEqual([])
      return 'done'
    })
    stop()
    expect(value).toBe('done')
    const rows = await database.query<{ id: string; claimed: boolean }>(
      'select id, claimed_until > now() as claimed from outbox order by id',
    )
    expect(rows.map(({ id }) => id).toSorted()).toEqual(heard.map(({ id }) => id).toSorted())
    expect(rows.every(({ claimed }) => claimed)).toBe(true)
  })

  it('inserts rows with their events in one statement, and tells of no row that it did not insert', async () => {
    const heard: OutboxRow[] = []
    const stop = database.onCommitted((rows) => heard.push(...rows))
    const ids = new UuidV7Source()
    const note = (n: number, trace: string | null) => ({ id: ids.next(), data: { n }, trace })
    const [first, second, third] = [note(0, null), note(1, null), note(2, null)]
    const [fourth, fifth] = [note(3, '00-3'), note(4, '00-4')]
    const insert = (...all: readonly (typeof first)[]) => database.insertTold(noted, [all.map(({ id }) => id)], all)
    expect(await insert(second, fourth)).toEqual(new Set([second.id, fourth.id]))
    expect(await insert(second, fourth)).toEqual(new Set())
    expect(await insert(first, second, third, fourth, fifth)).toEqual(new Set([first.id, third.id, fifth.id]))
    stop()
    const numbers = ({ body }: OutboxRow) => JSON.parse(body).events.map(({ data }: { data: { n: number } }) => data.n)
    expect(heard.map(numbers)).toEqual([[1], [3], [0, 2], [4]])
    expect(heard.map(({ trace }) => trace)).toEqual([null, '00-3', null, '00-4'])
    const stored = await database.query<OutboxRow>(
      `select id, subject, body, event_count as "eventCount", split, trace from outbox where id = any($1) order by id`,
      [heard.map(({ id }) => id)],
    )
    expect(stored).toEqual(heard)
  })

  it('leaves nothing of work that throws, and passes its error on', async () => {
    const failing = database.transact(async (tx) => {
      await tx.query('insert into thing values ($1, $2)', [2, '1'])
      tx.append(happened, { n: 3 })
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)
    expect(await database.query('select 1 from thing where id = 2')).toEqual([])
    await expect(database.query('insert into thing values (1, 1)')).rejects.toMatchObject({ code: '23505' })
  })

  it('shows nothing of a refused row when its error is logged, whether a statement or an entity was refused', async () => {
    const { logger, text } = memoryLogger()
    const kept = '271828'
    await database.transact((tx) => tx.query('insert into thing values ($1, $2)', [kept, '1']))
    const statement = ['insert into thing values ($1, $2)', [kept, '1']] as const
    const ways = [
      () => database.transact((tx) => tx.query(...statement)),
      () => database.transact((tx) => tx.manager.query(statement[0], [...statement[1]])),
      () => database.query('insert into thing values ($1, null)', [kept]),
    ]
    for (const way of ways) logger.warn({ err: await way().catch((error: unknown) => error) }, 'refused')
    await database.query('delete from thing where id = $1', [kept])
    expect(text()).toContain('thing_pkey')
    expect(text()).not.toContain(kept)
  })

  it('does not report a commit when work swallowed the error of a statement', async () => {
    const swallowing = database.transact(async (tx) => {
      await tx.query('insert into thing values (3, 1)')
      await tx.query('select 1 / 0').catch(() => undefined)
      tx.append(happened, { n: 4 })
    })
    await expect(swallowing).rejects.toThrow()
    expect(await database.query('select 1 from thing where id = 3')).toEqual([])
    const quiet = database.transact(async (tx) => {
      await tx.query('select 1 / 0').catch(() => undefined)
    })
    await expect(quiet).rejects.toThrow(/undone the transaction/)
  })

  it('commits statements that were only sent, and fails with what their error means', async () => {
    const sql = 'insert into thing values ($1, $2)'
    const told: OutboxRow[] = []
    const stop = database.onCommitted((rows) => told.push(...rows))
    const because = (cause: unknown) => new Error('it is there already', { cause })
    const first = await database.transact(async (tx) => {
      tx.send(sql, [60, '1'], because)
      tx.append(happened, { n: 60 })
      return 'done'
    })
    expect(first).toBe('done')
    expect(told).toHaveLength(1)
    const again = database.transact(async (tx) => {
      await tx.query(sql, [61, '1'])
      tx.send(sql, [60, '1'], because)
      tx.append(happened, { n: 61 })
    })
    await expect(again).rejects.toThrow('it is there already')
    expect(told).toHaveLength(1)
    const thrown = database.transact(async (tx) => {
      tx.send(sql, [60, '1'], because)
      throw new Error('of the work')
    })
    await expect(thrown).rejects.toThrow('of the work')
    const misled = database.transact(async (tx) => {
      tx.send(sql, [60, '1'], because)
      await tx.query('select 1')
    })
    await expect(misled).rejects.toThrow('it is there already')
    expect(await database.query('select id from thing where id in (60, 61)')).toEqual([{ id: 60 }])
    stop()
  })

  it('takes statements that nobody waits for in between, in their order', async () => {
    const rows = await database.transact(async (tx) => {
      const sql = 'insert into thing values ($1, $2) returning id'
      return Promise.all([20, 21, 22].map((id) => tx.query<{ id: number }>(sql, [id, '1'])))
    })
    expect(rows.flat().map(({ id }) => id)).toEqual([20, 21, 22])
  })

  it('lets no statement escape from a transaction that was undone', async () => {
    const escaping = database.transact(async (tx) => {
      await Promise.all([tx.query('select 1 / 0'), tx.query('insert into thing values (40, 1)')])
    })
    await expect(escaping).rejects.toThrow(/division by zero/)
    let late: Promise<unknown> = Promise.resolve()
    await database.transact(async (tx) => {
      await tx.query('select 1')
      late = new Promise((resolve, reject) => {
        setImmediate(() => tx.query('insert into thing values (41, 1)').then(resolve, reject))
      })
      late.catch(() => undefined)
    })
    await expect(late).rejects.toThrow(/has ended/)
    expect(await database.query('select id from thing where id in (40, 41)')).toEqual([])
  })

  it('can use a statement whose preparation was undone with its transaction', async () => {
    const sql = 'select $1::int + 50 as sum'
    const failing = database.transact((tx) => Promise.all([tx.query('select 1 / $1::int', [0]), tx.query(sql, [1])]))
    await expect(failing).rejects.toThrow(/division by zero/)
    const sums = Array.from({ length: 8 }, () => database.transact((tx) => tx.query(sql, [1])))
    expect((await Promise.all(sums)).flat()).toEqual(Array.from({ length: 8 }, () => ({ sum: 51 })))
  })

  it('plans a statement of a transaction once, whatever its values', async () => {
    const sql = 'select amount from thing where id = $1'
    const plans = await database.transact(async (tx) => {
      await tx.query(sql, [1])
      await tx.query(sql, [2])
      return tx.query(plansSql, [sql])
    })
    expect(plans).toEqual([{ once: 2, byValues: 0 }])
  })

  it("nests TypeORM's own transactions as savepoints", async () => {
    await database.transact(async (tx) => {
      await tx.query('insert into thing values (30, 1)')
      const nested = tx.manager.transaction(async (manager) => {
        await manager.query('insert into thing values (31, 1)')
        throw new RangeError('only the inner one')
      })
      await expect(nested).rejects.toThrow(RangeError)
    })
    expect(await database.query('select id from thing where id in (30, 31)')).toEqual([{ id: 30 }])
  })

  it('surfaces a deadlock as a conflict that may be retried', async () => {
    await database.query("insert into thing values (10, '1'), (11, '1') on conflict do nothing")
    const cross = (first: number, second: number, arrived: () => void, other: Promise<void>) =>
      database.transact(async (tx) => {
        await tx.query('update thing set amount = amount + 1 where id = $1', [first])
        arrived()
        await other
        await tx.query('update thing set amount = amount + 1 where id = $1', [second])
      })
    let oneArrived!: () => void
    let twoArrived!: () => void
    const one = new Promise<void>((resolve) => (oneArrived = resolve))
    const two = new Promise<void>((resolve) => (twoArrived = resolve))
    const outcomes = await Promise.allSettled([cross(10, 11, oneArrived, two), cross(11, 10, twoArrived, one)])
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(failed).toHaveLength(1)
    expect(failed.at(0)?.reason).toBeInstanceOf(TransactionConflictError)
    expect(failed.at(0)?.reason).toBeInstanceOf(RetryableError)
  })

  it('makes who locks a name wait for who holds it, and for no other name nor that name of another service', async () => {
    const others = await connect('others')
    const ended: string[] = []
    const lock = (owner: Database, name: string, meanwhile: () => unknown = () => undefined) =>
      owner.transact(async (tx) => {
        await tx.lockNamed(name)
        await meanwhile()
        ended.push(`${owner.schema} ${name}`)
      })
    const isWaiting = async () => {
      const waiting = await backends.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`)
      return waiting.length > 0
    }
    let second: Promise<void> | undefined
    await lock(database, 'one', async () => {
      second = lock(database, 'one')
      await eventually(isWaiting, { describe: 'the second to wait' })
      await lock(database, 'two')
      await lock(others, 'one')
    })
    await second
    await others.close()
    expect(ended).toEqual(['things two', 'others one', 'things one', 'things one'])
  })

  it('refuses a server that may forget commits', async () => {
    await backends.query('alter role others set synchronous_commit = off')
    await expect(connect('others')).rejects.toThrow(/synchronous_commit off/)
    const unsafe = await connect('others', { unsafeDurability: true })
    await unsafe.close()
  })

  it('says that PostgreSQL is away at once, and works again when it is back', async () => {
    await backends.postgres.stopImmediately()
    const beganMs = performance.now()
    await expect(database.transact((tx) => tx.query('select 1'))).rejects.toThrow(DatabaseUnavailableError)
    await expect(database.query('select 1')).rejects.toThrow(DatabaseUnavailableError)
    expect(performance.now() - beganMs).toBeLessThan(500)
  })
})
