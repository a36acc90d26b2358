import { readFileSync } from 'node:fs'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { differences, type Shape } from '../system/documented-shape.ts'

interface Documented {
  readonly operation: string
  readonly what: string
  readonly request?: Record<string, string | number>
  readonly reply: Shape
}
interface Reply {
  readonly status: number
  readonly body: unknown
}
interface Client {
  /** As the document writes it: the paths in any case, bodies in single quotes. */
  send(method: string, path: string, body?: Record<string, string | number>): Promise<Reply>
  readonly documented: Documented
}

const all = JSON.parse(
  readFileSync(new URL('../../data/mt-manager-surface.json', import.meta.url), 'utf8'),
) as readonly Documented[]

const backends = testBackends({ nats: false })
let paper: PaperWorld
let account: PaperCredentials

beforeAll(async () => {
  paper = await startPaperWorld(backends)
})
beforeEach(async () => {
  account = await paper.account('mt-manager', '1000')
})

const credential = (name: string) => account.credentials[name] ?? ''
const api = (rest: string) => `/api/MT4/${credential('tradePlatform')}/${rest}`

async function askForToken(basic: boolean, part: Record<string, string> = {}): Promise<Reply> {
  const id = { client_id: credential('clientId'), client_secret: credential('clientSecret') }
  const form = { grant_type: 'client_credentials', scope: 'webapi', ...(basic ? {} : id), ...part }
  const header = Buffer.from(`${id.client_id}:${id.client_secret}`).toString('base64')
  return ask('POST', '/connect/token', new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...(basic ? { authorization: `Basic ${header}` } : {}),
  })
}

async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Reply> {
  const reply = await fetch(`${paper.url}/mt-manager${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  const text = await reply.text()
  return { status: reply.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
}

/** What the document's script does with its data: one text with single quotes. */
function quoted(body: Record<string, string | number>): string {
  const fields = Object.entries(body).map(
    ([name, value]) => `'${name}':${typeof value === 'string' ? `'${value}'` : value}`,
  )
  return `{${fields.join(', ')}}`
}

/** One for each documented operation. */
const replays: Readonly<Record<string, (client: Client) => Promise<Reply>>> = {
  'POST /connect/token': async () => {
    const wrong = await askForToken(false, { client_secret: 'wrong' })
    expect(wrong).toEqual({ status: 400, body: { error: 'invalid_client' } })
    expect((await askForToken(false)).status).toBe(200)
    return askForToken(true)
  },
  'GET /.well-known/openid-configuration': async () => {
    const reply = await ask('GET', '/.well-known/openid-configuration')
    expect(reply.body).toMatchObject({ token_endpoint: `${paper.url}/mt-manager/connect/token` })
    return reply
  },
  'GET /api/Organizations': async ({ send }) => {
    expect(await send('GET', '/API/Organizations')).toEqual(await send('GET', '/api/Organizations'))
    return send('GET', '/API/Organizations')
  },
  'GET /api/TradePlatforms': async ({ send }) => {
    const reply = await send('GET', '/API/TradePlatforms')
    expect((reply.body as { id: string }[]).map(({ id }) => id)).toContain(credential('tradePlatform'))
    return reply
  },
  'GET /api/MT4/{tradePlatform}/UsersGet': async ({ send }) => {
    const reply = await send('GET', api('UsersGet').replace('/api/', '/API/'))
    expect(reply.body).toMatchObject([{ login: Number(credential('login')), balance: 1_000 }])
    return reply
  },
  'GET /api/MT4/{tradePlatform}/UserRecordGet/{login}': async ({ send }) => {
    expect((await send('GET', api('UserRecordGet/1'))).status).toBe(404)
    return send('GET', api(`UserRecordGet/${credential('login')}`))
  },
  'POST /api/MT4/{tradePlatform}/UserRecordNew': async ({ send, documented }) => {
    const reply = await send('POST', api('UserRecordNew'), documented.request)
    expect(reply.body).toMatchObject({ ...documented.request, login: Number(credential('login')) + 1, balance: 0 })
    return reply
  },
  'POST /api/MT4/{tradePlatform}/TradeTransaction': async ({ send, documented }) => {
    const login = Number(credential('login'))
    const reply = await send('POST', api('TradeTransaction'), { ...documented.request, orderBy: login })
    const user = await send('GET', api(`UserRecordGet/${login}`))
    expect(user.body).toMatchObject({ balance: 1_100 })
    const out = await send('POST', api('TradeTransaction'), { ...documented.request, orderBy: login, price: -5_000 })
    expect(out).toMatchObject({ status: 400, body: { ErrorCode: 'TradeNoMoney' } })
    return reply
  },
}

describe('the document of the manager WebAPI', () => {
  it('has a replay for each of its operations, and none that it does not have', () => {
    expect(Object.keys(replays).toSorted()).toEqual(all.map(({ operation }) => operation).toSorted())
  })

  it.each(all.map((each) => [each.operation, each] as const))(
    '%s answers in the documented shape',
    async (operation, documented) => {
      const { body } = await askForToken(true)
      const authorization = `Bearer ${(body as { access_token: string }).access_token}`
      const headers = { authorization, 'content-type': 'application/json' }
      const send: Client['send'] = (method, path, given) =>
        ask(method, path, given === undefined ? undefined : quoted(given), headers)
      const reply = await replays[operation]?.({ send, documented })
      expect(reply?.status).toBe(200)
      expect(differences(documented.reply, reply?.body)).toEqual([])
    },
  )

  it('lets nobody in without a token', async () => {
    for (const { operation } of all.filter(({ operation: each }) => each.includes(' /api/'))) {
      const [method = '', path = ''] = operation.split(' ')
      const real = path.replace('{tradePlatform}', credential('tradePlatform')).replace('{login}', credential('login'))
      expect([operation, (await ask(method, real)).status]).toEqual([operation, 401])
    }
  })
})
