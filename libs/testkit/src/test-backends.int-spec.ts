import { readNatsInfo } from '@tradewire/backends/start-nats'
import { describe, expect, it } from 'vitest'
import { testBackends } from './test-backends.ts'

const backends = testBackends()

describe('test backends', () => {
  it('give a database of this file only, in a PostgreSQL that keeps what it acknowledges', async () => {
    const [row] = await backends.query<{ name: string; fsync: string }>(
      `select current_database() as name, current_setting('fsync') as fsync`,
    )
    expect(row).toEqual({ name: backends.databaseName, fsync: 'on' })
  })

  it('give a nats-server with JetStream that is the one they started', async () => {
    const info = await readNatsInfo(backends.nats.port, 1_000)
    expect(info).toMatchObject({ server_name: backends.databaseName, jetstream: true })
  })

  it('restart nats-server on the same address', async () => {
    const { url, pid } = backends.nats
    await backends.restartNats({ empty: true })
    expect(backends.nats.url).toBe(url)
    expect(backends.nats.pid).not.toBe(pid)
  })
})
