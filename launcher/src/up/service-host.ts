/**
 * Runs services inside this process, each with a log file of its own. Called by `up`.
 * Must never leave a started service behind when a later one fails to start.
 */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Environment } from '@tradewire/config/environment'
import { type Logger, type LogLevel, createLogger } from '@tradewire/observability/logger'
import { type RunningService, startService } from '@tradewire/nest-kit/start-service'
import { timestamp } from '../terminal/timestamp.ts'
import { type Home, logFileOf } from '../home/home.ts'
import { type RunPart, markOf } from '../home/run-record.ts'
import { type ServiceName, loadService } from '../services/catalogue.ts'

export interface ServiceHost {
  /** Starts one service and answers its URL. */
  start(name: ServiceName): Promise<string>
  parts(): RunPart[]
  /** Stops all, last started first. */
  stop(): Promise<void>
}

const logFileMode = 0o600

/** A logger that appends to a file of the home. Call close() so that the last lines reach the file. */
export function fileLogger(service: string, level: LogLevel, file: string): { logger: Logger; close(): Promise<void> } {
  const stream = createWriteStream(file, { flags: 'a', mode: logFileMode })
  return {
    logger: createLogger({ service, level, destination: stream }),
    async close() {
      stream.end()
      await once(stream, 'close')
    },
  }
}

interface Hosted {
  readonly part: RunPart
  readonly running: RunningService
  readonly closeLog: () => Promise<void>
}

export function inProcessHost(home: Home, environment: Environment, level: LogLevel): ServiceHost {
  const hosted: Hosted[] = []
  return {
    async start(name) {
      const logFile = logFileOf(home, name)
      const log = fileLogger(name, level, logFile)
      try {
        const running = await startService(await loadService(name), environment, { logger: log.logger })
        const startedAt = timestamp()
        const part: RunPart = { name, kind: 'service', url: running.url, ...markOf(process.pid), startedAt, logFile }
        hosted.push({ part, running, closeLog: () => log.close() })
        return running.url
      } catch (error) {
        await log.close()
        throw error
      }
    },
    parts: () => hosted.map(({ part }) => part),
    async stop() {
      for (const { running, closeLog } of hosted.splice(0).toReversed()) {
        await running.stop()
        await closeLog()
      }
    },
  }
}
