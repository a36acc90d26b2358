import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { ConfigError } from '@tradewire/config/config-error'
import { type ConfigOf, defineConfig } from '@tradewire/config/define-config'
import { operationsSettings } from '@tradewire/config/server-settings'
import { defineErrors } from '@tradewire/kernel/errors'
import { err } from '@tradewire/kernel/result'
import { createLogger } from '@tradewire/observability/logger'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineService } from '#define-service'
import { Health } from '#health'
import { valueOrThrow } from '#http-errors'
import { type RunningService, startService } from '#start-service'
import { InjectConfig } from '#tokens'

const config = defineConfig('sample', z.object({ greeting: z.string().min(3).default('hello') }))
const errors = defineErrors('sample', {
  SOLD_OUT: { kind: 'conflict', message: 'There is none left.', fix: 'Come back later.' },
})

@Controller()
class SampleController {
  private readonly config: ConfigOf<typeof config>

  constructor(@InjectConfig() injected: ConfigOf<typeof config>) {
    this.config = injected
  }

  @Get('/greeting')
  greeting(): { text: string } {
    return { text: this.config.greeting }
  }

  @Get('/sold-out')
  soldOut(): never {
    return valueOrThrow(err(errors.of('SOLD_OUT', { item: 'tea' })))
  }

  @Get('/broken')
  broken(): never {
    throw new Error('a detail that nobody outside may see')
  }
}

@Module({ controllers: [SampleController] })
class SampleModule {}

const sample = defineService({
  name: 'sample',
  config,
  module: SampleModule,
  errors,
  bus: false,
  configureHttp: (fastify) => {
    fastify.post('/echo', (request) => ({ body: request.body }))
    fastify.get('/slow', async () => {
      slowBegan()
      await slowMayEnd
      return { slow: true }
    })
  },
})

let slowBegan: () => void = () => undefined
let slowMayEnd: Promise<void> = Promise.resolve()

const lines: string[] = []
const logger = createLogger({
  service: 'sample',
  level: 'info',
  destination: { write: (line: string) => void lines.push(line) },
})
const running: RunningService[] = []

async function start(environment: Record<string, string> = {}): Promise<RunningService> {
  const service = await startService(sample, environment, { logger })
  running.push(service)
  return service
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()))
  lines.length = 0
})

describe('a service without database and bus', () => {
  it('serves its routes with its configuration on a free port', async () => {
    const { url } = await start({ SAMPLE_GREETING: 'good day' })
    const reply = await fetch(`${url}/greeting`)
    expect(await reply.json()).toEqual({ text: 'good day' })
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
    expect(reply.headers.get('x-powered-by')).toBeNull()
  })

  it('answers coded errors, unknown routes, bad bodies and unexpected failures in one form', async () => {
    const { url } = await start({ SAMPLE_HTTP_BODY_LIMIT_BYTES: '1024' })
    const ask = async (path: string, init?: RequestInit): Promise<[number, unknown]> => {
      const reply = await fetch(url + path, init)
      return [reply.status, await reply.json()]
    }
    const json = { 'content-type': 'application/json' }
    expect(await ask('/sold-out')).toEqual([
      409,
      { error: { code: 'SOLD_OUT', message: 'There is none left. Come back later.', details: { item: 'tea' } } },
    ])
    expect(await ask('/nowhere')).toMatchObject([404, { error: { code: 'NOT_FOUND' } }])
    expect(await ask('/echo', { method: 'POST', headers: json, body: '{' })).toMatchObject([
      400,
      { error: { code: 'BAD_REQUEST' } },
    ])
    expect(
      await ask('/echo', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(2_000)) }),
    ).toMatchObject([413, { error: { code: 'BODY_TOO_LARGE' } }])
    expect(await ask('/broken')).toEqual([
      500,
      { error: { code: 'INTERNAL', message: 'Something went wrong on our side', details: {} } },
    ])
    expect(lines.filter((line) => line.includes('a detail that nobody outside may see'))).toHaveLength(1)
  })

  it('takes plain text as text', async () => {
    const { url } = await start()
    const reply = await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a=1' })
    expect(await reply.json()).toEqual({ body: 'a=1' })
  })

  it('is live at once, and ready only while all its checks pass', async () => {
    const { url, app } = await start()
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    app.get(Health).register('venue', () => 'the venue is away')
    const reply = await fetch(`${url}/health/ready`)
    expect(reply.status).toBe(503)
    expect(await reply.json()).toEqual({
      status: 'not-ready',
      service: 'sample',
      reasons: { venue: 'the venue is away' },
    })
  })

  it('shows its metrics by route pattern', async () => {
    const { url, operationsUrl } = await start()
    expect(operationsUrl).toBe(url)
    await fetch(`${url}/greeting`)
    const text = await (await fetch(`${operationsUrl}/metrics`)).text()
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/greeting",status="200",service="sample"}',
    )
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('whose port is public shows them on a port of operators, which closes with it', async () => {
    const settings = z.object({ ...operationsSettings, operationsPort: operationsSettings.operationsPort.default(0) })
    const open = defineService({ ...sample, config: defineConfig('sample', settings) })
    const { url, operationsUrl, stop } = await startService(open, { SAMPLE_OPERATIONS_HOST: '127.0.0.1' }, { logger })
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    expect((await fetch(`${operationsUrl}/health/live`)).status).toBe(200)
    expect(await (await fetch(`${operationsUrl}/metrics`)).text()).toContain('route="/health/live"')
    expect((await fetch(`${operationsUrl}/greeting`)).status).toBe(404)
    await stop()
    await expect(fetch(`${operationsUrl}/metrics`)).rejects.toThrow()
  })

  it('refuses bad settings by name before anything starts', async () => {
    const bad = startService(sample, { SAMPLE_GREETING: 'no', SAMPLE_HTTP_PORT: '99999' }, { logger })
    await expect(bad).rejects.toThrow(ConfigError)
    await expect(bad).rejects.toThrow(/SAMPLE_GREETING[\s\S]*SAMPLE_HTTP_PORT/)
  })

  it('warns of settings that carry its prefix and mean nothing', async () => {
    await start({ SAMPLE_GREETNG: 'oops' })
    expect(lines.some((line) => line.includes('SAMPLE_GREETNG'))).toBe(true)
  })

  it('lets two services live in one process and stops one without the other', async () => {
    const [first, second] = [await start(), await start()]
    expect(first.url).not.toBe(second.url)
    await first.stop()
    await first.stop()
    await expect(fetch(`${first.url}/greeting`)).rejects.toThrow()
    expect((await fetch(`${second.url}/greeting`)).status).toBe(200)
  })

  it('finishes a request that has begun before it stops, and takes no new ones', async () => {
    const { url, stop } = await start()
    const began = new Promise<void>((resolve) => (slowBegan = resolve))
    let endSlow = (): void => undefined
    slowMayEnd = new Promise<void>((resolve) => (endSlow = resolve))
    const slow = fetch(`${url}/slow`)
    await began
    const stopped = stop()
    const late = await fetch(`${url}/greeting`).then(
      ({ status }) => status,
      () => 'refused',
    )
    endSlow()
    expect([503, 'refused']).toContain(late)
    expect(await (await slow).json()).toEqual({ slow: true })
    await stopped
  })

  it('says clearly when its port is taken', async () => {
    const { url } = await start()
    const port = new URL(url).port
    await expect(startService(sample, { SAMPLE_HTTP_PORT: port }, { logger })).rejects.toThrow(/EADDRINUSE/)
  })
})
