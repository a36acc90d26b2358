/**
 * A logger whose lines can be read. Called by tests that look for a line or for the absence of a secret.
 * Must never print.
 */
import { createLogger, type Logger, type LogLevel } from '@tradewire/observability/logger'

export interface MemoryLogger {
  readonly logger: Logger
  /** Everything logged, as parsed objects. */
  lines(): Record<string, unknown>[]
  /** Everything logged, as it would have been printed. */
  text(): string
}

export function memoryLogger(service = 'test', level: LogLevel = 'debug'): MemoryLogger {
  const written: string[] = []
  const logger = createLogger({ service, level, destination: { write: (line: string) => void written.push(line) } })
  return {
    logger,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  }
}
