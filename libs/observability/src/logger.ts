/**
 * The log: one JSON object per event and line, on standard output, with secrets taken out.
 * Called by startService, the launcher and tests; everybody else gets the Logger injected.
 * Must never be a global: the name of the service belongs to each logger.
 */
import { isSpanContextValid, trace } from '@opentelemetry/api'
import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino'
import { redactObject, redactText } from '#redaction'

export type { Logger } from 'pino'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

export interface LoggerSettings {
  readonly service: string
  readonly level: LogLevel
  /** Standard output when not given. */
  readonly destination?: DestinationStream
}

type MakeChild = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger

let standardOutput: DestinationStream | undefined

/** All loggers of a process share one stream, so that their lines never mix. */
function sharedStandardOutput(): DestinationStream {
  standardOutput ??= pino.destination({ fd: 1, sync: true })
  return standardOutput
}

export function createLogger({ service, level, destination }: LoggerSettings): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    errorKey: 'error',
    mixin: activeTrace,
    formatters: { level: (label) => ({ level: label }), bindings: redactObject, log: redactObject },
    // The formatter above has already turned errors into plain, redacted objects.
    serializers: { error: (value: unknown) => value, err: (value: unknown) => value },
    hooks: { streamWrite: redactText },
  }
  const logger = pino(options, destination ?? sharedStandardOutput())
  const makeChild = logger.child as unknown as MakeChild
  const makeRedactedChild: MakeChild = function child(bindings, childOptions) {
    return makeChild.call(this, redactObject(bindings), childOptions)
  }
  // pino drops the bindings formatter for children, so their bindings are redacted here; children inherit this.
  logger.child = makeRedactedChild as unknown as Logger['child']
  return logger
}

/** The ids that lead from a log line to its trace; nothing when no trace is active. */
function activeTrace(): object {
  const context = trace.getActiveSpan()?.spanContext()
  if (context === undefined || !isSpanContextValid(context)) return {}
  return { traceId: context.traceId, spanId: context.spanId }
}
