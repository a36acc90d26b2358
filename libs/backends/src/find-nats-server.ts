/**
 * Finds a nats-server that is new enough: on PATH, cached under the tools folder, or fetched without root.
 * Called by the launcher and the testkit. Must never accept a binary that it has not run.
 */
import { execFile } from 'node:child_process'
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { fetchDebianPackage } from './debian-fetch.ts'

export interface FindNatsServerOptions {
  /** Folder for fetched tools, such as <project>/.tools. */
  readonly toolsDirectory: string
  readonly onProgress?: (line: string) => void
  /** False: only look, never fetch (the doctor). Default true. */
  readonly fetch?: boolean
}

export interface NatsServerBinary {
  readonly path: string
  readonly version: string
  readonly source: 'path' | 'cache' | 'fetched'
}

const versionFloor = '2.10.0'
const versionLimitMs = 5_000
/** Debian releases to take it from, oldest first: the older one asks less of the system's C library. */
const releases = ['trixie', 'forky']

/** Throws one clear message, with what to do, when there is none and none can be fetched. */
export async function findNatsServer(options: FindNatsServerOptions): Promise<NatsServerBinary> {
  const cache = join(resolve(options.toolsDirectory), 'nats-server')
  const known = (await findOnPath()) ?? (await findInCache(cache))
  if (known !== undefined) return known
  if (options.fetch === false) throw new Error(missingMessage('none is on PATH or cached'))
  const failures: string[] = []
  for (const release of releases) {
    options.onProgress?.(`fetching nats-server from Debian ${release} (signed, about 6 MB; no root needed)`)
    try {
      return await fetchInto(cache, release)
    } catch (error) {
      failures.push(`${release}: ${firstLine(error)}`)
    }
  }
  throw new Error(missingMessage(failures.join('; ')))
}

function missingMessage(reason: string): string {
  return `no nats-server ${versionFloor} or newer (${reason}): install one on PATH, or set NATS_URL to a running server`
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n').slice(0, 4).join(' ').slice(0, 400)
}

async function findOnPath(): Promise<NatsServerBinary | undefined> {
  // The shell knows the search path; reading the environment here would be a second home for it.
  const found = await promisify(execFile)('/bin/sh', ['-c', 'command -v nats-server']).catch(() => undefined)
  const path = found?.stdout.trim() ?? ''
  const version = path === '' ? undefined : await versionOf(path)
  return version !== undefined && isAtLeast(version, versionFloor) ? { path, version, source: 'path' } : undefined
}

async function findInCache(cache: string): Promise<NatsServerBinary | undefined> {
  const versions = (await readdir(cache).catch(() => [])).filter((name) => /^\d/.test(name))
  for (const name of versions.toSorted((left, right) => (isAtLeast(left, right) ? -1 : 1))) {
    const path = join(cache, name, 'nats-server')
    const version = await versionOf(path)
    if (version !== undefined && isAtLeast(version, versionFloor)) return { path, version, source: 'cache' }
  }
  return undefined
}

/** Fetches into a private folder and moves the binary into the cache at the end, so that two fetches cannot clash. */
async function fetchInto(cache: string, release: string): Promise<NatsServerBinary> {
  const unpacked = join(cache, `.unpack-${process.pid}-${release}`)
  try {
    await fetchDebianPackage({ packageName: 'nats-server', release, workDirectory: cache, target: unpacked })
    const binary = await firstExisting(['usr/sbin/nats-server', 'usr/bin/nats-server'].map((at) => join(unpacked, at)))
    const version = await versionOf(binary)
    if (version === undefined) throw new Error(`the nats-server of ${release} does not run on this system`)
    if (!isAtLeast(version, versionFloor)) throw new Error(`${release} has only nats-server ${version}`)
    const folder = join(cache, version)
    await mkdir(folder, { recursive: true })
    const path = join(folder, 'nats-server')
    await rename(binary, path)
    return { path, version, source: 'fetched' }
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

async function firstExisting(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  throw new Error('the package holds no nats-server program')
}

/** Runs the binary; undefined when it is not there or does not run. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: versionLimitMs })
    return /(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

/** Compares dotted numbers. */
export function isAtLeast(version: string, floor: string): boolean {
  const left = version.split('.').map(Number)
  const right = floor.split('.').map(Number)
  for (const [index, wanted] of right.entries()) {
    const part = left[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}
