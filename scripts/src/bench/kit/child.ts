/**
 * A process of the bench as its parent sees it: start, call, measure, stop, kill.
 * Called by the parties and measures. Must never outlive the bench.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { nodeFlags } from './node-flags.ts'
import { type Usage, usageOf } from './usage.ts'

export interface ChildOptions {
  /** File beside main.js, without its extension. */
  readonly entry: string
  readonly logFile: string
  readonly environment?: Readonly<Record<string, string>>
  readonly execArgv?: readonly string[]
}

const startLimitMs = 30_000
const stopLimitMs = 15_000
const callLimitMs = 180_000
const logTailBytes = 3_000

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const running = new Set<ChildProcess>()

/** Ends whatever is left; for the end of the bench, however it comes. */
export function killAllChildren(): void {
  for (const child of running) child.kill('SIGKILL')
}

export class BenchChild {
  private readonly child: ChildProcess
  private readonly entry: string
  private readonly waiting = new Map<number, Waiting>()
  private nextId = 1

  private constructor(child: ChildProcess, options: ChildOptions) {
    this.child = child
    this.entry = options.entry
    child.on('message', (message: { id?: number; value?: never; error?: string }) => this.settle(message))
    child.once('exit', (code, signal) => {
      running.delete(child)
      for (const one of this.waiting.values()) {
        clearTimeout(one.timer)
        one.reject(new Error(`${options.entry} ended (${signal ?? code}):\n${tailOf(options.logFile)}`))
      }
      this.waiting.clear()
    })
  }

  /** Resolves when the child answers calls. */
  static async start(options: ChildOptions): Promise<BenchChild> {
    const log = openSync(options.logFile, 'a')
    const child = fork(new URL(`../${options.entry}.js`, import.meta.url), [], {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: [...nodeFlags, ...(options.execArgv ?? [])],
      env: { ...process.env, ...options.environment },
    })
    closeSync(log)
    running.add(child)
    const first = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => undefined),
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), startLimitMs).unref()),
    ])
    if (first === undefined) {
      child.kill('SIGKILL')
      throw new Error(`${options.entry} did not start:\n${tailOf(options.logFile)}`)
    }
    return new BenchChild(child, options)
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  call<Value>(name: string, input: unknown = null, limitMs = callLimitMs): Promise<Value> {
    const id = this.nextId++
    return new Promise<Value>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(new Error(`${this.entry} did not answer ${name} within ${limitMs} ms`))
      }, limitMs)
      this.waiting.set(id, { resolve, reject, timer })
      this.child.send({ id, name, input }, (error) => {
        if (error !== null) this.settle({ id, error: error.message })
      })
    })
  }

  usage(): Usage {
    return usageOf([this.pid])
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    if (this.child.connected) this.child.disconnect()
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopLimitMs)
    await gone
    clearTimeout(timer)
  }

  /** As a crash: no signal handler runs. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }

  private settle({ id, value, error }: { id?: number; value?: never; error?: string }): void {
    const one = id === undefined ? undefined : this.waiting.get(id)
    if (id === undefined || one === undefined) return
    this.waiting.delete(id)
    clearTimeout(one.timer)
    if (error === undefined) one.resolve(value as never)
    else one.reject(new Error(`${this.entry}: ${error}`))
  }
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-logTailBytes)
  } catch {
    return '(no log)'
  }
}
