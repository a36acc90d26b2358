import { readFileSync } from 'node:fs'
import { sendAlert } from '@tradewire/contracts/http/gateway'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser } from '../system/api-user.ts'
import { realSystem } from '../system/real-system.ts'

interface Documented {
  readonly operation: string
  readonly request: Readonly<Record<string, string>>
  /** The documented bodies, by status. */
  readonly refusals: Readonly<Record<string, readonly unknown[]>>
}

const operation = 'POST /v1/webhook/strategy'
const all = JSON.parse(
  readFileSync(new URL('../../data/admin-surface.json', import.meta.url), 'utf8'),
) as readonly Documented[]
const { request: alert, refusals } = all.find((each) => each.operation === operation)!

const system = realSystem({ processes: false, settings: { GATEWAY_RATE_LIMIT: 'false' } })
const own = { strategy: '', secret: '' }
const otherTargets = { takeProfitPrice1: '', takeProfitPrice2: '', takeProfitPrice3: '' }

beforeAll(() =>
  system.watched(async () => {
    const gateway = system.endpoints.gateway ?? ''
    const operator = await ApiUser.logIn(gateway, system.endpoints.operator ?? { username: '', password: '' })
    const strategy = { name: 'Breakout', venue: 'binance-usdm', symbol: 'BTC/USDT' }
    const { id, secret } = await operator.does<{ id: string; secret: string }>('POST', '/v1/strategies', strategy)
    Object.assign(own, { strategy: id, secret })
  }),
)

/** Whether the API document shows such an answer. */
function isDeclared({ status, body }: { readonly status: number; readonly body: unknown }): boolean {
  const declared = sendAlert.replies.find((reply) => reply.status === status)
  const schema = declared?.content['application/json']
  return schema === undefined ? declared !== undefined && body === null : schema.safeParse(body).success
}

async function send(changes: object, contentType = 'application/json') {
  return sendText(JSON.stringify({ ...alert, ...changes }), contentType)
}

async function sendText(body: string, contentType = 'application/json') {
  const answer = await request(`${system.endpoints.gateway}/v1/webhook/strategy`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })
  const text = await answer.body.text()
  const signalId = answer.headers['tradewire-signal-id']
  return { status: answer.statusCode, signalId, body: (text === '' ? null : JSON.parse(text)) as unknown }
}

describe('the alert answers in the shape of its document:', () => {
  it(operation, async () => {
    const taken = await send(own)
    expect(taken).toMatchObject({ status: 200, signalId: expect.any(String), body: null })
    expect(await send(own, 'text/plain; charset=utf-8')).toEqual(taken)
  })

  it('and as documented with the numbers as numbers and the other names of the targets', async () => {
    const numbers = { orderPrice: 19_286.5, stop: 19_280.4, trailingTrigger: null, callbackRate: null, winRate: 49.55 }
    const targets = { ...otherTargets, takeProfit1: 19_288, takeProfit2: '19289.5', takeProfit3: null }
    expect(await send({ ...own, ...numbers, ...targets, stopType: 'market' })).toMatchObject({ status: 200 })
  })

  it('and refuses as documented: who is not known, fields that are wrong, and no target at all', async () => {
    expect(await send({})).toMatchObject({ status: 401, body: refusals['401']?.[0] })
    const wrong = { strategy: 'STRATEGY', orderPrice: '0', type: 'long', stop: '-1', stopType: 'trailing' }
    expect(await send({ ...own, ...wrong })).toMatchObject({ status: 422, body: refusals['422']?.[0] })
    expect(await send({ ...own, ...otherTargets })).toMatchObject({ status: 422, body: refusals['422']?.[1] })
  })

  it('and never in a way that the API document does not show', async () => {
    const stopTwice = JSON.stringify({ ...alert, ...own }).replace('{', '{"stop": "1", ')
    const answers = [
      [200, await send({ ...own, alertId: 'declared' })],
      [400, await sendText('buy now')],
      [400, await sendText(stopTwice)],
      [401, await send({})],
      [413, await send({ ...own, note: 'x'.repeat(20_000) })],
      [413, await send({ ...own, note: 'x'.repeat(2_000_000) })],
      [422, await send({ ...own, ...otherTargets })],
    ] as const
    for (const [status, answer] of answers) {
      expect(answer.status).toBe(status)
      expect(isDeclared(answer), JSON.stringify(answer)).toBe(true)
    }
  })
})
