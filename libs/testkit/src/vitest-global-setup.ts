/**
 * What all spec files of one vitest run share: one embedded PostgreSQL and the path of a nats-server.
 * Run by vitest before the first integration or e2e spec file. Must never outlive the run.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findNatsServer } from '@tradewire/backends/find-nats-server'
import { startPostgres } from '@tradewire/backends/start-postgres'
import type { TestProject } from 'vitest/node'
import { leash } from './leash.ts'

export interface SharedBackends {
  /** The superuser's url of the shared PostgreSQL. */
  readonly postgresUrl: string
  readonly postgresDataDirectory: string
  readonly natsExecutable: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly sharedBackends: SharedBackends
  }
}

const toolsDirectory = resolve(import.meta.dirname, '../../../.tools')
/** Room for several spec files with some services each. */
const connectionsMax = 400

let starting: Promise<{ shared: SharedBackends; stop(): Promise<void> }> | undefined
let holders = 0

/** vitest calls it once per project; the function that it returns is called at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  starting ??= start()
  holders += 1
  const { shared, stop } = await starting
  project.provide('sharedBackends', shared)
  return async () => {
    holders -= 1
    if (holders > 0) return
    starting = undefined
    await stop()
  }
}

async function start(): Promise<{ shared: SharedBackends; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tradewire-test-'))
  const [nats, postgres] = await Promise.all([
    findNatsServer({ toolsDirectory }),
    startPostgres({ directory, settings: { max_connections: String(connectionsMax) } }),
  ])
  const unleash = leash(directory, postgres.pid)
  return {
    shared: {
      postgresUrl: postgres.url,
      postgresDataDirectory: postgres.dataDirectory,
      natsExecutable: nats.path,
    },
    async stop() {
      unleash()
      await postgres.stop()
      await rm(postgres.dataDirectory, { recursive: true, force: true })
      await rm(directory, { recursive: true, force: true })
    },
  }
}
