/**
 * Child processes that outlive a Ctrl-C of their parent long enough to be stopped in order.
 * Called by the starters of PostgreSQL and NATS. Must never share the terminal's process group with a server.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessExit } from './running-backend.ts'

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly logFile: string
  readonly cwd?: string
  /** Runs as another user; only root may ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

export interface Child {
  readonly pid: number
  readonly exited: Promise<ProcessExit>
  /** Undefined while the process runs. */
  exit(): ProcessExit | undefined
  signal(signal: NodeJS.Signals): void
  /** Sends `first`, waits up to `limitMs`, then sends SIGKILL, and waits for the end. */
  end(first: NodeJS.Signals, limitMs: number): Promise<void>
}

/** Starts a process in a session of its own with its output appended to a log file. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openSync(options.logFile, 'a', 0o600)
  const child = spawn(options.command, [...options.args], {
    stdio: ['ignore', log, log],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
  })
  closeSync(log)
  let ended: ProcessExit | undefined
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve((ended = { code, signal })))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => reject(new Error(`${options.command} could not be started`, { cause })))
  })
  child.unref()
  const pid = child.pid
  if (pid === undefined) throw new Error(`${options.command} has no process id`)
  const signal = (name: NodeJS.Signals): void => {
    if (ended === undefined) child.kill(name)
  }
  return {
    pid,
    exited,
    exit: () => ended,
    signal,
    async end(first, limitMs) {
      signal(first)
      if (await settledWithin(exited, limitMs)) return
      signal('SIGKILL')
      await exited
    },
  }
}

/** True when the promise settles within the limit. Keeps the process alive only that long. */
export async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = new AbortController()
  const late = delay(limitMs, false, { signal: timer.signal }).catch(() => false)
  const settled = await Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    late,
  ])
  timer.abort()
  return settled
}
