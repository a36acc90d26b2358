import { Tradewire } from '@tradewire/sdk/tradewire'
import { beforeAll, describe, expect, it } from 'vitest'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({ processes: false, settings: { GATEWAY_RATE_LIMIT: 'false' } })

let tradewire: Tradewire

beforeAll(async () => {
  const { username = '', password = '' } = system.endpoints.operator ?? {}
  tradewire = await Tradewire.logIn(system.endpoints.gateway ?? '', { username, password })
})

describe('the TypeScript SDK at a running system', () => {
  it('logs in, asks who it is, and makes and lists what it is asked for', async () => {
    expect(await tradewire.call('getMe')).toMatchObject({ username: system.endpoints.operator?.username })
    const usernames = ['anna', 'bella', 'carla']
    const password = 'correct horse battery staple'
    for (const username of usernames)
      await tradewire.call('createUser', { body: { username, password, roles: ['follower'] } })
    const listed: string[] = []
    for await (const { username } of tradewire.every('listUsers', { query: { limit: 2 } })) listed.push(username)
    expect(listed).toEqual(expect.arrayContaining(usernames))
  })

  it('sends a signal once however often it is sent under one key', async () => {
    const { id: strategyId } = await tradewire.call('createStrategy', {
      body: { name: 'Breakout', venue: 'binance-usdm', symbol: 'BTC/USDT' },
    })
    const body = { side: 'buy', price: '46319.5', stop: { price: '45800' }, targets: ['47000'] } as const
    const send = () =>
      tradewire.call('sendSignal', { params: { strategyId }, body }, { idempotencyKey: 'the-first-one' })
    const [first, second] = [await send(), await send()]
    expect(second).toEqual(first)
    const { items } = await tradewire.call('listSignals', { query: { strategyId } })
    expect(items).toHaveLength(1)
  })

  it('tells the stable code of a refusal', async () => {
    const params = { followId: '01963a5e-0000-7000-8000-0000000000ff' }
    await expect(tradewire.call('getFollow', { params })).rejects.toMatchObject({
      status: 404,
      code: 'FOLLOW_NOT_FOUND',
    })
  })
})
