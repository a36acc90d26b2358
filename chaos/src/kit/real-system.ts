/**
 * A whole installation, started and stopped as a user does: by the command, in processes of its own, in a folder of
 * its own. Called by the scenarios and, through a hook, by e2e specs.
 * Must never signal a process that it cannot prove to be one of its own.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { commandLineOf } from '@tradewire/backends/process-identity'
import { type Environment, environment } from '@tradewire/config/environment'
import { createHome, type Home, homeAt } from '@tradewire/launcher/home/home'
import { isSameProcess, readRun, type RunPart } from '@tradewire/launcher/home/run-record'
import type { Endpoints } from '@tradewire/launcher/up/endpoints'
import { livingParts } from '@tradewire/launcher/up/leftovers'
import { eventually } from '@tradewire/testkit/eventually'
import type { FaultProxy } from '@tradewire/testkit/fault-proxy'
import { type LinkName, Links } from './links.ts'

const root = resolve(import.meta.dirname, '../../..')
const cli = join(root, 'launcher/dist/cli.js')
const run = promisify(execFile)
const outputMax = 4 * 1024 * 1024
const restartLimitMs = 30_000

export interface RealSystemOptions {
  /** Settings of services by environment name, besides those of every e2e system. */
  readonly settings?: Readonly<Record<string, string>>
  /** One process for each service; true when not given. */
  readonly processes?: boolean
  /** Connections that go through a fault proxy. */
  readonly links?: readonly LinkName[]
  /** PostgreSQL stands in this folder, started by the kit; the link `database` is implied. */
  readonly databaseFolder?: string
}

export class RealSystem {
  private readonly options: RealSystemOptions
  private folder: Home | undefined
  private reached: Endpoints | undefined
  private guard: ChildProcess | undefined
  private failed = false
  private readonly links: Links

  constructor(options: RealSystemOptions) {
    this.options = options
    this.links = new Links(options.links ?? [], options.databaseFolder)
  }

  get home(): Home {
    if (this.folder === undefined) throw new Error('the system is not started yet')
    return this.folder
  }

  get endpoints(): Endpoints {
    if (this.reached === undefined) throw new Error('the system is not started yet')
    return this.reached
  }

  /** Builds what changed, as `./tradewire` does. */
  async build(): Promise<void> {
    await this.command(join(root, 'node_modules/ts7/bin/tsc'), ['-b', join(root, 'chaos')])
  }

  /** The proxy of a link; it must be among the options. */
  link(name: LinkName): FaultProxy {
    return this.links.proxy(name)
  }

  /** Starts a PostgreSQL of the kit again after it has died. */
  restartDatabase(): Promise<void> {
    return this.links.restartDatabase()
  }

  /** Runs `up --detach`. */
  async start(): Promise<void> {
    this.folder = homeAt(await mkdtemp(join(tmpdir(), 'tradewire-e2e-')))
    this.guard = guardOf(this.home)
    const processes = this.options.processes === false ? [] : ['--processes']
    await this.watched(async () => {
      await createHome(this.home)
      const port = await this.links.start(this.home)
      await this.command(cli, ['up', '--detach', '--home', this.home.root, '--port', String(port), ...processes])
      this.reached = JSON.parse(await readFile(this.home.endpointsFile, 'utf8')) as Endpoints
    })
  }

  /** Runs a part of a test; its failure names the logs, and the logs are kept. */
  async watched<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      this.failed = true
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`${message}\n\nThe logs are in ${this.home.logs}`, { cause: error })
    }
  }

  /** The logs stay after the stop. */
  keepLogs(): void {
    this.failed = true
  }

  /** A part that runs at this moment; waits while it is being restarted. */
  part(name: string): Promise<RunPart> {
    return eventually(
      async () => (await readRun(this.home))?.parts.find((part) => part.name === name && isSameProcess(part)),
      { withinMs: restartLimitMs, describe: `${name} runs` },
    )
  }

  /** Signals the process of a part, proved to be ours: recorded in our folder, started when the record says. */
  async signal(name: string, signal: NodeJS.Signals): Promise<RunPart> {
    const part = await this.part(name)
    this.assertOurs(part)
    process.kill(part.pid, signal)
    return part
  }

  /** Stops everything by `down`, and proves that nothing is left. */
  async stop(): Promise<void> {
    if (this.folder === undefined) return
    const record = await readRun(this.home)
    await this.command(cli, ['down', '--home', this.home.root])
    const left = record === undefined ? [] : livingParts(record)
    await this.links.stop()
    this.guard?.kill('SIGKILL')
    const all = ['postgres', 'nats', 'paper', 'keys']
    const folders = this.failed ? all.map((name) => join(this.home.root, name)) : [this.home.root]
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`still running after down: ${left.map(({ name }) => name).join(', ')}`)
  }

  private assertOurs(part: RunPart): void {
    const commandLine = commandLineOf(part.pid)
    const expected = part.kind === 'service' ? `run --services ${part.name}` : this.home.root
    if (isSameProcess(part) && commandLine.includes(expected)) return
    throw new Error(`process ${part.pid} is not the ${part.name} of this test: ${commandLine}`)
  }

  /** Runs a command of the launcher against this system and answers the object that it prints. */
  async tells<Reply>(...args: readonly string[]): Promise<Reply> {
    return JSON.parse(await this.command(cli, [...args, '--home', this.home.root, '--json'])) as Reply
  }

  private async command(script: string, args: readonly string[]): Promise<string> {
    const env = {
      ...ownEnvironment(environment()),
      GATEWAY_RATE_LIMIT: 'false',
      ORDERS_ALERTS_PER_MINUTE_MIN: '0',
      ...this.links.settings,
      ...this.options.settings,
    }
    try {
      return (await run(process.execPath, [script, ...args], { cwd: root, env, maxBuffer: outputMax })).stdout
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
    }
  }
}

/** Without what vitest and a developer's shell would tell the services. */
function ownEnvironment(all: Environment): Environment {
  const strange = /^(VITEST.*|NODE_ENV|NODE_OPTIONS|TEST|DEV|PROD|MODE|DATABASE_URL|NATS_URL|REDIS_URL)$/
  return Object.fromEntries(Object.entries(all).filter(([name]) => !strange.test(name)))
}

/** Stops the system when this process dies without doing so, even by SIGKILL: its input ends then. */
function guardOf(home: Home): ChildProcess {
  const script = 'cat >/dev/null; "$1" "$2" down --home "$3" >/dev/null 2>&1; rm -rf "$3"'
  const guard = spawn('/bin/sh', ['-c', script, 'guard', process.execPath, cli, home.root], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  return guard
}
