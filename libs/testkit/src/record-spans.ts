/**
 * Traces kept in memory, for tests that check them. Called by tests of propagation.
 * Must never run beside an exporter: there is one telemetry per process.
 */
import { startTelemetry } from '@tradewire/observability/telemetry'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'

export interface RecordedSpans {
  /** The spans that have ended so far. */
  finished(): ReadableSpan[]
  clear(): void
  stop(): Promise<void>
}

export async function recordSpans(service = 'test'): Promise<RecordedSpans> {
  const exporter = new InMemorySpanExporter()
  const telemetry = await startTelemetry({ service, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  return {
    finished: () => exporter.getFinishedSpans(),
    clear: () => exporter.reset(),
    stop: () => telemetry.stop(),
  }
}
