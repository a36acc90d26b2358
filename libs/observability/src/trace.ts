/**
 * One unbroken trace over queues and rows: the current traceparent as text, and work that continues one.
 * Called by the outbox, the bus, venue clients and webhook delivery. Free of cost while telemetry is off.
 * Must never decide what work does: a trace only watches.
 */
import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

const tracerName = 'tradewire'
export const traceparentHeader = 'traceparent'

export type TraceAttributes = Attributes

/** The W3C traceparent of the active span, to be kept in an outbox row or a message header; undefined without one. */
export function injectTrace(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext()
  if (active === undefined || !isSpanContextValid(active)) return undefined
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier[traceparentHeader]
}

/** Runs work in a span named `name` that continues the trace of `traceparent` (a new trace without one). */
export function runInTrace<Value>(
  traceparent: string | null | undefined,
  name: string,
  work: (span: Span) => Promise<Value>,
): Promise<Value> {
  const parent =
    traceparent === undefined || traceparent === null
      ? context.active()
      : propagation.extract(context.active(), { [traceparentHeader]: traceparent })
  return context.with(parent, () => startSpan(name, { kind: SpanKind.CONSUMER }, work))
}

/** Runs work in a child span of the active one; a thrown error marks the span and is thrown on. */
export function withSpan<Value>(
  name: string,
  attributes: TraceAttributes,
  work: (span: Span) => Promise<Value>,
): Promise<Value> {
  return startSpan(name, { attributes }, work)
}

function startSpan<Value>(
  name: string,
  options: { readonly kind?: SpanKind; readonly attributes?: TraceAttributes },
  work: (span: Span) => Promise<Value>,
): Promise<Value> {
  return trace.getTracer(tracerName).startActiveSpan(name, options, async (span) => {
    try {
      return await work(span)
    } catch (cause) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: cause instanceof Error ? cause.message : String(cause) })
      throw cause
    } finally {
      span.end()
    }
  })
}
