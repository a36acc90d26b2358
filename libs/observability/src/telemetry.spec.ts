import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { SpanKind } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import fastify from 'fastify'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTelemetry, type Telemetry } from './telemetry.ts'
import { injectTrace, runInTrace, withSpan } from './trace.ts'

describe('without an endpoint', () => {
  it('nothing is started and nothing is carried', async () => {
    const telemetry = await startTelemetry({ service: 'test' })
    expect(await withSpan('work', {}, async () => injectTrace())).toBeUndefined()
    expect(await runInTrace(undefined, 'work', async () => 'done')).toBe('done')
    await telemetry.stop()
  })
})

describe('with telemetry', () => {
  const exporter = new InMemorySpanExporter()
  let telemetry: Telemetry

  beforeAll(async () => {
    telemetry = await startTelemetry({ service: 'test', spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  })

  afterAll(() => telemetry.stop())

  it('one trace goes from the HTTP request over a stored traceparent to the call that follows much later', async () => {
    const venue = fastify()
    venue.get('/order', async () => ({ trace: injectTrace() }))
    const venueUrl = await venue.listen({ port: 0, host: '127.0.0.1' })
    let stored: string | undefined
    const intake = fastify()
    intake.get('/alert', async () => {
      stored = injectTrace()
      return {}
    })
    const intakeUrl = await intake.listen({ port: 0, host: '127.0.0.1' })

    await withSpan('sender', {}, async () => (await request(`${intakeUrl}/alert`)).body.dump())
    await runInTrace(stored, 'consume order.submit', () =>
      withSpan('place order', { venue: 'test' }, async () => (await request(`${venueUrl}/order`)).body.dump()),
    )
    await Promise.all([venue.close(), intake.close()])

    const spans = exporter.getFinishedSpans()
    const names = spans.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['sender', 'GET', 'consume order.submit', 'place order']))
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1)
    // sender, client and server of the alert, consumer, placement, client and server of the order.
    expect(spans).toHaveLength(7)
  })

  it('says of an address that is called only the origin: what follows it may be a secret', async () => {
    exporter.reset()
    const chat = http.createServer((_incoming, reply) => void reply.end('{}'))
    await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve))
    const { port } = chat.address() as AddressInfo
    const address = `http://127.0.0.1:${port}/botc4n4ryToken/sendMessage?signature=c4n4rySignature`
    await withSpan('deliver', {}, async () => {
      await (await request(address)).body.dump()
      await (await fetch(address)).text()
      await new Promise((resolve) => http.get(address, (answer) => answer.resume().on('end', resolve)))
    })
    chat.close()
    const calls = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT)
    expect(calls).toHaveLength(3)
    for (const { name, attributes } of calls) {
      expect(name).toBe('GET')
      expect(attributes).toMatchObject({ 'server.address': '127.0.0.1', 'server.port': port })
    }
    expect(inspect(calls, { depth: 6 })).not.toContain('c4n4ry')
  })

  it('marks the span of failed work and throws the failure on', async () => {
    exporter.reset()
    await expect(withSpan('fails', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(exporter.getFinishedSpans()[0]?.status).toMatchObject({ message: 'no' })
  })

  it('is shared by all services of a process and ends with the last of them', async () => {
    const second = await startTelemetry({ service: 'other', otlpEndpoint: 'http://127.0.0.1:9' })
    await second.stop()
    await second.stop()
    expect(await withSpan('still on', {}, async () => injectTrace())).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })
})
