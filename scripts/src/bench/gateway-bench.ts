/**
 * `bench gateway`: how many requests a second the HTTP edge takes beside an empty Nest service on Fastify, and whether its
 * memory stays flat. Called by the command. Must never count a request that was not answered as it should be.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '@tradewire/backends/start-redis'
import { Bus } from '@tradewire/bus/connection'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { SystemClock } from '@tradewire/kernel/clock'
import { Pool, request } from 'undici'
import { killAllChildren } from './kit/child.ts'
import { cleanUp } from './kit/cleanup.ts'
import { nowMs } from './kit/clock.ts'
import { machineFacts } from './kit/machine.ts'
import { type Servers, startServers } from './kit/servers.ts'
import { median, rounded } from './kit/statistics.ts'
import { programsOf, type Running, shell, startProgram } from './measures/processes.ts'

const connections = 64
const requestsPerBurst = 2_000
/** A hundred thousand requests: what a user who asks 100 a minute asks in 16 hours. */
const bursts = 50
const earlyBurst = 10
const rounds = 3
const memoryGrowthMost = 1.1
const bytesPerMb = 1_048_576
/** Checking the token and the request, and refusing it, is the gateway's own work. */
const ownWorkLeast = 0.4
const login = { username: 'operator', password: 'correct horse battery staple' }

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
  readonly gateway: Running
  readonly authorization: string
}

export async function runGatewayBench(progress: (text: string) => void): Promise<GatewayReport> {
  const directory = await mkdtemp(join(tmpdir(), 'tradewire-bench-'))
  const redis = await startRedis({})
  const running: Running[] = []
  try {
    progress('starting PostgreSQL, nats-server, identity and the gateway')
    const servers = await startServers(directory, progress)
    const edge = await openEdge({ servers, directory }, redis.url, running)
    const report = await measure(edge, progress)
    return { ...report, facts: { ...machineFacts(servers, 0), ...report.facts } }
  } finally {
    for (const one of running) await one.stop()
    await redis.stop()
    killAllChildren()
    await cleanUp()
    await rm(directory, { recursive: true, force: true })
  }
}

async function openEdge(
  world: { readonly servers: Servers; readonly directory: string },
  redisUrl: string,
  running: Running[],
): Promise<Edge> {
  const programs = await programsOf(world, redisUrl)
  const start = async (wanted: string): Promise<Running> => {
    const program = programs.find(({ name }) => name === wanted)!
    const environment = { ...program.environment, GATEWAY_RATE_LIMIT: 'false' }
    const one = await startProgram(world, { ...program, environment })
    running.push(one)
    return one
  }
  await start('identity')
  const [bare, gateway] = [await start(shell), await start('gateway')]
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const bus = await Bus.connect({ url: world.servers.natsUrl, name: 'bench', logger: quiet })
  await new RpcClient(bus, new SystemClock()).ask(ensureOperator, { ...login, email: null })
  await bus.close()
  const { body } = await request(`${gateway.url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  })
  const { accessToken } = (await body.json()) as { readonly accessToken: string }
  return { bare, gateway, authorization: `Bearer ${accessToken}` }
}

async function measure(edge: Edge, progress: (text: string) => void): Promise<GatewayReport> {
  const { bare, gateway, authorization } = edge
  const rates: { bare: number; own: number; answered: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    progress(`requests a second: round ${round} of ${rounds}`)
    const took = {
      bare: await burst(bare.url, { path: '/v1/users/me', status: 200, authorization }),
      own: await burst(gateway.url, { path: '/v1/users?limit=0', status: 400, authorization }),
      answered: await burst(gateway.url, { path: '/v1/users/me', status: 200, authorization }),
    }
    // The first round warms connections and code.
    if (round > 0) rates.push(took)
  }
  const memory: number[] = []
  for (let number = 1; number <= bursts; number += 1) {
    progress(`memory: burst ${number} of ${bursts}`)
    await burst(gateway.url, { path: '/v1/users/me', status: 200, authorization })
    memory.push(gateway.rssBytes())
  }
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

function reportOf(rates: { bare: number; own: number; answered: number }, memory: readonly number[]): GatewayReport {
  const growth = rounded(memory.at(-1)! / memory[earlyBurst - 1]!)
  const own = rounded(rates.own / rates.bare)
  const perSecond = (value: number): string => `${Math.round(value)} a second`
  return {
    goals: {
      own: {
        name: 'requests refused by the gateway itself, over those of an empty service',
        value: own,
        limit: `>= ${ownWorkLeast}`,
        pass: own >= ownWorkLeast,
      },
      memory: {
        name: `memory after ${bursts} bursts over that after ${earlyBurst}`,
        value: growth,
        limit: `<= ${memoryGrowthMost}`,
        pass: growth <= memoryGrowthMost,
      },
    },
    facts: {
      'empty service': perSecond(rates.bare),
      'token and request checked, refused': perSecond(rates.own),
      'answered by identity': perSecond(rates.answered),
      'requests while memory was watched': bursts * requestsPerBurst,
      'memory after each tenth burst': memory
        .filter((_, index) => index % 10 === 9)
        .map(megabytes)
        .join(', '),
    },
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
