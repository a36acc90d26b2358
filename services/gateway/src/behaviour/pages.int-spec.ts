import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { gatewayService } from '#service'

const backends = testBackends()
let gateway: TestService

beforeAll(async () => {
  gateway = await startGateway({})
})

function startGateway(settings: Record<string, string>): Promise<TestService> {
  return startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false', ...settings } })
}

describe('the pages', () => {
  it('load nothing from elsewhere and forbid it', async () => {
    for (const path of ['/', '/account', '/docs']) {
      const reply = await request(gateway.url + path)
      const html = await reply.body.text()
      expect(reply.statusCode).toBe(200)
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
      expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
      for (const [, asset] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
        const loaded = await request(gateway.url + (asset ?? ''))
        await loaded.body.dump()
        expect(loaded.statusCode, asset).toBe(200)
      }
    }
  })

  it('show the OpenAPI document and nothing else of the packages they use', async () => {
    const main = await fetch(`${gateway.url}/docs/openapi.json`)
    expect(main.status).toBe(200)
    expect(await main.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Tradewire API' } })
    const surface = await fetch(`${gateway.url}/docs/openapi.marketplace.json`)
    expect(await surface.json()).toMatchObject({ info: { title: 'Tradewire API: the marketplace surface' } })
    const { statusCode, body: other } = await request(`${gateway.url}/docs/assets/package.json`)
    await other.dump()
    expect(statusCode).toBe(404)
  })

  it('come with security headers and allow no other origin', async () => {
    const { headers, body } = await request(`${gateway.url}/docs/openapi.json`, {
      headers: { origin: 'https://evil.example' },
    })
    await body.dump()
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('let the origins in that the settings name, and only those', async () => {
    const at = await startGateway({ GATEWAY_CORS_ORIGINS: 'https://console.example, https://other.example' })
    const allowed = async (origin: string): Promise<unknown> => {
      const { headers, body } = await request(`${at.url}/v1/users`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
      await body.dump()
      return headers['access-control-allow-origin']
    }
    expect(await allowed('https://console.example')).toBe('https://console.example')
    expect(await allowed('https://evil.example')).toBeUndefined()
    await at.stop()
  })
})

it('metrics and health are on a port of operators, and of them the public one has only whether it is well', async () => {
  const { url, operationsUrl } = gateway
  const statusOf = async (address: string) => (await fetch(address)).status
  expect(operationsUrl).not.toBe(url)
  expect(await statusOf(`${url}/metrics`)).toBe(404)
  expect(await statusOf(`${url}/health/ready`)).toBe(200)
  expect(await statusOf(`${operationsUrl}/health/ready`)).toBe(200)
  const metrics = await fetch(`${operationsUrl}/metrics`)
  expect(metrics.headers.get('content-type')).toContain('text/plain')
  expect(await metrics.text()).toContain('route="/health/ready"')
  expect(await statusOf(`${operationsUrl}/docs`)).toBe(404)
  await gateway.stop()
  await expect(fetch(`${operationsUrl}/metrics`)).rejects.toThrow()
})
