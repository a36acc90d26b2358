/** P12 and P14: memory when idle and time from spawn to ready of each service by itself. Called by the bench. */
import { startRedis } from '@tradewire/backends/start-redis'
import { freePort } from '@tradewire/backends/free-port'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { repositoryRoot } from '../../check/repository.ts'
import { services } from '../../services.ts'
import type { Bench } from '../kit/bench.ts'
import { atEnd } from '../kit/cleanup.ts'
import { nowMs } from '../kit/clock.ts'
import { nodeFlags } from '../kit/node-flags.ts'
import { comparisonOf, type Gate, gateOf } from '../kit/report.ts'
import { median, rounded } from '../kit/statistics.ts'
import { usageOf } from '../kit/usage.ts'

export interface ProcessesResult {
  readonly gates: Readonly<Record<string, Gate>>
}

export interface Program {
  readonly name: string
  readonly file: string
  readonly environment: Readonly<Record<string, string>>
  readonly portSetting: string
}

interface Started {
  readonly startMs: number
  readonly rssBytes: number
}

export interface Running {
  readonly url: string
  readonly startMs: number
  rssBytes(): number
  stop(): Promise<void>
}

const startsPerProgram = 3
const readyLimitMs = 30_000
const readyPollMs = 5
/** By then what the start has left behind is collected. */
const idleBeforeRssMs = 8_000
const stopLimitMs = 10_000
const password = 'bench'
const masterKeyBytes = 32
const bytesPerMb = 1024 * 1024

export async function measureProcesses(bench: Bench): Promise<ProcessesResult> {
  const redis = await startRedis({})
  try {
    const programs = await programsOf(bench, redis.url)
    const starts = new Map<string, number[]>(programs.map(({ name }) => [name, []]))
    for (let round = 0; round < startsPerProgram; round += 1) {
      for (const program of programs) {
        bench.progress(`cold start of ${program.name}: ${round + 1} of ${startsPerProgram}`)
        const running = await startProgram(bench, program)
        starts.get(program.name)!.push(running.startMs)
        await running.stop()
      }
    }
    const memory = await idleMemory(bench, programs)
    return {
      gates: gatesOf(
        new Map(
          programs.map(({ name }) => [name, { startMs: median(starts.get(name)!), rssBytes: memory.get(name) ?? 0 }]),
        ),
      ),
    }
  } finally {
    await redis.stop()
  }
}

/** All side by side: memory does not depend on how busy the processors are. */
async function idleMemory(bench: Bench, programs: readonly Program[]): Promise<Map<string, number>> {
  bench.progress('idle memory of all services')
  const running = await Promise.all(
    programs.map(async (program) => [program.name, await startProgram(bench, program)] as const),
  )
  await delay(idleBeforeRssMs)
  const found = new Map(running.map(([name, one]) => [name, one.rssBytes()]))
  await Promise.all(running.map(([, one]) => one.stop()))
  return found
}

export const shell = 'nest-shell'

/** Each service as it ships, and the empty one, with settings of their own. */
export async function programsOf(
  { servers, directory }: Pick<Bench, 'servers' | 'directory'>,
  redisUrl: string,
): Promise<Program[]> {
  const databaseUrl = await servers.database('processes')
  const keys = join(directory, 'keys')
  mkdirSync(keys, { recursive: true })
  mkdirSync(join(directory, 'paper'), { recursive: true })
  const common: Record<string, string> = {
    NATS_URL: servers.natsUrl,
    REDIS_URL: redisUrl,
    IDENTITY_MASTER_KEY: `v1:${randomBytes(masterKeyBytes).toString('base64')}`,
    BROKERS_MASTER_KEY: `v1:${randomBytes(masterKeyBytes).toString('base64')}`,
    IDENTITY_SIGNING_KEY_FILE: join(keys, 'signing.json'),
    PAPER_DATA_DIRECTORY: join(directory, 'paper'),
    TRADEWIRE_ENVIRONMENT: 'development',
    GATEWAY_OPERATIONS_PORT: '0',
  }
  const programs: Program[] = [
    {
      name: shell,
      file: fileURLToPath(new URL('../nest-shell.js', import.meta.url)),
      environment: { ...common, DATABASE_URL: databaseUrl },
      portSetting: 'SHELL_HTTP_PORT',
    },
  ]
  for (const { name, database } of services) {
    const prefix = name.toUpperCase().replaceAll('-', '_')
    const environment = { ...common }
    if (database !== undefined) {
      const role = `bench_${name}_processes`
      const { schema, migrations } = database
      await runMigrations({ adminUrl: databaseUrl, service: name, schema, role, password, migrations })
      environment[`${prefix}_DATABASE_URL`] = roleUrl(databaseUrl, role, password)
    }
    const file = join(repositoryRoot(), 'services', name, 'dist', 'main.js')
    programs.push({ name, file, environment, portSetting: `${prefix}_HTTP_PORT` })
  }
  return programs
}

/** Resolves when it is ready. */
export async function startProgram({ directory }: Pick<Bench, 'directory'>, program: Program): Promise<Running> {
  const port = await freePort()
  const log = openSync(join(directory, 'processes.log'), 'a')
  const beganMs = nowMs()
  const child = spawn(process.execPath, [...nodeFlags, program.file], {
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'] ?? '', ...program.environment, [program.portSetting]: String(port) },
  })
  closeSync(log)
  const gone = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
    await gone
    clearTimeout(timer)
  }
  atEnd(stop)
  try {
    while (!(await isReady(port))) {
      if (child.exitCode !== null) throw new Error(`${program.name} ended while it started; see processes.log`)
      if (nowMs() - beganMs > readyLimitMs) throw new Error(`${program.name} was not ready in time`)
      await delay(readyPollMs)
    }
    const url = `http://127.0.0.1:${port}`
    return { url, startMs: nowMs() - beganMs, rssBytes: () => usageOf([child.pid ?? 0]).rssBytes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/health/ready`, { reset: true })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  }
}

function gatesOf(found: ReadonlyMap<string, Started>): Record<string, Gate> {
  const of = (name: string, field: keyof Started): number => found.get(name)![field]
  const names = [...found.keys()].filter((name) => name !== shell)
  const worst = (field: keyof Started): number => Math.max(...names.map((name) => of(name, field)))
  const list = (field: keyof Started, show: (value: number) => string): string =>
    names.map((name) => `${name} ${show(of(name, field))}`).join(', ')
  const mb = (value: number): string => `${Math.round(value / bytesPerMb)} MB`
  const ms = (value: number): string => `${Math.round(value)} ms`
  return {
    P12: gateOf({
      name: 'idle memory of a service (the largest)',
      comparisons: [
        comparisonOf({
          against: 'Nest + Fastify + pg + nats + ioredis',
          value: rounded(worst('rssBytes') / of(shell, 'rssBytes')),
          gate: 1.3,
          stretch: 1.1,
          rule: '<=',
        }),
      ],
      ours: mb(worst('rssBytes')),
      raw: mb(of(shell, 'rssBytes')),
      notes: [list('rssBytes', mb)],
    }),
    P14: gateOf({
      name: 'cold start to ready of a service (the slowest)',
      comparisons: [
        comparisonOf({
          against: 'Nest + Fastify + pg + nats + ioredis',
          value: rounded(worst('startMs') / of(shell, 'startMs')),
          gate: 2.5,
          stretch: 1.5,
          rule: '<=',
        }),
      ],
      ours: ms(worst('startMs')),
      raw: ms(of(shell, 'startMs')),
      notes: [list('startMs', ms)],
    }),
  }
}
