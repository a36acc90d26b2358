/**
 * A service's connection to its own schema, with patience at the start.
 * Loaded by startService only for services that own a database. Must never run migrations.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Provider } from '@nestjs/common'
import { Database, type DatabaseOptions, UnsafeDurabilityError } from '@tradewire/database/database'
import type { Logger } from '@tradewire/observability/logger'
import { DatabaseUnreachableError } from '#database-unreachable'

const firstRetryMs = 200
const retryMaxMs = 3_000
const pingWithinMs = 800

export interface OpenDatabase {
  readonly database: Database
  readonly providers: readonly Provider[]
  /** For readiness: undefined when the database answers. */
  ping(): Promise<string | undefined>
}

export interface DatabasePatience {
  readonly logger: Logger
  readonly withinMs: number
}

/** Connects, trying again while the server is away. Throws when the limit is used up or the server is unsafe. */
export async function openDatabase(options: DatabaseOptions, patience: DatabasePatience): Promise<OpenDatabase> {
  const database = await connectPatiently(options, patience)
  return { database, providers: [{ provide: Database, useValue: database }], ping: () => ping(database) }
}

async function connectPatiently(options: DatabaseOptions, { logger, withinMs }: DatabasePatience): Promise<Database> {
  const deadlineMs = options.clock.monotonicMs() + withinMs
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, retryMaxMs)) {
    try {
      return await Database.connect(options)
    } catch (error) {
      if (error instanceof UnsafeDurabilityError) throw error
      const reason = reasonOf(error)
      if (options.clock.monotonicMs() + waitMs > deadlineMs) {
        const message = `PostgreSQL could not be reached within ${withinMs / 1_000} s: ${reason}`
        throw new DatabaseUnreachableError(message, { cause: error })
      }
      logger.warn({ reason, retryInMs: waitMs }, 'PostgreSQL is not there yet')
      await delay(waitMs)
    }
  }
}

/** The innermost message: drivers wrap refused connections in errors without one. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}

async function ping(database: Database): Promise<string | undefined> {
  const late = AbortSignal.timeout(pingWithinMs)
  const limit = new Promise<string>((resolve) => {
    late.addEventListener('abort', () => resolve(`PostgreSQL did not answer within ${pingWithinMs} ms`), { once: true })
  })
  const answer = database.query('select 1').then(
    () => undefined,
    () => 'PostgreSQL is not reachable',
  )
  return Promise.race([answer, limit])
}
