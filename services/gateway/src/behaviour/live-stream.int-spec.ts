import { Controller, Module } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import { defineConfig } from '@tradewire/config/define-config'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { DataOf } from '@tradewire/contracts/define-event'
import { balanceUpdated } from '@tradewire/contracts/events/brokers'
import { sessionRevoked, userDisabled, userRolesChanged } from '@tradewire/contracts/events/identity'
import { orderPlanned, tradeOpened } from '@tradewire/contracts/events/orders'
import { listAccounts } from '@tradewire/contracts/rpc/accounts'
import * as rpc from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import { defineErrors, type CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { defineService } from '@tradewire/nest-kit/define-service'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { gatewayService } from '#service'

const keys: { signing?: CryptoKey; jwk?: JWK } = {}
const me = 'a12565e5-567b-432a-93b2-6349653010d9'
const other = 'b12565e5-567b-432a-93b2-6349653010d9'

@Controller()
class KeysDouble {
  @Answer(rpc.getKeys)
  async keys(): Promise<Result<ReplyOf<typeof rpc.getKeys>, CodedError>> {
    return ok({ keys: [keys.jwk as ReplyOf<typeof rpc.getKeys>['keys'][number]] })
  }
}

/** As brokers would: one account of the follower. */
const myAccount = 'd12565e5-567b-432a-93b2-6349653010d9'

const sampleAccount: Omit<ReplyOf<typeof listAccounts>['items'][number], 'id' | 'userId'> = {
  venue: 'binance-usdm',
  environment: 'paper',
  market: 'derivatives',
  label: 'Default',
  active: true,
  keyHint: null,
  key: { ipBound: null, expiresAt: null },
  status: 'AUTHORIZED',
  reason: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
}

@Controller()
class AccountsDouble {
  @Answer(listAccounts)
  async list({ userId }: RequestOf<typeof listAccounts>): Promise<Result<ReplyOf<typeof listAccounts>, CodedError>> {
    const items = userId === me ? [{ ...sampleAccount, id: myAccount, userId: me }] : []
    return ok({ items, nextToken: null })
  }
}

@Module({ controllers: [KeysDouble, AccountsDouble] })
class NewsModule {}

/** Emits what orders and identity would, through a real outbox. */
const news = defineService({
  name: 'news',
  config: defineConfig('news', z.object({})),
  module: NewsModule,
  errors: defineErrors('news', {}),
  database: { schema: 'news', migrations: [] },
  bus: true,
})

const backends = testBackends()
let gateway: TestService
let database: Database

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  keys.signing = pair.privateKey
  keys.jwk = { ...(await exportJWK(pair.publicKey)), kid: 'key-1', alg: 'EdDSA', use: 'sig' }
  const service = await startTestService(news, backends)
  database = service.app.get(Database)
  gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
})

let sessions = 0

async function token(
  userId: string,
  { roles = ['follower'], expiresInSeconds = 600 }: { roles?: string[]; expiresInSeconds?: number } = {},
): Promise<{ bearer: string; sessionId: string }> {
  sessions += 1
  const sessionId = `01963a5e-0000-7000-8000-${String(sessions).padStart(12, '0')}`
  const now = Math.floor(Date.now() / 1_000)
  const { issuer: iss, audience: aud, type: typ } = rpc.accessToken
  const bearer = await new SignJWT({
    iss,
    aud,
    sub: userId,
    sid: sessionId,
    roles,
    iat: now,
    exp: now + expiresInSeconds,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ, kid: 'key-1' })
    .sign(keys.signing as CryptoKey)
  return { bearer, sessionId }
}

interface Frame {
  readonly id: string | undefined
  readonly event: string
  readonly data: { readonly data?: { readonly tradeId?: string; readonly bracketId?: string } }
}

class Reader {
  readonly frames: Frame[] = []
  readonly comments: string[] = []
  over = false
  private readonly aborting = new AbortController()

  static async open(
    bearer: string,
    { lastEventId, query = '' }: { lastEventId?: string | undefined; query?: string } = {},
  ): Promise<Reader> {
    const reader = new Reader()
    const reply = await request(`${gateway.url}/v1/stream${query}`, {
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: reader.aborting.signal,
    })
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
    void reader.read(reply.body)
    return reader
  }

  close(): void {
    this.aborting.abort()
  }

  private async read(body: AsyncIterable<Buffer>): Promise<void> {
    let text = ''
    try {
      for await (const chunk of body) {
        text += chunk.toString()
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) this.take(block.split('\n'))
      }
    } catch {
      // Broken on purpose by close(), or cut off by the server.
    }
    this.over = true
  }

  private take(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
    const comment = lines.find((line) => line.startsWith(': '))
    if (comment !== undefined) this.comments.push(comment.slice(2))
    const event = field('event')
    if (event !== undefined) this.frames.push({ id: field('id'), event, data: JSON.parse(field('data') ?? '{}') })
  }
}

let trades = 0

function trade(userId: string): DataOf<typeof tradeOpened> {
  trades += 1
  const tradeId = `01963a5e-0000-7000-9000-${String(trades).padStart(12, '0')}`
  return { ...tradeOpened.data.parse(tradeOpened.example), tradeId, userId }
}

function plan(userId: string, bracketId: string): DataOf<typeof orderPlanned> {
  return { ...orderPlanned.data.parse(orderPlanned.example), userId, bracketId }
}

async function allPublished(): Promise<void> {
  await eventually(
    async () => {
      const [row] = await backends.query<{ open: string }>(
        'select count(*) as open from news.outbox where published_at is null',
      )
      return row?.open === '0'
    },
    { withinMs: 15_000, describe: 'everything is published' },
  )
}

/** Each on the stream before the next: the bus does not promise to keep the order of what it carries at once. */
async function emitTrades(...userIds: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const userId of userIds) {
    const data = trade(userId)
    await database.transact(async (tx) => tx.append(tradeOpened, data))
    await allPublished()
    ids.push(data.tradeId)
  }
  return ids
}

const tradesOf = (reader: Reader): (string | undefined)[] => reader.frames.map(({ data }) => data.data?.tradeId)

async function seen(reader: Reader, count: number): Promise<void> {
  await eventually(() => reader.frames.length >= count, { withinMs: 5_000, everyMs: 20, describe: `${count} frames` })
}

describe('the live stream', () => {
  it('shows operators everything and others only what is theirs', async () => {
    const operator = await Reader.open((await token(other, { roles: ['operator'] })).bearer)
    const follower = await Reader.open((await token(me)).bearer)
    const [first, foreign, second] = await emitTrades(me, other, me)
    await seen(operator, 3)
    await seen(follower, 2)
    expect(new Set(tradesOf(operator))).toEqual(new Set([first, foreign, second]))
    expect(tradesOf(follower)).toEqual([first, second])
    operator.close()
    follower.close()
  })

  it('goes on after the last event seen, without a gap or a repeat', async () => {
    const { bearer } = await token(me)
    const reader = await Reader.open(bearer)
    const before = await emitTrades(me, me)
    await seen(reader, 2)
    const { id } = reader.frames[0] ?? {}
    reader.close()
    const after = await emitTrades(me, other, me)
    const resumed = await Reader.open(bearer, { lastEventId: id })
    await seen(resumed, 3)
    expect(tradesOf(resumed)).toEqual([before[1], after[0], after[2]])
    resumed.close()
  })

  it('resumes in the middle of a message that carries many events', async () => {
    const { bearer } = await token(me)
    const reader = await Reader.open(bearer, { query: '?events=order.planned' })
    const bracketIds = [1, 2, 3, 4].map((n) => `01963a5e-0000-7000-a000-00000000000${n}`)
    await database.transact(async (tx) =>
      tx.append(
        orderPlanned,
        bracketIds.map((id) => plan(me, id)),
      ),
    )
    await seen(reader, 4)
    const resumed = await Reader.open(bearer, { lastEventId: reader.frames[1]?.id, query: '?events=order.planned' })
    await seen(resumed, 2)
    expect(resumed.frames.map(({ data }) => data.data?.bracketId)).toEqual(bracketIds.slice(2))
    reader.close()
    resumed.close()
  })

  it('shows balances to the owner of the account', async () => {
    const reader = await Reader.open((await token(me)).bearer, { query: '?events=balance.updated' })
    const stranger = await Reader.open((await token(other)).bearer, { query: '?events=balance.updated' })
    const balance = balanceUpdated.data.parse(balanceUpdated.example)
    await database.transact(async (tx) => tx.append(balanceUpdated, [balance, { ...balance, accountId: myAccount }]))
    await seen(reader, 1)
    expect(reader.frames.map(({ data }) => data.data)).toMatchObject([{ accountId: myAccount }])
    expect(stranger.frames).toEqual([])
    reader.close()
    stranger.close()
  })

  it('says when what was between is gone', async () => {
    const { bearer } = await token(me)
    for (const lastEventId of ['999999999.0', '1.0.otherlife', 'nonsense']) {
      const reader = await Reader.open(bearer, { lastEventId })
      await seen(reader, 1)
      expect(reader.frames[0]?.event).toBe('stream.reset')
      const [id] = await emitTrades(me)
      await seen(reader, 2)
      expect(tradesOf(reader).at(-1)).toBe(id)
      reader.close()
    }
  })

  it('needs a token, a known event name and a free place', async () => {
    const bare = await request(`${gateway.url}/v1/stream`)
    await bare.body.dump()
    expect(bare.statusCode).toBe(401)
    const unknown = await request(`${gateway.url}/v1/stream?events=no.such`, {
      headers: { authorization: `Bearer ${(await token(me)).bearer}` },
    })
    expect([unknown.statusCode, await unknown.body.json()]).toMatchObject([
      400,
      { error: { code: 'INVALID_PARAMETERS', details: { events: [expect.any(String)] } } },
    ])
  })

  it('ends when the access token expires', async () => {
    const reader = await Reader.open((await token(me, { expiresInSeconds: 2 })).bearer)
    await eventually(() => reader.over, { withinMs: 8_000, everyMs: 50, describe: 'the stream is over' })
    expect(reader.comments.at(-1)).toMatch(/token expired/)
  })

  it('ends with its session, and the token is worth nothing from then on', async () => {
    const { bearer, sessionId } = await token(me)
    const reader = await Reader.open(bearer)
    const revokedAt = new Date().toISOString()
    await database.transact(async (tx) =>
      tx.append(sessionRevoked, { sessionId, userId: me, reason: 'logout', revokedAt }),
    )
    await eventually(() => reader.over, { withinMs: 5_000, everyMs: 50, describe: 'the stream is over' })
    expect(reader.comments.at(-1)).toMatch(/session ended/)
    const after = await request(`${gateway.url}/v1/users/me`, { headers: { authorization: `Bearer ${bearer}` } })
    expect([after.statusCode, await after.body.json()]).toMatchObject([
      401,
      { error: { details: { reason: 'revoked' } } },
    ])
  })

  it('ends when the roles of its user change, and no other one does', async () => {
    const demoted = 'e12565e5-567b-432a-93b2-6349653010d9'
    const { bearer } = await token(demoted, { roles: ['operator'] })
    const reader = await Reader.open(bearer)
    const stranger = await Reader.open((await token(other, { roles: ['operator'] })).bearer)
    const changedAt = new Date().toISOString()
    await database.transact(async (tx) =>
      tx.append(userRolesChanged, { userId: demoted, roles: ['follower'], changedAt }),
    )
    await eventually(() => reader.over, { withinMs: 5_000, everyMs: 50, describe: 'the stream is over' })
    expect(reader.comments.at(-1)).toMatch(/roles changed/)
    const again = await Reader.open(bearer)
    const [id] = await emitTrades(demoted)
    await seen(again, 1)
    await seen(stranger, 1)
    expect([tradesOf(again), tradesOf(stranger)]).toEqual([[id], [id]])
    again.close()
    stranger.close()
  })

  it('lets a restarted gateway know who was disabled shortly before', async () => {
    const gone = 'c12565e5-567b-432a-93b2-6349653010d9'
    const disabledAt = new Date().toISOString()
    await database.transact(async (tx) => tx.append(userDisabled, { userId: gone, disabledAt }))
    await allPublished()
    const fresh = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
    const { bearer } = await token(gone)
    await eventually(
      async () => {
        const reply = await request(`${fresh.url}/v1/users/me`, { headers: { authorization: `Bearer ${bearer}` } })
        await reply.body.dump()
        return reply.statusCode === 401
      },
      { withinMs: 5_000, everyMs: 50, describe: 'the disabled user is refused' },
    )
    await fresh.stop()
  })

  it('ends when the bus is lost, and goes on from the same place when it is back', async () => {
    const { bearer } = await token(me)
    const reader = await Reader.open(bearer)
    await emitTrades(me)
    await seen(reader, 1)
    await backends.restartNats()
    await eventually(() => reader.over, { withinMs: 10_000, everyMs: 50, describe: 'the stream is over' })
    const [missed] = await emitTrades(me)
    let resumed: Reader | undefined
    await eventually(
      async () => {
        resumed = await Reader.open(bearer, { lastEventId: reader.frames[0]?.id }).catch(() => undefined)
        return resumed !== undefined
      },
      { withinMs: 10_000, everyMs: 200, describe: 'a stream can be opened' },
    )
    await seen(resumed as Reader, 1)
    expect(tradesOf(resumed as Reader)).toEqual([missed])
    resumed?.close()
  })

  it('does not hold up the stop of the gateway', async () => {
    const stopping = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
    const { bearer } = await token(me)
    const reply = await request(`${stopping.url}/v1/stream`, { headers: { authorization: `Bearer ${bearer}` } })
    const began = performance.now()
    await Promise.all([stopping.stop(), reply.body.dump().catch(() => undefined)])
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
