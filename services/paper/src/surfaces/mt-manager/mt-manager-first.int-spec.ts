import { eventually } from '@tradewire/testkit/eventually'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManagerClient } from '#testing/manager-client'
import { VenueUnderTest } from '#testing/venue-under-test'

const venue = new VenueUnderTest('mt-manager', {
  PAPER_MT_MANAGER_TOKEN_SECONDS: '2',
  PAPER_MT_MANAGER_LISTS: 'value',
  PAPER_MT_MANAGER_PUMP_LAG_MS: '60000',
})
let manager: ManagerClient

const single = (fields: Record<string, string | number>) =>
  `{${Object.entries(fields)
    .map(([name, value]) => `'${name}':${typeof value === 'string' ? `'${value}'` : value}`)
    .join(', ')}}`

beforeEach(async () => {
  await venue.post('/control/price', {
    venue: 'mt-manager',
    symbol: 'EURUSD',
    ticks: [{ bid: '1.08500', ask: '1.08506' }],
  })
  manager = await new ManagerClient(venue, await venue.openAccount('1000')).logIn()
})

describe('version 1', () => {
  it('goes through the flow of its document: token by HTTP Basic, lists, a deposit in single quotes', async () => {
    const { clientId = '', clientSecret = '' } = manager.account.credentials
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    const form = { grant_type: 'client_credentials', scope: 'webapi' }
    manager.token = ''
    const token = await manager.askForToken(form, { authorization: `Basic ${basic}` })
    manager.token = (token.body as { access_token: string }).access_token
    const list = async (path: string) => ((await manager.send('GET', path)).body as { value: object[] }).value
    expect(await list('/API/Organizations')).toHaveLength(1)
    const platforms = await list('/API/TradePlatforms')
    const { id } = platforms[0] as { id: string }
    expect(await list(`/API/MT4/${id}/UsersGet`)).toMatchObject([{ login: manager.login, balance: 1_000 }])
    const deposit = { tradeTransactionType: 'BrBalance', tradeCommand: 'Balance', orderBy: manager.login, price: 100 }
    const done = await manager.send('POST', `/api/MT4/${id}/TradeTransaction`, single(deposit))
    expect(done).toMatchObject({ status: 200, body: { ...deposit, order: expect.any(Number) } })
    const user = await manager.send('GET', `/api/MT4/${id}/UserRecordGet/${manager.login}`)
    expect(user.body).toMatchObject({ login: manager.login, balance: 1_100 })
    const made = await manager.send(
      'POST',
      `/api/MT4/${id}/UserRecordNew`,
      single({ group: 'demo-usd', name: "O\\'Neill" }),
    )
    expect(made.body).toMatchObject({ login: manager.login + 1, name: "O'Neill", leverage: 100 })
  })

  it('takes the broker names of trades in any case, and answers a failure as status and words', async () => {
    const post = (body: object) =>
      manager.send('POST', `/api/mt4/${manager.platform}/TradeTransaction`, JSON.stringify(body))
    const trade = { orderBy: manager.login, symbol: 'EURUSD', volume: 1 }
    const open = await post({ ...trade, tradeTransactionType: 'BrOrderOpen', tradeCommand: 'buy', price: 1.085_06 })
    const { order } = open.body as { order: number }
    const levels = { ...trade, order, tradeTransactionType: 'BrModify', tradeCommand: 'Buy', sl: 1.08 }
    expect((await post(levels)).status).toBe(200)
    const close = { ...trade, order, tradeTransactionType: 'brorderclose', tradeCommand: 'Buy', price: 1.085 }
    expect((await post(close)).status).toBe(200)
    expect(await post(close)).toMatchObject({
      status: 400,
      body: { ErrorType: 'ManagerApi', ErrorCode: 'InvalidData', RequestId: expect.any(String) },
    })
    expect((await post({ ...trade, tradeTransactionType: 'BrDance', tradeCommand: 'Buy' })).status).toBe(400)
    expect((await manager.send('GET', `/api/MT4/${manager.platform}/UserRecordGet/1`)).status).toBe(404)
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect((await manager.send('GET', `/api/MT4/${unknown}/UsersGet`)).status).toBe(404)
  })

  it('has all trades of a group, and changes a record by the login in it', async () => {
    const base = `/api/MT4/${manager.platform}`
    const all = await manager.send('GET', `${base}/AdmTradesRequest/demo-usd/false`)
    expect(all.body).toMatchObject({ value: [{ tradeCommand: 'Balance', login: manager.login }] })
    const changed = JSON.stringify({ login: manager.login, group: 'demo-usd', name: 'New', city: 'Riga' })
    const updated = await manager.send('POST', `${base}/UserRecordUpdate`, changed)
    expect(updated.body).toMatchObject({ name: 'New', city: 'Riga' })
    expect((await manager.send('POST', `${base}/UserPasswordSet/${manager.login}`, '"new words"')).body).toBe(true)
  })
})

describe('a gateway', () => {
  it('answers from its memory what the trade server knows already, only later', async () => {
    const buy = {
      tradeTransactionType: 'OpenMarket',
      tradeCommand: 'Buy',
      symbol: 'EURUSD',
      volume: 1,
      price: 1.085_06,
    }
    const { data } = await manager.trade(buy)
    const { order } = data as { order: number }
    expect(await manager.read(`TradesGetByLogin/${manager.login}/demo-usd`)).toEqual([])
    expect((await manager.call('GET', `TradeRecordGet/${order}`)).error?.code).toBe('NotFound')
    expect(await manager.read(`TradeRecordRequest/${order}`)).toMatchObject({ order })
    expect(await manager.read(`AdmTradesRequest/demo-usd?openOnly=true`)).toMatchObject([{ order }])
  })

  it('takes a token until it ends, and no longer', async () => {
    expect((await manager.send('GET', '/api/TradePlatforms')).status).toBe(200)
    await eventually(async () => (await manager.send('GET', '/api/TradePlatforms')).status === 401, { withinMs: 5_000 })
    expect((await (await manager.logIn()).send('GET', '/api/TradePlatforms')).status).toBe(200)
  })
})
