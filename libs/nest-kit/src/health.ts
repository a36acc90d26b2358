/**
 * Whether a service lives and whether it can work: /health/live and /health/ready.
 * Filled by startService (database, bus) and by services with checks of their own.
 * Must never make liveness depend on another server: a restart would not help.
 */
import { Injectable } from '@nestjs/common'
import type { FastifyInstance } from 'fastify'

/** Undefined when all is well, otherwise one line that says what is wrong. */
export type HealthCheck = () => Promise<string | undefined> | string | undefined

export interface Readiness {
  readonly ready: boolean
  /** What is wrong, by check. */
  readonly reasons: Readonly<Record<string, string>>
}

const checkTimeoutMs = 1_000

@Injectable()
export class Health {
  private readonly checks = new Map<string, HealthCheck>()
  private stopping = false

  /** Adds a readiness check under a unique name; returns the function that removes it. */
  register(name: string, check: HealthCheck): () => void {
    this.checks.set(name, check)
    return () => this.checks.delete(name)
  }

  /** From now on not ready: the service is about to end. */
  beginStop(): void {
    this.stopping = true
  }

  async readiness(): Promise<Readiness> {
    if (this.stopping) return { ready: false, reasons: { service: 'stopping' } }
    const outcomes = await Promise.all([...this.checks].map(async ([name, check]) => [name, await run(check)] as const))
    const failed = outcomes.filter((outcome): outcome is readonly [string, string] => outcome[1] !== undefined)
    return { ready: failed.length === 0, reasons: Object.fromEntries(failed) }
  }
}

async function run(check: HealthCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${checkTimeoutMs} ms`), checkTimeoutMs)
  })
  try {
    return await Promise.race([Promise.resolve(check()), late])
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'failed'
  } finally {
    clearTimeout(timer)
  }
}

/** Registers the two health routes. */
export function serveHealth(fastify: FastifyInstance, health: Health, service: string): void {
  fastify.get('/health/live', () => ({ status: 'live', service }))
  fastify.get('/health/ready', async (_request, reply) => {
    const { ready, reasons } = await health.readiness()
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready', service, reasons })
  })
}

const downAfterMs = 5_000
const watchEveryMs = 500

/** A check that turns bad only after something was down for more than five seconds. Stop it by `close`. */
export class DownWatch {
  private downForMs = 0
  private readonly timer: NodeJS.Timeout

  constructor(isUp: () => boolean) {
    this.timer = setInterval(() => {
      this.downForMs = isUp() ? 0 : this.downForMs + watchEveryMs
    }, watchEveryMs)
    this.timer.unref()
  }

  /** True once it was down for longer than the limit. */
  isDown(): boolean {
    return this.downForMs > downAfterMs
  }

  close(): void {
    clearInterval(this.timer)
  }
}
