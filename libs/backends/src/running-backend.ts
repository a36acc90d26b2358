/**
 * What every started backend looks like to its starter. Called by the launcher, the testkit and the benches.
 * Must never hold more than is needed to reach, watch and stop the server.
 */

/** A server that we started; it may live in this process (Redis) or in its own (PostgreSQL, NATS). */
export interface RunningBackend {
  readonly url: string
  readonly port: number
  /** Stops the server in good order and waits until it is gone. Calling it twice is harmless. */
  stop(): Promise<void>
}

/** How a child process ended. */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A server with a process of its own. */
export interface RunningProcess extends RunningBackend {
  readonly pid: number
  /** Resolves when the process is gone, for whatever reason; never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Sends a signal and returns at once: for fault tests (SIGKILL, SIGSTOP, SIGQUIT). */
  signal(signal: NodeJS.Signals): void
}
