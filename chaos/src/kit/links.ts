/**
 * Fault proxies between parts of a system, and the servers that have to be started by the kit so that services reach
 * them through a proxy. Called by RealSystem. Must never listen beyond the loopback interface.
 */
import { findNatsServer } from '@tradewire/backends/find-nats-server'
import { freePort, portIsFree } from '@tradewire/backends/free-port'
import type { RunningProcess } from '@tradewire/backends/running-backend'
import { startNats } from '@tradewire/backends/start-nats'
import { startPostgres } from '@tradewire/backends/start-postgres'
import { type Home, logFileOf, toolsDirectory } from '@tradewire/launcher/home/home'
import { portOffsets } from '@tradewire/launcher/services/ports'
import { type FaultProxy, startFaultProxy } from '@tradewire/testkit/fault-proxy'
import { leash } from '@tradewire/testkit/leash'

/** Between brokers and the venue; between all services and the bus; between all services and PostgreSQL. */
export type LinkName = 'venue' | 'bus' | 'database'

const triesMax = 50

export class Links {
  private readonly names: ReadonlySet<LinkName>
  private readonly proxies = new Map<LinkName, FaultProxy>()
  private readonly servers: RunningProcess[] = []
  private readonly given: Record<string, string> = {}
  private readonly unleash: (() => void)[] = []
  private startDatabase: (() => Promise<void>) | undefined

  constructor(
    names: readonly LinkName[],
    private readonly databaseFolder: string | undefined,
  ) {
    this.names = new Set<LinkName>(databaseFolder === undefined ? names : [...names, 'database'])
  }

  /** Settings that lead the services through the proxies. */
  get settings(): Readonly<Record<string, string>> {
    return this.given
  }

  proxy(name: LinkName): FaultProxy {
    const proxy = this.proxies.get(name)
    if (proxy === undefined) throw new Error(`the scenario has no link ${name}`)
    return proxy
  }

  /** Starts what the links need and answers the port that `up` shall take; 0: any. */
  async start(home: Home): Promise<number> {
    if (this.names.has('bus')) await this.startBus(home)
    if (this.names.has('database')) {
      this.startDatabase = await this.databaseOf(home)
      await this.startDatabase()
    }
    if (!this.names.has('venue')) return 0
    const base = await freeRange()
    const proxy = await this.open('venue', base + portOffsets.paper)
    this.given['BROKERS_PAPER_URL'] = `http://127.0.0.1:${proxy.port}`
    return base
  }

  async restartDatabase(): Promise<void> {
    await this.startDatabase?.()
  }

  async stop(): Promise<void> {
    for (const proxy of this.proxies.values()) await proxy.stop()
    for (const server of this.servers.splice(0)) await server.stop()
    for (const take of this.unleash.splice(0)) take()
  }

  private async open(name: LinkName, targetPort: number): Promise<FaultProxy> {
    const proxy = await startFaultProxy({ targetPort })
    this.proxies.set(name, proxy)
    return proxy
  }

  private async startBus(home: Home): Promise<void> {
    const { path } = await findNatsServer({ toolsDirectory })
    const server = await startNats({ directory: home.nats, executable: path, logFile: logFileOf(home, 'nats') })
    this.keep(server, home.nats)
    const proxy = await this.open('bus', server.port)
    this.given['NATS_URL'] = `nats://127.0.0.1:${proxy.port}`
  }

  private async databaseOf(home: Home): Promise<() => Promise<void>> {
    const port = await freePort()
    const proxy = await this.open('database', port)
    const directory = this.databaseFolder ?? home.postgres
    return async () => {
      const logFile = logFileOf(home, 'postgres')
      const server = await startPostgres({ directory, port, logFile, database: 'tradewire' })
      this.keep(server, directory)
      const url = new URL(server.url)
      url.port = String(proxy.port)
      this.given['DATABASE_URL'] = url.toString()
    }
  }

  private keep(server: RunningProcess, directory: string): void {
    this.servers.push(server)
    this.unleash.push(leash(directory, server.pid))
  }
}

/** A base whose ports are all free, so that the venue's port is known before the venue runs. */
async function freeRange(): Promise<number> {
  const offsets = Object.values(portOffsets)
  for (let count = 0; count < triesMax; count += 1) {
    const base = await freePort()
    const free = await Promise.all(offsets.map((offset) => portIsFree(base + offset)))
    if (free.every(Boolean)) return base
  }
  throw new Error('no range of free ports was found')
}
