/**
 * `bench gateway`: how many requests a second the HTTP edge takes beside an empty Nest service on Fastify, and whether its
 * memory stays flat under all kinds of requests. Called by the command. Must never count one that was not answered as it should be.
 */
import { join } from 'node:path'
import { startRedis } from '@tradewire/backends/start-redis'
import { Bus } from '@tradewire/bus/connection'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { SystemClock } from '@tradewire/kernel/clock'
import { Pool, request } from 'undici'
import { BenchChild } from './kit/child.ts'
import { atEnd, inFolder } from './kit/cleanup.ts'
import { nowMs } from './kit/clock.ts'
import { eventually } from './kit/eventually.ts'
import { machineFacts } from './kit/machine.ts'
import { type Servers, startServers } from './kit/servers.ts'
import { median, rounded } from './kit/statistics.ts'
import { type Program, programsOf, type Running, shell, startProgram } from './measures/processes.ts'
import { type Look, watchMemory } from './measures/steady-memory.ts'

const connections = 64
const requestsPerBurst = 2_000
const rounds = 3
/** After these looks at memory what is kept of callers has filled up as far as it goes. */
const earlyLooks = 2
const memoryGrowthMost = 1.1
const bytesPerMb = 1_048_576
const msPerMinute = 60_000
const readyWithinMs = 30_000
/** What would be passed on is refused. */
const nobodyThere = 'http://127.0.0.1:9'
/** Checking the token and the request, and refusing it, is the gateway's own work. */
const ownWorkLeast = 0.4
const login = { username: 'operator', password: 'correct horse battery staple' }

export interface GatewayOptions {
  /** How many requests go by while memory is watched. */
  readonly requests: number
  /** Watching ends after this, however many have gone by. */
  readonly minutesMax: number
}

interface Goal {
  readonly name: string
  readonly value: number
  readonly limit: string
  readonly pass: boolean
}

export interface GatewayReport {
  readonly goals: Readonly<Record<string, Goal>>
  readonly facts: Readonly<Record<string, string | number>>
}

interface Edge {
  readonly bare: Running
  readonly gateway: BenchChild
  readonly url: string
  readonly authorization: string
}

export async function runGatewayBench(
  options: GatewayOptions,
  progress: (text: string) => void,
): Promise<GatewayReport> {
  return inFolder(progress, async (directory) => {
    const redis = await startRedis({})
    atEnd(() => redis.stop())
    progress('starting PostgreSQL, nats-server, identity and the gateway')
    const servers = await startServers(directory, progress)
    const edge = await openEdge({ servers, directory }, redis.url)
    const report = await measure(edge, options, progress)
    await edge.gateway.stop()
    return { ...report, facts: { ...machineFacts(servers, 0), ...report.facts } }
  })
}

async function openEdge(
  world: { readonly servers: Servers; readonly directory: string },
  redisUrl: string,
): Promise<Edge> {
  const programs = await programsOf(world, redisUrl)
  const programOf = (wanted: string): Program => programs.find(({ name }) => name === wanted)!
  await startProgram(world, programOf('identity'))
  const bare = await startProgram(world, programOf(shell))
  const { gateway, url } = await startGateway(world.directory, programOf('gateway').environment)
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const bus = await Bus.connect({ url: world.servers.natsUrl, name: 'bench', logger: quiet })
  await new RpcClient(bus, new SystemClock()).ask(ensureOperator, { ...login, email: null })
  await bus.close()
  const { body } = await request(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  })
  const { accessToken } = (await body.json()) as { readonly accessToken: string }
  return { bare, gateway, url, authorization: `Bearer ${accessToken}` }
}

/** As it ships, in a process that tells its heap; `cleanUp` ends it. */
async function startGateway(directory: string, own: Program['environment']): Promise<Pick<Edge, 'gateway' | 'url'>> {
  const gateway = await BenchChild.start({
    entry: 'service-host',
    logFile: join(directory, 'gateway.log'),
    environment: {
      ...own,
      GATEWAY_RATE_LIMIT: 'false',
      GATEWAY_HTTP_PORT: '0',
      GATEWAY_OPERATIONS_PORT: '0',
      GATEWAY_SIGNALS_URL: nobodyThere,
    },
    execArgv: ['--expose-gc'],
  })
  const { gateway: url } = await gateway.call<{ readonly gateway: string }>('start', ['gateway'])
  await eventually('the gateway is ready', readyWithinMs, async () => {
    const { statusCode, body } = await request(`${url}/health/ready`)
    await body.dump()
    return statusCode === 200
  })
  return { gateway, url }
}

async function measure(
  edge: Edge,
  { requests, minutesMax }: GatewayOptions,
  progress: (text: string) => void,
): Promise<GatewayReport> {
  const { bare, gateway, url, authorization } = edge
  const rates: { bare: number; own: number; answered: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    progress(`requests a second: round ${round} of ${rounds}`)
    const took = {
      bare: await burst(bare.url, { path: '/v1/users/me', status: 200, authorization }),
      own: await burst(url, { path: '/v1/users?limit=0', status: 400, authorization }),
      answered: await burst(url, { path: '/v1/users/me', status: 200, authorization }),
    }
    // The first round warms connections and code.
    if (round > 0) rates.push(took)
  }
  const load = { url, authorization, requests, endsAfterMs: minutesMax * msPerMinute }
  const memory = await watchMemory(gateway, load, progress)
  const of = (name: keyof (typeof rates)[number]): number => median(rates.map((each) => each[name]))
  return reportOf({ bare: of('bare'), own: of('own'), answered: of('answered') }, memory)
}

interface Wanted {
  readonly path: string
  readonly status: number
  readonly authorization: string
}

/** Requests a second. */
async function burst(url: string, { path, status, authorization }: Wanted): Promise<number> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  let left = requestsPerBurst
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const answer = await pool.request({ method: 'GET', path, headers: { authorization } })
      await answer.body.dump()
      if (answer.statusCode !== status) throw new Error(`${path} was answered ${answer.statusCode}`)
    }
  }
  const beganMs = nowMs()
  await Promise.all(Array.from({ length: connections }, work))
  const tookMs = nowMs() - beganMs
  await pool.close()
  return (requestsPerBurst / tookMs) * 1_000
}

function reportOf(rates: { bare: number; own: number; answered: number }, looks: readonly Look[]): GatewayReport {
  const own = rounded(rates.own / rates.bare)
  const perSecond = (value: number): string => `${Math.round(value)} a second`
  const shown = (field: 'heapBytes' | 'rssBytes'): string => looks.map((look) => megabytes(look[field])).join(', ')
  return {
    goals: {
      own: {
        name: 'requests refused by the gateway itself, over those of an empty service',
        value: own,
        limit: `>= ${ownWorkLeast}`,
        pass: own >= ownWorkLeast,
      },
      heap: growthGoal('heap in use after a collection', looks, 'heapBytes'),
      memory: growthGoal('resident memory', looks, 'rssBytes'),
    },
    facts: {
      'empty service': perSecond(rates.bare),
      'token and request checked, refused': perSecond(rates.own),
      'answered by identity': perSecond(rates.answered),
      'requests of eight kinds while memory was watched': looks.at(-1)?.requests ?? 0,
      'heap in use after each tenth of the load, collected': shown('heapBytes'),
      'resident memory after each tenth of the load': shown('rssBytes'),
    },
  }
}

/** The last look over the early one. Without much load in between it shows nothing. */
function growthGoal(name: string, looks: readonly Look[], field: 'heapBytes' | 'rssBytes'): Goal {
  const [early, last] = [looks[earlyLooks - 1], looks.at(-1)]
  const loaded = early !== undefined && last !== undefined && last.requests >= early.requests * 2
  const value = loaded ? rounded(last[field] / early[field]) : Number.NaN
  return {
    name: `${name} at the end over that after ${earlyLooks} tenths of the load`,
    value,
    limit: `<= ${memoryGrowthMost}`,
    pass: value <= memoryGrowthMost,
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / bytesPerMb)} MB`
}

export function gatewayTableOf({ goals, facts }: GatewayReport): string {
  const shown = Object.values(goals).map(({ name, value, limit, pass }) => {
    return `${pass ? 'ok    ' : 'MISSED'} ${name}: ${value} (${limit})`
  })
  return [...shown, ...Object.entries(facts).map(([name, value]) => `       ${name}: ${value}`)].join('\n')
}
