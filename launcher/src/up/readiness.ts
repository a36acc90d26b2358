/**
 * Asks services whether they can work. Called by `up`, which waits for it, and by `status`.
 * Must never take longer than its limit for one service.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { LauncherError } from '../terminal/launcher-error.ts'

export interface Readiness {
  readonly ready: boolean
  /** What is wrong, by check. */
  readonly reasons: Readonly<Record<string, string>>
}

const askLimitMs = 2_000
const readyLimitMs = 90_000
const pollMs = 25

/** With a name, the answer of another service counts as none: a port may be somebody else's by now. */
export async function readinessOf(url: string, name?: string): Promise<Readiness> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(askLimitMs) })
    const body = (await response.json()) as { service?: string; reasons?: Readonly<Record<string, string>> }
    if (name !== undefined && body.service !== name) {
      return { ready: false, reasons: { http: `${body.service ?? 'another program'} answers on its port` } }
    }
    return { ready: response.ok, reasons: body.reasons ?? {} }
  } catch {
    return { ready: false, reasons: { http: 'does not answer' } }
  }
}

export interface AwaitedService {
  readonly name: string
  readonly url: string
  readonly logFile: string
  readonly cancel: AbortSignal
}

/** Waits until a service is ready; the error says what it still lacked. */
export async function untilReady({ name, url, logFile, cancel }: AwaitedService): Promise<void> {
  const deadlineMs = performance.now() + readyLimitMs
  for (;;) {
    const { ready, reasons } = await readinessOf(url, name)
    if (ready) return
    if (performance.now() > deadlineMs) {
      throw new LauncherError(`${name} is not ready: ${reasonText(reasons)}`, `read its log: ${logFile}`)
    }
    await delay(pollMs, undefined, { signal: cancel })
  }
}

export function reasonText(reasons: Readonly<Record<string, string>>): string {
  return Object.entries(reasons)
    .map(([check, reason]) => `${check}: ${reason}`)
    .join('; ')
}
