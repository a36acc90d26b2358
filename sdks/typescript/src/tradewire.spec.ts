import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Tradewire, TradewireError } from './tradewire.ts'

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

let server: Server | undefined

async function api(answer: (asked: Asked) => Answer): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
      asked.push(one)
      const { status, body, headers: more = {} } = answer(one)
      response.writeHead(status, { 'content-type': 'application/json', ...more })
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))))

const session = (number: number) => ({
  accessToken: `access-${number}`,
  refreshToken: `refresh-${number}`,
  expiresIn: 600,
  user: { id: 'u', username: 'anna', roles: ['follower'] },
})

describe('a call', () => {
  it('answers a file as its bytes', async () => {
    const { url } = await api(() => ({
      status: 200,
      body: 'PDF',
      headers: { 'content-type': 'application/pdf', 'content-disposition': 'attachment; filename="a.pdf"' },
    }))
    const invoice = await Tradewire.withToken(url, 'key').call('getInvoiceFile', { params: { invoiceId: 'i' } })
    expect(new TextDecoder().decode(invoice)).toBe('"PDF"')
  })

  it('fills the path, leaves out what is not given, and sends the token', async () => {
    const { url, asked } = await api(() => ({ status: 200, body: { id: 'a/b' } }))
    const tradewire = Tradewire.withToken(`${url}/`, 'key')
    await tradewire.call('getFollow', { params: { followId: 'a/b' } })
    await tradewire.call('listFollows', { query: { limit: 2, nextToken: undefined } as never })
    expect(asked.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'GET /v1/follows/a%2Fb',
      'GET /v1/follows?limit=2',
    ])
    expect(asked[0]?.headers.authorization).toBe('Bearer key')
  })

  it('that trades carries a key of its own, or the given one', async () => {
    const { url, asked } = await api(() => ({ status: 202, body: { signalId: 's' } }))
    const tradewire = Tradewire.withToken(url, 'key')
    const parts = {
      params: { strategyId: 's' },
      body: { side: 'buy', price: '2', stop: { price: '1' }, targets: ['3'] },
    }
    await tradewire.call('sendSignal', parts as never)
    await tradewire.call('sendSignal', parts as never, { idempotencyKey: 'mine' })
    const keys = asked.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).toBe('mine')
  })

  it('that is refused throws the code, the details and when to come again', async () => {
    const refusal = { error: { code: 'TOO_MANY_REQUESTS', message: 'Too many requests.', details: { limit: 100 } } }
    const { url } = await api(() => ({ status: 429, body: refusal, headers: { 'retry-after': '7' } }))
    const refused = await Tradewire.withToken(url)
      .call('getMe')
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(TradewireError)
    expect(refused).toMatchObject({
      status: 429,
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: 7,
      details: { limit: 100 },
    })
  })

  it('whose answer is no JSON throws its status', async () => {
    const { url } = await api(() => ({ status: 502 }))
    await expect(Tradewire.withToken(url).call('getMe')).rejects.toMatchObject({ status: 502, code: 'HTTP_502' })
  })
})

describe('a session', () => {
  it('is renewed once for all calls whose token has run out, and they are sent again', async () => {
    const { url, asked } = await api(({ url: path, headers, body }) => {
      if (path === '/v1/auth/login') return { status: 200, body: session(1) }
      if (path === '/v1/auth/refresh') {
        return (JSON.parse(body) as { refreshToken: string }).refreshToken === 'refresh-1'
          ? { status: 200, body: session(2) }
          : { status: 401, body: {} }
      }
      return headers.authorization === 'Bearer access-2'
        ? { status: 200, body: { id: 'u' } }
        : { status: 401, body: {} }
    })
    const tradewire = await Tradewire.logIn(url, { username: 'anna', password: 'p' })
    const answers = await Promise.all([1, 2, 3].map(() => tradewire.call('getMe')))
    expect(answers).toEqual([{ id: 'u' }, { id: 'u' }, { id: 'u' }])
    expect(asked.filter(({ url: path }) => path === '/v1/auth/refresh')).toHaveLength(1)
  })

  it('that cannot be renewed ends with the refusal', async () => {
    const { url } = await api(({ url: path }) =>
      path === '/v1/auth/login'
        ? { status: 200, body: session(1) }
        : { status: 401, body: { error: { code: 'SESSION_ENDED', message: 'The session has ended.' } } },
    )
    const tradewire = await Tradewire.logIn(url, { username: 'anna', password: 'p' })
    await expect(tradewire.call('getMe')).rejects.toMatchObject({ code: 'SESSION_ENDED' })
  })
})

describe('a list', () => {
  it('is read page by page until there is no next one', async () => {
    const pages: Record<string, unknown> = {
      '/v1/follows': { items: [{ id: '1' }, { id: '2' }], nextToken: 'more' },
      '/v1/follows?nextToken=more': { items: [{ id: '3' }], nextToken: null },
    }
    const { url } = await api(({ url: path }) => ({ status: 200, body: pages[path] }))
    const ids: string[] = []
    for await (const { id } of Tradewire.withToken(url, 'key').every('listFollows', {})) ids.push(id)
    expect(ids).toEqual(['1', '2', '3'])
  })
})
