import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { platformIdOf } from '#domain/accounts/account-keys'
import { type Envelope, ManagerClient } from '#testing/manager-client'
import { VenueUnderTest } from '#testing/venue-under-test'

type Shape = string | { readonly enum: readonly string[]; readonly nullable?: boolean }
type Trade = Record<string, unknown> & { readonly order: number }

const shapes = JSON.parse(
  readFileSync(new URL('../../../test-data/mt-manager-shapes.json', import.meta.url), 'utf8'),
) as {
  readonly operations: Readonly<Record<string, { readonly reply: string; readonly paged?: boolean }>>
  readonly schemas: Readonly<Record<string, Readonly<Record<string, Shape>>>>
}
const venue = new VenueUnderTest('mt-manager')
const quote = { bid: '1.08500', ask: '1.08506' }
const buy = { tradeTransactionType: 'OpenMarket', tradeCommand: 'Buy', symbol: 'EURUSD', volume: 10, price: 1.085_06 }
const zero = { symbol: 'EURUSD', volume: 0, sl: 0, tp: 0 }
let manager: ManagerClient

const move = (bid: string, ask: string) =>
  venue.post('/control/price', { venue: 'mt-manager', symbol: 'EURUSD', ticks: [{ bid, ask }] })

beforeEach(async () => {
  await venue.post('/control/price', { venue: 'mt-manager', symbol: 'EURUSD', ticks: [quote] })
  manager = await new ManagerClient(venue, await venue.openAccount('10000')).logIn()
})

async function opened(part: object = {}): Promise<number> {
  const { data, error } = await manager.trade({ ...buy, ...part })
  if (error !== null) throw new Error(JSON.stringify(error))
  return (data as Trade).order
}
const openTrades = () => manager.read<Trade[]>(`TradesGetByLogin/${manager.login}/demo-usd`)
const record = (order: number) => manager.read<Trade>(`TradeRecordRequest/${order}`)
const code = async (reply: Promise<Envelope>) => (await reply).error?.managerCode ?? (await reply).error?.code

describe('a client', () => {
  it('finds the token endpoint by discovery, and gets a token by id and secret in the form or the header', async () => {
    const discovery = await manager.send('GET', '/.well-known/openid-configuration')
    expect(discovery.body).toMatchObject({ token_endpoint: `${venue.base}/connect/token` })
    const { clientId, clientSecret } = manager.account.credentials as Record<string, string>
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    const form = { grant_type: 'client_credentials', scope: 'webapi' }
    const token = await manager.askForToken(form, { authorization: `Basic ${basic}` })
    expect(token.body).toMatchObject({ expires_in: 3_600, token_type: 'Bearer', scope: 'webapi' })
  })

  it('is refused a token in the words of the authority, with status 400', async () => {
    const { clientId = '', clientSecret = '' } = manager.account.credentials
    const right = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'webapi',
    }
    const cases = [
      [{ client_secret: 'wrong' }, 'invalid_client'],
      [{ client_id: 'nobody' }, 'invalid_client'],
      [{ grant_type: 'password' }, 'unsupported_grant_type'],
      [{ scope: 'webapi admin' }, 'invalid_scope'],
    ] as const
    for (const [part, error] of cases) {
      expect(await manager.askForToken({ ...right, ...part })).toMatchObject({ status: 400, body: { error } })
    }
    const plain = { 'content-type': 'application/json' }
    expect(await manager.askForToken(right, plain)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  it('gets 401 outside of the envelope without its token, and never what another client has', async () => {
    const path = `/api/v2/MT4/${manager.platform}/UsersRequest`
    const other = await new ManagerClient(venue, await venue.openAccount('1')).logIn()
    for (const authorization of [
      '',
      'Bearer x',
      'Bearer a.b.c',
      `Bearer ${manager.token.slice(0, -2)}`,
      'Basic eDp5',
    ]) {
      const refused = await manager.send('GET', path, undefined, { authorization })
      expect([refused.status, refused.text]).toEqual([401, ''])
    }
    const foreign = await other.send('GET', path)
    expect(foreign.body).toMatchObject({ data: null, error: { code: 'NotFound', managerCode: null } })
    const bad = await manager.send('GET', '/api/v2/MT4/nonsense/UsersRequest')
    expect(bad.body).toMatchObject({ error: { code: 'Validation' } })
    expect((await manager.send('GET', `/api/v2/MT4/${manager.platform}/Nothing`)).status).toBe(404)
  })

  it('sees its platforms and its organisation as bare lists, in any case of the path', async () => {
    const { body } = await manager.send('GET', '/API/TradePlatforms')
    const platforms = body as { id: string; type: string }[]
    expect(platforms.map(({ type }) => type)).toEqual(['MT4', 'MT5'])
    expect(platforms[0]?.id).toBe(manager.platform)
    expect((await manager.send('GET', `/api/TradePlatforms/${manager.platform}/Ping`)).status).toBe(200)
    expect((await manager.send('GET', '/api/organizations')).body).toHaveLength(1)
  })
})

describe('every operation that is served', () => {
  function matches(shape: Shape, value: unknown, path: string): string[] {
    const wrong = [`${path}: ${JSON.stringify(value)} is not ${JSON.stringify(shape)}`]
    if (typeof shape !== 'string') {
      return (value === null && shape.nullable === true) || shape.enum.includes(value as string) ? [] : wrong
    }
    const [, name = '', list, optional] = /^(\w+)(\[\])?(\?)?$/.exec(shape) ?? []
    if (value === null) return optional === undefined ? wrong : []
    if (list !== undefined) {
      if (!Array.isArray(value)) return wrong
      return value.flatMap((item, index) => matches(name, item, `${path}[${index}]`))
    }
    switch (name) {
      case 'integer':
        return Number.isInteger(value) ? [] : wrong
      case 'time':
        return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? [] : wrong
      case 'number':
      case 'string':
      case 'boolean':
      case 'object':
        return typeof value === name ? [] : wrong
      default:
        return typeof value === 'object' ? fields(name, value as Record<string, unknown>, path) : wrong
    }
  }

  /** MT4 records are whole; of MT5's, which may leave anything out, there is what the simulator has. */
  function fields(name: string, value: Record<string, unknown>, path: string): string[] {
    const schema = shapes.schemas[name] ?? {}
    const extra = Object.keys(value).filter((key) => !(key in schema))
    const missing = name.startsWith('MT4') ? Object.keys(schema).filter((key) => !(key in value)) : []
    return [
      ...extra.map((key) => `${path}.${key} is not of ${name}`),
      ...missing.map((key) => `${path}.${key} is missing`),
      ...Object.entries(value).flatMap(([key, part]) => matches(schema[key] ?? 'string?', part, `${path}.${key}`)),
    ]
  }

  it.each(Object.entries(shapes.operations))('%s answers in the shape that the contract has', async (name, shape) => {
    const order = await opened({ sl: 1.08, comment: 'abc' })
    await manager.trade({ ...buy, tradeTransactionType: 'OpenPending', tradeCommand: 'BuyLimit', price: 1.08 })
    const login = String(manager.login)
    const [method = '', kind = '', path = ''] = name.split(' ')
    const real = path
      .replace(/\{(order|ticket)\}/, String(order))
      .replace('{login}', login)
      .replace('{group}', 'demo-usd')
      .replace('{symbol}', 'EURUSD')
      .replace('{mask}', 'demo*')
    const queries: Record<string, string> = {
      UserRecordsRequest: `?logins=${login}`,
      TradesGetBySymbol: '?symbol=EURUSD',
      SymbolInfoGet: '?symbol=EURUSD',
      TradeRecordsRequest: `?orders=${order}`,
    }
    const bodies: Record<string, unknown> = {
      'UserPasswordSet/{login}': 'secret words',
      'UserPasswordCheck/{login}': 'secret words',
      UserRecordNew: { group: 'demo-usd', name: 'Second' },
      'UserRecordUpdate/{login}': { name: 'Other', city: 'Riga' },
      'UserRecord/{login}': { phone: '1' },
      TradeTransaction: { ...buy, orderBy: manager.login },
    }
    if (path.startsWith('UserPasswordCheck')) await manager.call('POST', `UserPasswordSet/${login}`, 'secret words')
    const platform = kind === 'MT4' ? manager.platform : platformIdOf(manager.account.accountId, 'MT5')
    const url = `/api/v2/${kind}/${platform}/${real}${queries[path] ?? ''}`
    const given = method === 'GET' ? undefined : JSON.stringify(bodies[path])
    const reply = await manager.send(method, url, given, { 'content-type': 'application/json-patch+json' })
    const { data, error, meta } = reply.body as Envelope
    expect([reply.status, error]).toEqual([200, null])
    expect(matches(shape.reply, data, name)).toEqual([])
    expect(fields('ApiMeta', { paging: null, ...meta }, 'meta')).toEqual([])
    expect(meta.paging !== undefined).toBe(shape.paged === true)
    if (shape.reply.endsWith('[]') && !path.startsWith('ChartRequest')) expect(data).not.toHaveLength(0)
  })

  it('walks long lists by cursor, and refuses limits and cursors that are none', async () => {
    for (const name of ['A', 'B', 'C']) await manager.call('POST', 'UserRecordNew', { group: 'demo-eur', name })
    const names: string[] = []
    let cursor = ''
    for (let page = 0; page < 4; page += 1) {
      const { data, meta } = await manager.call('GET', `UsersRequest?limit=2${cursor}`)
      names.push(...(data as { name: string }[]).map(({ name }) => name))
      if (meta.paging?.hasMore !== true) break
      cursor = `&cursor=${meta.paging.nextCursor}`
    }
    expect(names.slice(1)).toEqual(['A', 'B', 'C'])
    for (const query of ['limit=0', 'limit=5001', 'limit=x', 'cursor=zzz']) {
      expect(await code(manager.call('GET', `UsersRequest?${query}`))).toBe('Validation')
    }
  })
})

describe('a transaction', () => {
  it('opens at the market, changes levels, closes in part under a new ticket, and whole', async () => {
    const order = await opened({ comment: 'mine', ieDeviation: 5 })
    expect(await openTrades()).toMatchObject([{ order, volume: 10, volumeLots: 0.1, comment: 'mine', sl: 0, tp: 0 }])
    const modify = { ...zero, tradeTransactionType: 'ModifyTrade', tradeCommand: 'Buy', order }
    expect((await manager.trade({ ...modify, sl: 1.08, tp: 1.09 })).error).toBeNull()
    expect(await record(order)).toMatchObject({ sl: 1.08, tp: 1.09 })
    const close = { tradeTransactionType: 'CloseMarket', tradeCommand: 'Buy', order, symbol: 'EURUSD', price: 1.085 }
    expect((await manager.trade({ ...close, volume: 4 })).error).toBeNull()
    const [rest] = await openTrades()
    expect(rest).toMatchObject({ volume: 6, comment: `from #${order}`, sl: 1.08, tradeRecordState: 'OpenNormal' })
    expect(await record(order)).toMatchObject({
      volume: 4,
      comment: `to #${rest?.order}`,
      tradeRecordState: 'ClosedPart',
    })
    expect(await code(manager.trade({ ...close, volume: 6 }))).toBe('InvalidData')
    expect((await manager.trade({ ...close, order: rest?.order, volume: 6 })).error).toBeNull()
    expect(await openTrades()).toEqual([])
    const past = await manager.read<Trade[]>(`TradesUserHistory/${manager.login}?fromTime=2020-01-01T00:00:00Z`)
    expect(past.map(({ tradeCommand, volume }) => [tradeCommand, volume])).toEqual([
      ['Balance', 0],
      ['Buy', 4],
      ['Buy', 6],
    ])
  })

  it('is reached by its levels: the comment bears which, and a stop-out takes its place', async () => {
    const order = await opened({ sl: 1.084, comment: 'x'.repeat(40) })
    await move('1.08390', '1.08396')
    expect(await record(order)).toMatchObject({
      comment: `${'x'.repeat(27)}[sl]`,
      activationType: 'SL',
      closePrice: 1.0839,
      tradeRecordState: 'ClosedNormal',
    })
    const large = await opened({ volume: 270, price: 1.083_96, comment: 'gone' })
    await move('1.06000', '1.06006')
    expect(await record(large)).toMatchObject({ activationType: 'Stopout', comment: expect.stringMatching(/^so: /) })
  })

  it('lets pending orders wait, change and be deleted', async () => {
    const pending = { ...buy, tradeTransactionType: 'OpenPending', tradeCommand: 'BuyLimit', price: 1.08 }
    const order = await opened({ ...pending, expiration: '2099-01-01T00:00:00' })
    expect(await record(order)).toMatchObject({ tradeCommand: 'BuyLimit', openPrice: 1.08, volume: 10 })
    const change = { ...zero, tradeTransactionType: 'ModifyPending', tradeCommand: 'BuyLimit', order, price: 1.07 }
    expect((await manager.trade(change)).error).toBeNull()
    expect(await record(order)).toMatchObject({ openPrice: 1.07 })
    const remove = { ...zero, tradeTransactionType: 'DeletePending', tradeCommand: 'BuyLimit', order }
    expect((await manager.trade(remove)).error).toBeNull()
    expect(await code(manager.trade(remove))).toBe('InvalidData')
    expect(await record(order)).toMatchObject({ tradeRecordState: 'Deleted' })
    expect(await code(manager.trade({ ...pending, expiration: '2020-01-01T00:00:00Z' }))).toBe('TradeExpirationDenied')
  })

  it('moves money in and out, and lends it; nobody takes out what is needed or lent', async () => {
    const fund = (type: string, tradeCommand: string, price: number) =>
      manager.trade({ tradeTransactionType: type, tradeCommand, price, comment: 'by hand' })
    expect((await fund('BalanceAdd', 'Balance', 100)).data).toMatchObject({ order: expect.any(Number), price: 100 })
    expect((await fund('BalanceAdd', 'Balance', -50.25)).error).toBeNull()
    expect((await fund('CreditAdd', 'Credit', 500)).error).toBeNull()
    const margin = await manager.read<object>(`MarginLevelRequest/${manager.login}`)
    expect(margin).toMatchObject({ balance: 10_049.75, equity: 10_549.75, free: 10_549.75 })
    expect(await code(fund('BalanceAdd', 'Balance', -10_050))).toBe('TradeNoMoney')
    expect(await code(fund('CreditAdd', 'Credit', -501))).toBe('TradeNoMoney')
    expect(await code(fund('BalanceAdd', 'Credit', 1))).toBe('InvalidData')
    expect(await code(fund('BalanceAdd', 'Balance', 0))).toBe('InvalidData')
    expect(
      await code(manager.trade({ tradeTransactionType: 'BalanceAdd', tradeCommand: 'Balance', orderBy: 5, price: 1 })),
    ).toBe('BadAccountInfo')
    const user = await manager.read<object>(`UserRecordGet/${manager.login}`)
    expect(user).toMatchObject({ balance: 10_049.75, credit: 500 })
  })

  it('is refused with the code of the trade server, and with Validation when it is no request', async () => {
    const trade = (part: object) => code(manager.trade({ ...buy, ...part }))
    expect(await trade({ price: 1.09 })).toBe('TradeRequote')
    expect(await trade({ price: 0 })).toBe('TradeBadPrices')
    expect(await trade({ volume: 0 })).toBe('TradeBadVolume')
    expect(await trade({ volume: 9_000 })).toBe('TradeNoMoney')
    expect(await trade({ sl: 1.2 })).toBe('TradeBadStops')
    expect(await trade({ symbol: 'NOPE' })).toBe('InvalidData')
    expect(await trade({ tradeTransactionType: 'OpenPending', tradeCommand: 'BuyLimit', price: 1.2 })).toBe(
      'TradeBadPrices',
    )
    expect(await trade({ tradeTransactionType: 'OpenMarket', tradeCommand: 'BuyLimit' })).toBe('InvalidData')
    for (const bad of [
      { more: 1 },
      { volume: 1.5 },
      { volume: '10' },
      { tradeCommand: 'buy' },
      { tradeTransactionType: 'BrOpen' },
      { symbol: 'ABCDEFGHIJKLM' },
    ]) {
      expect(await trade(bad)).toBe('Validation')
    }
    await manager.call('PATCH', `UserRecord/${manager.login}`, { enableFlags: 5 })
    expect(await trade({})).toBe('TradeDisable')
    await manager.call('PATCH', `UserRecord/${manager.login}`, { enableFlags: 0 })
    expect(await trade({})).toBe('AccountDisabled')
    const wrongType = await manager.send('POST', `/api/v2/MT4/${manager.platform}/TradeTransaction`, '{}', {
      'content-type': 'text/plain',
    })
    expect(wrongType.status).toBe(415)
  })

  it('is done once however often its key comes, and its first answer is told again', async () => {
    const key = { 'idempotency-key': '0b5b7c0e-7d0f-4c6d-8f2e-4f8a3f0c9d11' }
    const first = await manager.trade(buy, key)
    expect(await manager.trade(buy, key)).toEqual(first)
    expect(await manager.trade({ ...buy, volume: 20 }, key)).toEqual(first)
    expect(await openTrades()).toHaveLength(1)
    const other = await new ManagerClient(venue, await venue.openAccount('10000')).logIn()
    expect((await other.trade({ ...buy, orderBy: other.login }, key)).meta).not.toEqual(first.meta)
  })

  it('does what fault switches say', async () => {
    await venue.post('/control/faults', { kind: 'rate-limit', venue: 'mt-manager', next: 1, milliseconds: 3_000 })
    const path = `/api/v2/MT4/${manager.platform}/TradeTransaction`
    const body = JSON.stringify({ ...buy, orderBy: manager.login })
    const limited = await manager.send('POST', path, body)
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3'])
    await venue.post('/control/faults', { kind: 'error-after-accept', venue: 'mt-manager', next: 1 })
    expect((await manager.send('POST', path, body)).status).toBe(504)
    expect(await openTrades()).toHaveLength(1)
    await venue.post('/control/faults', {
      kind: 'delay-visibility',
      venue: 'mt-manager',
      next: 1,
      milliseconds: 60_000,
    })
    await opened()
    expect(await openTrades()).toHaveLength(1)
    await venue.post('/control/faults', { kind: 'reject', venue: 'mt-manager', next: 1 })
    expect(await code(manager.trade(buy))).toBe('TradeDisable')
  })
})

describe('users', () => {
  it('are opened with the next number by group and name alone, and trade on money that is paid in', async () => {
    const { data } = await manager.call('POST', 'UserRecordNew', { group: 'demo-eur', name: 'Anna' })
    const user = data as { login: number; leverage: number; balance: number }
    expect(user).toMatchObject({ login: manager.login + 1, leverage: 100, balance: 0, group: 'demo-eur', name: 'Anna' })
    const orderBy = user.login
    expect(await code(manager.trade({ ...buy, orderBy }))).toBe('TradeNoMoney')
    await manager.trade({ tradeTransactionType: 'BalanceAdd', tradeCommand: 'Balance', orderBy, price: 5_000 })
    expect((await manager.trade({ ...buy, orderBy })).error).toBeNull()
    expect(await openTrades()).toEqual([])
    expect(await manager.read<Trade[]>('TradesGet')).toMatchObject([{ login: orderBy }])
    expect(await code(manager.call('POST', 'UserRecordNew', { group: 'demo-eur', name: 'B', login: orderBy }))).toBe(
      'InvalidData',
    )
    expect(await code(manager.call('POST', 'UserRecordNew', { group: 'nowhere', name: 'B' }))).toBe('InvalidData')
    expect(await code(manager.call('POST', 'UserRecordNew', { name: 'B' }))).toBe('Validation')
  })

  it('have passwords that are set and checked, and never told', async () => {
    const path = `UserPasswordCheck/${manager.login}`
    expect(await code(manager.call('POST', path, 'hidden words'))).toBe('BadAccountInfo')
    await manager.call('POST', `UserPasswordSet/${manager.login}`, 'hidden words')
    expect((await manager.call('POST', path, 'hidden words')).data).toBe(true)
    expect(await code(manager.call('POST', path, 'other words'))).toBe('BadAccountInfo')
    expect(JSON.stringify(await manager.read(`UserRecordGet/${manager.login}`))).not.toContain('hidden')
    expect(await code(manager.call('GET', 'UserRecordGet/1'))).toBe('NotFound')
    expect(await code(manager.call('GET', 'UserRecordGet/x'))).toBe('Validation')
    expect(await code(manager.call('GET', `MarginLevelGet/${manager.login}`))).toBe('NotFound')
  })
})
