/**
 * A real redis-server for the BullMQ peer: on PATH, cached, or unpacked without root from the system's own signed
 * Debian sources. Called by the peers' measure. Must never be replaced by something that is not Redis.
 */
import { startChild } from '@tradewire/backends/child-process'
import { fetchDebianPackage } from '@tradewire/backends/debian-fetch'
import { freePort } from '@tradewire/backends/free-port'
import { Redis } from 'ioredis'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { repositoryRoot } from '../../check/repository.ts'
import { atEnd } from './cleanup.ts'
import { type Usage, usageOf } from './usage.ts'

export interface RunningRedis {
  readonly url: string
  readonly version: string
  usage(): Usage
  stop(): Promise<void>
}

interface Program {
  readonly path: string
  /** Where its shared libraries lie; undefined for those of the system. */
  readonly libraries: string | undefined
  readonly version: string
}

/** The server and what it needs that a small system may not have. */
const packages = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblua5.1-0',
  'liblzf1',
  'lua-bitop',
  'lua-cjson',
  'libatomic1',
]
const readyLimitMs = 10_000
const readyPollMs = 20
const stopLimitMs = 5_000

/** Throws with the reason when there is none and none can be had. */
export async function startRedisServer(directory: string, onProgress: (line: string) => void): Promise<RunningRedis> {
  const program = await findRedisServer(onProgress)
  await mkdir(directory, { recursive: true })
  const port = await freePort()
  const settings = `--port ${port} --bind 127.0.0.1 --dir ${directory} --appendonly yes --appendfsync everysec --save`
  const loader = program.libraries === undefined ? [] : [`LD_LIBRARY_PATH=${program.libraries}`]
  const child = await startChild({
    command: '/usr/bin/env',
    args: [...loader, program.path, ...settings.split(' '), ''],
    logFile: join(directory, 'redis.log'),
  })
  atEnd(() => child.end('SIGTERM', stopLimitMs))
  const url = `redis://127.0.0.1:${port}`
  const client = new Redis(url, { retryStrategy: () => readyPollMs, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  const ready = await Promise.race([client.ping(), delay(readyLimitMs, undefined, { ref: false })])
  client.disconnect()
  if (ready === undefined) {
    await child.end('SIGKILL', stopLimitMs)
    throw new Error('redis-server did not start')
  }
  return {
    url,
    version: program.version,
    usage: () => usageOf([child.pid]),
    stop: () => child.end('SIGTERM', stopLimitMs),
  }
}

async function findRedisServer(onProgress: (line: string) => void): Promise<Program> {
  const found = await promisify(execFile)('/bin/sh', ['-c', 'command -v redis-server']).catch(() => undefined)
  const onPath = found?.stdout.trim() ?? ''
  if (onPath !== '') {
    const version = await versionOf(onPath, undefined)
    if (version !== undefined) return { path: onPath, libraries: undefined, version }
  }
  const cache = join(repositoryRoot(), '.tools', 'redis-server')
  return (await unpackedIn(cache)) ?? fetchInto(cache, onProgress)
}

async function unpackedIn(folder: string): Promise<Program | undefined> {
  const path = join(folder, 'usr', 'bin', 'redis-server')
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (!there) return undefined
  const parent = join(folder, 'usr', 'lib')
  const libraries = readdirSync(parent)
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(parent, name))
    .join(':')
  const version = await versionOf(path, libraries)
  return version === undefined ? undefined : { path, libraries, version }
}

async function fetchInto(cache: string, onProgress: (line: string) => void): Promise<Program> {
  const release = /^VERSION_CODENAME=(\w+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1]
  if (release === undefined) throw new Error('this system does not say which Debian release it is')
  onProgress(`fetching redis-server from Debian ${release} (signed; no root needed)`)
  const workDirectory = join(repositoryRoot(), '.tools')
  const unpacked = `${cache}.unpack-${process.pid}`
  try {
    for (const packageName of packages) {
      await fetchDebianPackage({ packageName, release, workDirectory, target: unpacked })
    }
    await rm(cache, { recursive: true, force: true })
    await rename(unpacked, cache)
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
  const program = await unpackedIn(cache)
  if (program === undefined) throw new Error(`the redis-server of Debian ${release} does not run here`)
  return program
}

async function versionOf(path: string, libraries: string | undefined): Promise<string | undefined> {
  const environment = libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }
  const run = await promisify(execFile)(path, ['--version'], { env: environment }).catch(() => undefined)
  return /v=(\d+\.\d+\.\d+)/.exec(run?.stdout ?? '')?.[1]
}
