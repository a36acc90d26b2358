import { eventually } from '@tradewire/testkit/eventually'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Credentials, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const deploymentMs = 10_000
/** Stands still, so that no state is missed on a busy machine; each look that waits for something moves it on. */
const clock = new ManualClock(new Date().toISOString())
const lookMs = 1_000
const delays = { PAPER_METAAPI_DETECTION_MS: '1000', PAPER_METAAPI_DEPLOYMENT_MS: String(deploymentMs) }
const venue = new VenueUnderTest('metaapi', delays, clock)
const base = '/users/current/accounts'
const quote = { bid: '1.08500', ask: '1.08506' }
let account: Credentials
let terminal: string

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: never
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const reply = await fetch(venue.base + path, {
    method,
    headers: { 'auth-token': account.credentials['token'] ?? '', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  return { status: reply.status, headers: reply.headers, body: (text === '' ? null : JSON.parse(text)) as never }
}

const newAccount = (part: object = {}) => {
  const { login, password, server } = account.credentials
  return { name: 'One', login, password, server, platform: 'mt5', magic: 77, ...part }
}
const create = (part: object = {}, transaction = account.accountId.replaceAll('-', '')) =>
  call('POST', base, newAccount(part), { 'transaction-id': transaction })

/** Asked again until the broker has been looked at. */
async function created(part: object = {}, transaction?: string): Promise<Reply> {
  for (;;) {
    const reply = await create(part, transaction)
    if (reply.status !== 202) return reply
    clock.advance(lookMs)
  }
}

const until = (path: string, wanted: (reply: Reply) => boolean): Promise<Reply> =>
  eventually(
    async () => {
      clock.advance(lookMs)
      const reply = await call('GET', path)
      return wanted(reply) ? reply : undefined
    },
    { describe: path },
  )

/** The account made, deployed and connected. */
async function connected(): Promise<string> {
  const { id } = (await created()).body as { id: string }
  await until(`${base}/${id}/account-information`, ({ status }) => status === 200)
  return `${base}/${id}`
}

const trade = async (body: object) => (await call('POST', `${terminal}/trade`, body)).body as Record<string, unknown>
const list = async (path: string) => (await call('GET', terminal + path)).body as Record<string, unknown>[]
const buy = { actionType: 'ORDER_TYPE_BUY', symbol: 'EURUSD', volume: 0.1 }

beforeEach(async () => {
  await venue.post('/control/price', { venue: 'metaapi', symbol: 'EURUSD', ticks: [quote] })
  account = await venue.openAccount('10000')
})

describe('provisioning', () => {
  it('answers 202 while it looks at the broker, then the same account for the same transaction', async () => {
    const first = await create()
    expect([first.status, first.headers.get('retry-after')]).toEqual([202, '1'])
    const made = await created()
    expect(made.status).toBe(201)
    const again = await create()
    expect(again.body).toEqual(made.body)
    const { id } = made.body as { id: string }
    const starting = await call('GET', `${base}/${id}`)
    expect(starting.body).toMatchObject({ _id: id, login: account.credentials['login'], version: 5, magic: 77 })
    expect(JSON.stringify(starting.body)).not.toContain(account.credentials['password'])
    const up = await until(
      `${base}/${id}`,
      ({ body }) => (body as Record<string, string>)['connectionStatus'] === 'CONNECTED',
    )
    expect(up.body).toMatchObject({ state: 'DEPLOYED' })
    const page = await call('GET', `${base}?limit=10&query=${account.credentials['login']}`, undefined, {
      'api-version': '2',
    })
    expect(page.body).toMatchObject({ count: 1, items: [{ _id: id }] })
  })

  it('refuses a wrong password, an unknown server, unknown fields and a missing transaction', async () => {
    const refused = async (part: object) => {
      const reply = await created(part, 'x'.repeat(32))
      return [reply.status, (reply.body as Record<string, unknown>)['details']]
    }
    expect(await refused({ password: 'wrong' })).toEqual([400, 'E_AUTH'])
    expect(await refused({ server: 'Nowhere-Live' })).toMatchObject([400, { code: 'E_SRV_NOT_FOUND' }])
    expect(await refused({ unknown: 1 })).toMatchObject([400, [{ parameter: '' }]])
    expect((await call('POST', base, newAccount())).status).toBe(400)
  })

  it('stops and starts a terminal, and shows nothing of the account meanwhile', async () => {
    terminal = await connected()
    expect((await call('POST', `${terminal}/undeploy`)).status).toBe(204)
    expect(await call('GET', `${terminal}/positions`)).toMatchObject({ status: 404, body: { error: 'NotFoundError' } })
    expect((await call('POST', `${terminal}/deploy`)).status).toBe(204)
    expect(await call('GET', `${terminal}/positions`)).toMatchObject({ status: 404, body: { error: 'NotFoundError' } })
    clock.advance(deploymentMs)
    expect(await call('GET', `${terminal}/positions`)).toMatchObject({ status: 504, body: { error: 'TimeoutError' } })
    clock.advance(deploymentMs)
    expect((await call('GET', `${terminal}/positions`)).status).toBe(200)
    expect((await call('DELETE', terminal)).status).toBe(204)
    expect((await call('GET', terminal)).status).toBe(404)
  })

  it('takes no token but its own', async () => {
    terminal = await connected()
    const other = await venue.openAccount('1')
    const token = other.credentials['token'] ?? ''
    expect((await call('GET', terminal, undefined, { 'auth-token': token })).status).toBe(404)
    const broken = token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const wrong of ['', 'x', 'a.b.c', broken.slice(0, -1)]) {
      const reply = await call('GET', terminal, undefined, { 'auth-token': wrong })
      expect(reply).toMatchObject({ status: 401, body: { error: 'UnauthorizedError' } })
    }
  })
})

describe('trading', () => {
  beforeEach(async () => {
    terminal = await connected()
  })

  it('opens, protects, closes in part and whole, and keeps id, comment and number on all records', async () => {
    const opened = await trade({ ...buy, stopLoss: 1.08, clientId: 'abc', comment: 'hello' })
    expect(opened).toMatchObject({ numericCode: 10_009, stringCode: 'TRADE_RETCODE_DONE' })
    const { positionId } = opened as { positionId: string }
    expect(positionId).toBe(opened['orderId'])
    const note = { clientId: 'abc', comment: 'hello', magic: 77 }
    const [position] = await list('/positions')
    expect(position).toMatchObject({ id: positionId, openPrice: 1.085_06, stopLoss: 1.08, volume: 0.1, ...note })
    expect(await trade({ actionType: 'POSITION_MODIFY', positionId, stopLoss: 1.08, takeProfit: 1.09 })).toMatchObject({
      numericCode: 10_009,
    })
    expect(await trade({ actionType: 'POSITION_MODIFY', positionId, stopLoss: 1.08, takeProfit: 1.09 })).toMatchObject({
      stringCode: 'TRADE_RETCODE_NO_CHANGES',
    })
    await trade({ actionType: 'POSITION_PARTIAL', positionId, volume: 0.04, clientId: 'part' })
    expect((await list('/positions'))[0]).toMatchObject({ volume: 0.06, takeProfit: 1.09 })
    await trade({ actionType: 'POSITION_CLOSE_ID', positionId })
    expect(await list('/positions')).toEqual([])
    const deals = await list(`/history-deals/position/${positionId}`)
    expect(deals.map(({ entryType, volume, clientId }) => [entryType, volume, clientId])).toEqual([
      ['DEAL_ENTRY_IN', 0.1, 'abc'],
      ['DEAL_ENTRY_OUT', 0.04, 'part'],
      ['DEAL_ENTRY_OUT', 0.06, undefined],
    ])
    expect(deals[1]).toMatchObject({ commission: -0.14, profit: -0.24, reason: 'DEAL_REASON_EXPERT' })
    const all = await list(`/history-deals/time/2020-01-01T00:00:00.000Z/2100-01-01T00:00:00.000Z?limit=2&offset=0`)
    expect(all.map(({ type }) => type)).toEqual(['DEAL_TYPE_BALANCE', 'DEAL_TYPE_BUY'])
    const information = (await call('GET', `${terminal}/account-information`)).body as Record<string, unknown>
    expect(information).toMatchObject({ balance: 9_998.7, equity: 9_998.7, margin: 0, platform: 'mt5' })
    expect(information).not.toHaveProperty('marginLevel')
  })

  it('fills a stop at its level, and says why in the deal', async () => {
    const { positionId } = (await trade({ ...buy, stopLoss: 1.084 })) as { positionId: string }
    await venue.post('/control/price', {
      venue: 'metaapi',
      symbol: 'EURUSD',
      ticks: [{ bid: '1.08390', ask: '1.08396' }],
    })
    const deals = await list(`/history-deals/position/${positionId}`)
    expect(deals[1]).toMatchObject({ reason: 'DEAL_REASON_SL', price: 1.0839, stopLoss: 1.084 })
  })

  it('lets pending orders wait, be changed, be cancelled and expire', async () => {
    const { orderId } = (await trade({ ...buy, actionType: 'ORDER_TYPE_BUY_LIMIT', openPrice: 1.08 })) as {
      orderId: string
    }
    expect((await list('/orders'))[0]).toMatchObject({ id: orderId, type: 'ORDER_TYPE_BUY_LIMIT', openPrice: 1.08 })
    await trade({ actionType: 'ORDER_MODIFY', orderId, openPrice: 1.07 })
    expect((await call('GET', `${terminal}/orders/${orderId}`)).body).toMatchObject({ openPrice: 1.07 })
    expect(await trade({ actionType: 'ORDER_CANCEL', orderId })).toMatchObject({ orderId })
    expect(await trade({ actionType: 'ORDER_CANCEL', orderId })).toMatchObject({ numericCode: 4_754 })
    expect((await list(`/history-orders/ticket/${orderId}`))[0]).toMatchObject({ state: 'ORDER_STATE_CANCELED' })
    const past = { type: 'ORDER_TIME_SPECIFIED', time: '2020-01-01T00:00:00.000Z' }
    expect(await trade({ ...buy, actionType: 'ORDER_TYPE_BUY_STOP', openPrice: 1.09, expiration: past })).toMatchObject(
      { stringCode: 'TRADE_RETCODE_INVALID_EXPIRATION' },
    )
  })

  it('closes two opposite positions by each other, and all of a symbol', async () => {
    const long = (await trade(buy)) as { positionId: string }
    const short = (await trade({ ...buy, actionType: 'ORDER_TYPE_SELL', volume: 0.3 })) as { positionId: string }
    await trade({ actionType: 'POSITION_CLOSE_BY', positionId: long.positionId, closeByPositionId: short.positionId })
    expect((await list('/positions')).map(({ id, volume }) => [id, volume])).toEqual([[short.positionId, 0.2]])
    await trade({ actionType: 'POSITIONS_CLOSE_SYMBOL', symbol: 'EURUSD' })
    expect(await list('/positions')).toEqual([])
  })

  it('answers 200 with a code for what the broker refuses, and 400 for what is no request', async () => {
    const code = async (part: object) => (await trade({ ...buy, ...part }))['stringCode']
    expect(await code({ volume: 0.001 })).toBe('TRADE_RETCODE_INVALID_VOLUME')
    expect(await code({ volume: 90 })).toBe('TRADE_RETCODE_NO_MONEY')
    expect(await code({ stopLoss: 1.2 })).toBe('TRADE_RETCODE_INVALID_STOPS')
    expect(await code({ symbol: 'NOPE' })).toBe('ERR_MARKET_UNKNOWN_SYMBOL')
    expect(await code({ actionType: 'ORDER_TYPE_BUY_LIMIT', openPrice: 1.2 })).toBe('TRADE_RETCODE_INVALID_PRICE')
    expect(await code({ actionType: 'ORDER_TYPE_BUY_STOP_LIMIT', openPrice: 1.2, stopLimitPrice: 1.1 })).toBe(
      'TRADE_RETCODE_ORDER_TYPE_NOT_SUPPORTED',
    )
    expect((await trade({ actionType: 'POSITION_CLOSE_ID', positionId: '1' }))['numericCode']).toBe(4_753)
    for (const bad of [
      { ...buy, more: 1 },
      { ...buy, volume: '0.1' },
      { actionType: 'X' },
      { ...buy, comment: 'x'.repeat(31) },
    ]) {
      expect(await call('POST', `${terminal}/trade`, bad)).toMatchObject({
        status: 400,
        body: { error: 'ValidationError' },
      })
    }
  })

  it('does what fault switches say: limits with a time to come back, trades whose reply is lost or late to show', async () => {
    await venue.post('/control/faults', { kind: 'rate-limit', venue: 'metaapi', next: 1, milliseconds: 3_000 })
    const limited = await call('POST', `${terminal}/trade`, buy)
    expect(limited).toMatchObject({ status: 429, body: { error: 'TooManyRequestsError' } })
    expect(limited.headers.get('retry-after')).toBe('3')
    expect((limited.body as { metadata: object }).metadata).toHaveProperty('recommendedRetryTime')
    await venue.post('/control/faults', { kind: 'error-after-accept', venue: 'metaapi', next: 1 })
    expect((await call('POST', `${terminal}/trade`, buy)).status).toBe(504)
    expect(await list('/positions')).toHaveLength(1)
    await venue.post('/control/faults', { kind: 'delay-visibility', venue: 'metaapi', next: 1, milliseconds: 60_000 })
    await trade(buy)
    expect(await list('/positions')).toHaveLength(1)
  })
})

describe('market data', () => {
  it('tells symbols, specifications, prices and candles, numbers with all their digits', async () => {
    terminal = await connected()
    expect((await call('GET', `${terminal}/symbols`)).body).toContain('EURUSD')
    const specification = (await call('GET', `${terminal}/symbols/EURUSD/specification`)).body
    expect(specification).toMatchObject({ contractSize: 100_000, volumeStep: 0.01, baseCurrency: 'EUR', digits: 5 })
    expect((await call('GET', `${terminal}/symbols/NOPE/specification`)).status).toBe(404)
    expect((await call('GET', `${terminal}/symbols/EURUSD/current-price`)).body).toMatchObject({
      bid: 1.085,
      ask: 1.085_06,
    })
    const path = `${terminal}/historical-market-data/symbols/EURUSD/timeframes`
    const candles = (await call('GET', `${path}/1m/candles?limit=1`)).body as object[]
    expect(keysOf(candles[0])).toEqual([
      'brokerTime',
      'close',
      'high',
      'low',
      'open',
      'spread',
      'symbol',
      'tickVolume',
      'time',
      'timeframe',
      'volume',
    ])
    expect((await call('GET', `${path}/7m/candles`)).status).toBe(400)
    expect((await call('GET', `${terminal}/server-time`)).body).toHaveProperty('brokerTime')
  })
})
