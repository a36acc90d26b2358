import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findNatsServer } from './find-nats-server.ts'
import { freePort, portIsFree } from './free-port.ts'
import { isAlive } from './process-identity.ts'
import { readNatsInfo, startNats } from './start-nats.ts'
import { startPostgres } from './start-postgres.ts'
import { startRedis } from './start-redis.ts'

const toolsDirectory = resolve(import.meta.dirname, '../../../.tools')
const answerLimitMs = 2_000
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tradewire-backends-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

describe('PostgreSQL', () => {
  it('runs durably on its own data, keeps them over a stop, and is gone after it', async () => {
    const options = { directory: join(folder, 'postgres'), database: 'books' }
    const first = await startPostgres(options)
    expect(await query(first.url, "select current_setting('fsync') as fsync, current_database() as name")).toEqual([
      { fsync: 'on', name: 'books' },
    ])
    expect(await query(first.url, 'show data_directory')).toEqual([{ data_directory: first.dataDirectory }])
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)
    const second = await startPostgres(options)
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  it('comes back with what it committed after an immediate stop and after being killed', async () => {
    const options = { directory: join(folder, 'crashing') }
    const first = await startPostgres(options)
    await query(first.url, 'create table kept as select 1 as row')
    await first.stopImmediately()
    const second = await startPostgres(options)
    await query(second.url, 'insert into kept values (2)')
    second.signal('SIGKILL')
    expect(await second.exited).toMatchObject({ signal: 'SIGKILL' })
    const third = await startPostgres(options)
    expect(await query(third.url, 'select count(*)::int as rows from kept')).toEqual([{ rows: 2 }])
    await third.stop()
  })

  it('stops the server that a killed starter left behind on the same data', async () => {
    const options = { directory: join(folder, 'orphan') }
    const orphan = await startPostgres(options)
    const notes: string[] = []
    const next = await startPostgres({ ...options, onProgress: (line) => notes.push(line) })
    expect(isAlive(orphan.pid)).toBe(false)
    expect(notes.join()).toContain(String(orphan.pid))
    await next.stop()
  })

  it('keeps its files closed to other users', async () => {
    const running = await startPostgres({ directory: join(folder, 'closed') })
    await running.stop()
    expect((await stat(running.dataDirectory)).mode & 0o077).toBe(0)
  })
})

describe('nats-server', () => {
  it('is new enough, has JetStream on, and keeps its store in the given folder', async () => {
    const binary = await findNatsServer({ toolsDirectory })
    const running = await startNats({ directory: join(folder, 'nats'), executable: binary.path, serverName: 'ours' })
    expect(await readNatsInfo(running.port, answerLimitMs)).toMatchObject({ server_name: 'ours', jetstream: true })
    expect((await stat(running.storeDirectory)).isDirectory()).toBe(true)
    await running.stop()
    expect(isAlive(running.pid)).toBe(false)
  })

  it('refuses a port that another nats-server holds and says why', async () => {
    const { path: executable } = await findNatsServer({ toolsDirectory })
    const first = await startNats({ directory: join(folder, 'first'), executable })
    const second = startNats({ directory: join(folder, 'second'), executable, port: first.port })
    await expect(second).rejects.toThrow(/address already in use|another nats-server/)
    await first.stop()
  })

  it('logs in UTC', async () => {
    const { path: executable } = await findNatsServer({ toolsDirectory })
    const running = await startNats({ directory: join(folder, 'log'), executable })
    await running.stop()
    expect(await readFile(join(folder, 'log', 'nats.log'), 'utf8')).toContain('Server is ready')
  })
})

describe('Redis', () => {
  it('answers on the loopback interface and drops its connections when it stops', async () => {
    const running = await startRedis()
    const socket = connect(running.port, '127.0.0.1')
    const answer = new Promise<string>((done) => socket.once('data', (data) => done(data.toString())))
    socket.write('PING\r\n')
    expect(await answer).toBe('+PONG\r\n')
    const closed = new Promise((done) => socket.once('close', done))
    await running.stop()
    await closed
    expect(await portIsFree(running.port)).toBe(true)
  })
})

describe('free ports', () => {
  it('can be taken by the next server', async () => {
    const port = await freePort()
    const running = await startRedis({ port })
    expect(running.port).toBe(port)
    expect(await portIsFree(port)).toBe(false)
    await running.stop()
  })
})
