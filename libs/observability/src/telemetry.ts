/**
 * Starts trace export for the process when an OTLP endpoint is configured, and costs nothing otherwise.
 * Called by startService and the launcher before anything connects, so that pg and http are watched from the start.
 * Must never fail a service: without a collector, work goes on.
 */
import { createRequire } from 'node:module'
import { type Attributes, context, propagation, trace } from '@opentelemetry/api'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

export interface TelemetrySettings {
  /** resource service.name: the service, or `tradewire` for a process that runs several. */
  readonly service: string
  /** Base address of an OTLP collector over HTTP, such as http://127.0.0.1:4318. */
  readonly otlpEndpoint?: string | undefined
  /** Instead of the exporter, for tests. */
  readonly spanProcessors?: readonly SpanProcessor[]
}

export interface Telemetry {
  /** Exports what is left and stops; the last of several holders in one process really stops it. */
  stop(): Promise<void>
}

const nothingStarted: Telemetry = { stop: async () => undefined }
const exportTimeoutMs = 5_000

/**
 * Of an address that we call a span keeps scheme, server and port: what follows holds tokens of chats, secrets of
 * subscribers and signatures of venues.
 */
const originOnly: Attributes = { 'url.full': undefined, 'url.path': undefined, 'url.query': undefined }

interface Running {
  holders: number
  readonly shutdown: () => Promise<void>
}

let running: Promise<Running> | undefined

/** There is one telemetry per process: the first call starts it, later calls share it. */
export async function startTelemetry(settings: TelemetrySettings): Promise<Telemetry> {
  if (settings.otlpEndpoint === undefined && settings.spanProcessors === undefined) return nothingStarted
  running ??= startSdk(settings)
  const held = await running
  held.holders += 1
  let released = false
  return {
    async stop() {
      if (released) return
      released = true
      held.holders -= 1
      if (held.holders > 0) return
      running = undefined
      await held.shutdown()
    },
  }
}

/** The SDK is heavy (about 40 MB and 200 ms), so it is loaded only where traces are wanted. */
async function startSdk({ service, otlpEndpoint, spanProcessors }: TelemetrySettings): Promise<Running> {
  const [sdk, otlp, http, pg, undici] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/instrumentation-http'),
    import('@opentelemetry/instrumentation-pg'),
    import('@opentelemetry/instrumentation-undici'),
  ])
  const url = `${otlpEndpoint ?? ''}/v1/traces`.replace(/([^:])\/\/+/g, '$1/')
  const node = new sdk.NodeSDK({
    serviceName: service,
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
    ...(spanProcessors === undefined
      ? { traceExporter: new otlp.OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs }) }
      : { spanProcessors: [...spanProcessors] }),
    instrumentations: [
      new http.HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url: path }) => isProbe(path),
        startOutgoingSpanHook: () => originOnly,
      }),
      new undici.UndiciInstrumentation({
        requireParentforSpans: true,
        startSpanHook: () => originOnly,
      }),
      new pg.PgInstrumentation({ requireParentSpan: true }),
    ],
  })
  node.start()
  touchPatchedModules()
  return {
    holders: 0,
    shutdown: async () => {
      await node.shutdown().catch(() => undefined)
      trace.disable()
      context.disable()
      propagation.disable()
    },
  }
}

function isProbe(path: string | undefined): boolean {
  return path === '/metrics' || path?.startsWith('/health/') === true
}

/** Modules loaded before the start are patched when they are required again: do that now. */
function touchPatchedModules(): void {
  const require = createRequire(import.meta.url)
  require('node:http')
  require('node:https')
}
