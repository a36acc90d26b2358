import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '@tradewire/backends/free-port'
import { eventually } from '@tradewire/testkit/eventually'
import { playDemo } from '@tradewire/chaos/kit/load'
import { expectWhole } from '../system/demo-run.ts'
import { realSystem } from '../system/real-system.ts'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly service: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, string>>
}

interface OtlpSpans {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly (Span & { readonly attributes: readonly OtlpAttribute[] })[]
    }[]
  }[]
}

interface OtlpAttribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: string | number }
}

/** As OTLP numbers what calls another process. */
const clientKind = 3
const port = await freePort()
const spans: Span[] = []
let collector: Server

function valuesOf(attributes: readonly OtlpAttribute[]): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? String(value.intValue ?? '')]),
  )
}

/** A collector that speaks OTLP over HTTP with JSON. */
async function startCollector(): Promise<void> {
  collector = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      for (const { resource, scopeSpans } of (JSON.parse(body) as OtlpSpans).resourceSpans) {
        const service = valuesOf(resource.attributes)['service.name'] ?? ''
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          spans.push({ ...span, service, attributes: valuesOf(span.attributes) })
        }
      }
      reply.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(port, '127.0.0.1', resolve))
}

beforeAll(startCollector)
const system = realSystem({
  settings: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: '100' },
})
afterAll(() => {
  collector.closeAllConnections()
  collector.close()
})

describe('one alert', () => {
  it('is one unbroken trace from the HTTP request through the bus to the venue and to the webhook', async () => {
    expectWhole(await playDemo(system, { followers: 2, signals: 1, seed: 3 }))
    const isAlert = ({ attributes }: Span) =>
      (attributes['url.path'] ?? attributes['http.target'] ?? '').endsWith('/v1/webhook/strategy')
    // Spans of calls do not say which path was called, so it is told by who calls.
    const posts = (trace: readonly Span[], caller: string) =>
      trace.filter(
        ({ service, kind, attributes }) =>
          service === caller && kind === clientKind && attributes['http.request.method'] === 'POST',
      )
    const trace = await eventually(
      () => {
        const alert = spans.find(isAlert)
        const family = spans.filter(({ traceId }) => traceId === alert?.traceId)
        const whole = posts(family, 'brokers').length > 0 && posts(family, 'webhooks').length > 0
        return whole && family
      },
      { withinMs: 20_000, describe: 'a trace that reaches the venue and the subscriber' },
    )
    const services = new Set(trace.map(({ service }) => service))
    expect([...services]).toEqual(expect.arrayContaining(['gateway', 'signals', 'orders', 'brokers', 'webhooks']))
    // Unbroken: every span but the first has its parent in the same trace.
    const known = new Set(trace.map(({ spanId }) => spanId))
    const orphans = trace.filter(({ parentSpanId }) => parentSpanId && !known.has(parentSpanId))
    expect(orphans.map(({ name, service }) => `${service}: ${name}`)).toEqual([])
  })
})
