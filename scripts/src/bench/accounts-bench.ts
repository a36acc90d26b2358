/**
 * `bench accounts`: so many connected accounts, some of their venues away: how soon the others are ready after a start,
 * what an idle account weighs, and how many handshakes follow when every stream is cut at once.
 * Called by the command. Must never count an account of a failing venue as ready.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { brokersService } from '@tradewire/brokers/service'
import { Bus } from '@tradewire/bus/connection'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Venue } from '@tradewire/contracts/common'
import { paperCredentialsList } from '@tradewire/contracts/paper/control'
import { connectAccounts } from '@tradewire/contracts/rpc/accounts'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { SystemClock } from '@tradewire/kernel/clock'
import { createLogger } from '@tradewire/observability/logger'
import { Client } from 'pg'
import { BenchChild } from './kit/child.ts'
import { atEnd, inFolder } from './kit/cleanup.ts'
import { nowMs } from './kit/clock.ts'
import { type CountingProxy, startCountingProxy } from './kit/counting-proxy.ts'
import { eventually } from './kit/eventually.ts'
import { machineFacts } from './kit/machine.ts'
import { comparisonOf, type Gate, gateOf } from './kit/report.ts'
import { startServers } from './kit/servers.ts'
import { rounded } from './kit/statistics.ts'

const goals = { readyMostMs: 60_000, heapMostKb: 100, handshakesMost: 250 }
const perCall = 50
const startLimitMs = 60_000
const readyLimitMs = 180_000
const stormWatchMs = 20_000
const pollMs = 50
const msPerSecond = 1_000
const bytesPerKb = 1_024
const percentAll = 100
/** The venue is a simulated one: it never answers later than this. */
const slowMs = 60_000
const rolePassword = 'bench'
/** Its protocol lets one account ask five times a second: a thousand would measure its pace, not ours. */
const pacedVenues: ReadonlySet<Venue> = new Set(['xapi'])

export interface AccountsOptions {
  readonly accounts: number
  readonly failingPercent: number
}

export interface AccountsReport {
  readonly gates: Readonly<Record<string, Gate>>
  readonly growth: readonly never[]
  readonly facts: Readonly<Record<string, string | number>>
}

const operator = { userId: randomUUID(), roles: ['operator' as const] }

class AccountsWorld {
  private brokers: BenchChild | undefined

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly logFile: string,
    private readonly control: string,
    readonly proxy: CountingProxy,
    readonly admin: Client,
  ) {}

  static async open(directory: string, natsUrl: string, adminUrl: string): Promise<AccountsWorld> {
    const logFile = join(directory, 'services.log')
    const shared = { LOG_LEVEL: 'warn', PAPER_HTTP_PORT: '0', PAPER_DATA_DIRECTORY: join(directory, 'paper') }
    const paper = await BenchChild.start({ entry: 'service-host', logFile, environment: shared })
    const urls = await paper.call<Record<string, string>>('start', ['paper'], startLimitMs)
    const control = `${urls['paper'] ?? ''}/control`
    const proxy = await startCountingProxy(urls['paper'] ?? '')
    const { schema, migrations } = brokersService.database!
    const role = 'bench_accounts'
    await runMigrations({ adminUrl, service: 'brokers', schema, role, password: rolePassword, migrations })
    const admin = new Client({ connectionString: adminUrl })
    admin.on('error', () => undefined)
    await admin.connect()
    atEnd(() => admin.end())
    const environment = {
      LOG_LEVEL: 'error',
      NATS_URL: natsUrl,
      BROKERS_HTTP_PORT: '0',
      BROKERS_DATABASE_URL: roleUrl(adminUrl, role, rolePassword),
      BROKERS_MASTER_KEY: `v1:${randomBytes(32).toString('base64')}`,
      BROKERS_PAPER_URL: proxy.url,
    }
    return new AccountsWorld(environment, logFile, control, proxy, admin)
  }

  async start(): Promise<void> {
    const { environment, logFile } = this
    this.brokers = await BenchChild.start({
      entry: 'service-host',
      logFile,
      environment,
      execArgv: ['--expose-gc'],
    })
    await this.brokers.call('start', ['brokers'], startLimitMs)
  }

  async stop(): Promise<void> {
    await this.brokers?.call('stop')
    await this.brokers?.stop()
  }

  async ask<Reply>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Reply> {
    const reply = await fetch(`${this.control}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
    return (await reply.json()) as Reply
  }

  /** Accounts of these venues that were read since their reading was forgotten. */
  async readyOf(venues: readonly Venue[]): Promise<number> {
    const { rows } = await this.admin.query<{ ready: number }>(
      `select count(*)::int as ready from brokers.reconciled_account r join brokers.account a on a.id = r.account_id
       where a.venue = any($1)`,
      [venues],
    )
    return rows[0]?.ready ?? 0
  }

  async heapBytes(): Promise<number> {
    const { heapUsed } = (await this.brokers?.call<{ heapUsed: number }>('heap')) ?? { heapUsed: Number.NaN }
    return heapUsed
  }
}

/** Makes the accounts at the venues, one venue after the other, and connects them as an operator does. */
async function connect(
  { world, rpc, venues }: { world: AccountsWorld; rpc: RpcClient; venues: readonly Venue[] },
  total: number,
  say: (done: number) => void,
): Promise<void> {
  for (let done = 0; done < total; done += perCall) {
    const wanted = Array.from({ length: Math.min(perCall, total - done) }, (_, index) => ({
      venue: venues[(done + index) % venues.length]!,
      balance: '1000',
    }))
    const made = paperCredentialsList.parse(await world.ask('POST', '/accounts/batch', { accounts: wanted }))
    const accounts = made.accounts.map(({ venue, credentials, accountId }) => {
      return { venue, credentials, label: accountId, userId: randomUUID() }
    })
    const answer = await rpc.ask(connectAccounts, { caller: operator, accounts })
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`)
    for (const { error } of answer.value.items) {
      if (error !== null) throw new Error(`an account was not connected: ${error.code} ${error.message}`)
    }
    say(Math.min(total, done + perCall))
  }
}

async function readyMs(world: AccountsWorld, venues: readonly Venue[], wanted: number): Promise<number> {
  await world.admin.query('delete from brokers.reconciled_account')
  const startedMs = nowMs()
  await world.start()
  await eventually('the accounts are ready', readyLimitMs, async () => {
    await delay(pollMs)
    return (await world.readyOf(venues)) >= wanted
  })
  return nowMs() - startedMs
}

interface Storm {
  readonly mostInOneSecond: number
  readonly handshakes: number
  readonly lastMs: number
}

async function storm(world: AccountsWorld, venues: readonly Venue[]): Promise<Storm> {
  world.proxy.taken()
  const cutMs = nowMs()
  for (const venue of venues) await world.ask('POST', '/faults', { kind: 'disconnect-streams', venue, next: 1 })
  await delay(stormWatchMs)
  const times = world.proxy.taken()
  const inSecondFrom = (fromMs: number) => times.filter((at) => at >= fromMs && at < fromMs + msPerSecond).length
  const mostInOneSecond = times.reduce((most, at) => Math.max(most, inSecondFrom(at)), 0)
  return { mostInOneSecond, handshakes: times.length, lastMs: (times.at(-1) ?? cutMs) - cutMs }
}

async function breakVenues(world: AccountsWorld, venues: readonly Venue[]): Promise<void> {
  const kinds = [
    { kind: 'reject', operation: 'any' },
    { kind: 'latency', operation: 'any', milliseconds: slowMs },
    { kind: 'rate-limit', operation: 'any', milliseconds: msPerSecond },
  ]
  for (const [index, venue] of venues.entries()) {
    await world.ask('POST', '/faults', { ...kinds[index % kinds.length], venue })
    await world.ask('POST', '/faults', { kind: 'disconnect-streams', venue })
  }
}

export async function runAccountsBench(
  { accounts, failingPercent }: AccountsOptions,
  progress: (text: string) => void,
): Promise<AccountsReport> {
  return inFolder(progress, async (directory) => {
    progress('starting the servers')
    const servers = await startServers(directory, progress)
    const world = await AccountsWorld.open(directory, servers.natsUrl, await servers.database('accounts'))
    const venues = allBrokers.map(({ id }) => id).filter((id) => !pacedVenues.has(id))
    const failing = venues.slice(0, Math.round((venues.length * failingPercent) / percentAll))
    const healthy = venues.filter((id) => !failing.includes(id))
    const bus = await Bus.connect({
      url: servers.natsUrl,
      name: 'bench',
      logger: createLogger({ service: 'bench', level: 'error' }),
    })
    atEnd(() => bus.close())
    const rpc = new RpcClient(bus, new SystemClock())
    // The first few of every venue bring along what all share: instruments, code, connections.
    const few = venues.length * 2
    await world.start()
    await connect({ world, rpc, venues }, few, () => progress('connecting the first accounts'))
    await world.stop()
    progress('weighing a process with few accounts')
    await readyMs(world, venues, few)
    const fewBytes = await world.heapBytes()
    await connect({ world, rpc, venues }, accounts - few, (done) => progress(`connecting accounts: ${done + few}`))
    await world.stop()
    progress('starting with all accounts')
    const allReadyMs = await readyMs(world, venues, accounts)
    const heapKb = ((await world.heapBytes()) - fewBytes) / (accounts - few) / bytesPerKb
    progress('cutting every stream')
    const cut = await storm(world, venues)
    await world.stop()
    await breakVenues(world, failing)
    progress(`starting while ${failing.join(', ')} fail`)
    const wanted = await countOf(world, healthy)
    const someReadyMs = await readyMs(world, healthy, wanted)
    await world.stop()
    const { venue: _, ...machine } = machineFacts(servers, 0)
    const facts = { ...machine, venues: venues.join(', '), failing: failing.join(', ') }
    return { gates: gatesOf({ accounts, wanted, allReadyMs, someReadyMs, heapKb, cut }), growth: [], facts }
  })
}

async function countOf(world: AccountsWorld, venues: readonly Venue[]): Promise<number> {
  const { rows } = await world.admin.query<{ all: number }>(
    'select count(*)::int as all from brokers.account where venue = any($1)',
    [venues],
  )
  return rows[0]?.all ?? 0
}

interface Measured {
  readonly accounts: number
  readonly wanted: number
  readonly allReadyMs: number
  readonly someReadyMs: number
  readonly heapKb: number
  readonly cut: Storm
}

function gatesOf({ accounts, wanted, allReadyMs, someReadyMs, heapKb, cut }: Measured): Record<string, Gate> {
  const gate = (name: string, [value, most]: readonly [number, number], ours: string, notes: readonly string[] = []) =>
    gateOf({
      name,
      comparisons: [
        comparisonOf({ against: 'the goal', value: rounded(value), gate: most, stretch: most / 2, rule: '<=' }),
      ],
      ours,
      raw: 'none',
      notes,
    })
  const seconds = (ms: number) => `${rounded(ms / msPerSecond)} s`
  return {
    ready: gate(
      'ms until the accounts of living venues are ready',
      [someReadyMs, goals.readyMostMs],
      seconds(someReadyMs),
      [`${wanted} of ${accounts} accounts; with all venues alive ${accounts} accounts after ${seconds(allReadyMs)}`],
    ),
    heap: gate('KB of heap for an idle account', [heapKb, goals.heapMostKb], `${rounded(heapKb)} KB`),
    storm: gate(
      'handshakes in one second after every stream was cut',
      [cut.mostInOneSecond, goals.handshakesMost],
      `${cut.mostInOneSecond}`,
      [`${cut.handshakes} handshakes in all, the last after ${seconds(cut.lastMs)}`],
    ),
  }
}
