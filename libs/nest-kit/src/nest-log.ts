/**
 * Nest's own messages as lines of our log. Nest keeps one logger per process, so the first service's stays.
 * Called by startService. Must never print Nest's start-up chatter above debug.
 */
import type { LoggerService } from '@nestjs/common'
import type { Logger } from '@tradewire/observability/logger'

class NestLog implements LoggerService {
  private readonly logger: Logger

  constructor(logger: Logger) {
    this.logger = logger
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest)
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest)
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest)
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest)
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest)
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest)
  }

  private write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = rest.at(-1)
    const fields = typeof context === 'string' ? { nest: context } : {}
    if (message instanceof Error) this.logger[level]({ ...fields, error: message }, message.message)
    else this.logger[level](fields, typeof message === 'string' ? message : JSON.stringify(message))
  }
}

let shared: NestLog | undefined

export function nestLog(logger: Logger): LoggerService {
  shared ??= new NestLog(logger)
  return shared
}
