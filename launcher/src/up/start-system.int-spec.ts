import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '@tradewire/backends/process-identity'
import { startRedis } from '@tradewire/backends/start-redis'
import { serverAddress } from '@tradewire/bus/server-address'
import { connect } from 'nats'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Home, homeAt } from '../home/home.ts'
import { readRun } from '../home/run-record.ts'
import { exitCodes } from '../terminal/launcher-error.ts'
import type { ProgressEvent } from '../terminal/progress.ts'
import { readinessOf } from './readiness.ts'
import { type SystemOptions, startSystem } from './start-system.ts'

let folder = ''
let home: Home
let events: ProgressEvent[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tradewire-system-'))
  home = homeAt(join(folder, 'home'))
  events = []
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function options(changes: Partial<SystemOptions> = {}): SystemOptions {
  return {
    home,
    port: 0,
    services: ['identity'],
    processes: false,
    inherited: { LOG_LEVEL: 'warn' },
    progress: (event) => events.push(event),
    cancel: new AbortController().signal,
    ...changes,
  }
}

describe('a system', () => {
  it('starts on an empty home, is ready, writes where everything is, and leaves nothing behind', async () => {
    const system = await startSystem(options())
    const record = await readRun(home)
    const identity = record?.parts.find(({ name }) => name === 'identity')
    expect(record?.parts.map(({ name }) => name)).toEqual(['postgres', 'nats', 'redis', 'identity'])
    expect(await readinessOf(identity?.url ?? '', 'identity')).toEqual({ ready: true, reasons: {} })
    expect(await readinessOf(identity?.url ?? '', 'brokers')).toEqual({
      ready: false,
      reasons: { http: 'identity answers on its port' },
    })
    expect(system.operator?.created).toBe(true)
    expect(JSON.parse(await readFile(home.endpointsFile, 'utf8'))).toEqual(system.endpoints)
    for (const file of [home.endpointsFile, home.operatorFile, home.secretsFile]) {
      expect((await stat(file)).mode & 0o077).toBe(0)
    }
    const { servers: addresses } = serverAddress(system.endpoints.nats)
    await expect(connect({ servers: addresses })).rejects.toThrow(/authorization/i)
    await expect(startSystem(options({ port: 7500 }))).rejects.toMatchObject({
      exitCode: exitCodes.alreadyRunning,
      mend: expect.stringContaining('up --home DIR --port 7600 starts a second one') as string,
    })
    await system.stop()
    const servers = record?.parts.filter(({ pid }) => pid !== process.pid) ?? []
    expect(servers.map(({ pid }) => isAlive(pid))).toEqual([false, false])
    expect(await readRun(home)).toBeUndefined()
  })

  it('keeps its operator and data over a restart', async () => {
    const first = await startSystem(options())
    await first.stop()
    const second = await startSystem(options())
    expect(second.operator).toEqual({ login: first.operator?.login, created: false })
    expect(second.endpoints.operator).toEqual(first.endpoints.operator)
    await second.stop()
  })

  it('says who holds a port that it wants, and then nothing of it runs', async () => {
    const holder = await startRedis()
    const start = startSystem(options({ port: holder.port, services: ['gateway'] }))
    await expect(start).rejects.toThrow(
      new RegExp(`port ${holder.port}, wanted for gateway, is taken by .*pid ${process.pid}`),
    )
    await holder.stop()
    expect(await readRun(home)).toBeUndefined()
  })

  it('that is cancelled while it starts stops what it had started', async () => {
    const cancel = new AbortController()
    const progress = (event: ProgressEvent): void => {
      events.push(event)
      if (event.kind === 'done' && event.name === 'Migrations') cancel.abort('SIGINT')
    }
    await expect(startSystem(options({ cancel: cancel.signal, progress }))).rejects.toBe('SIGINT')
    expect(events.map(({ name }) => name)).not.toContain('Operator')
    expect(await readRun(home)).toBeUndefined()
    expect(isAlive(Number(await readFile(join(home.nats, 'nats.pid'), 'utf8')))).toBe(false)
    expect(await readdir(join(home.postgres, 'data-18'))).not.toContain('postmaster.pid')
  })
})
