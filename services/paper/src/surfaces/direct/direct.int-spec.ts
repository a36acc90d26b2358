import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  directBalanceList,
  directError,
  directFillList,
  directInstrumentList,
  directOrder,
  directOrderList,
  directPositionList,
  directStreamMessage,
  type DirectStreamMessage,
} from '@tradewire/contracts/paper/direct'
import {
  ledgerReply,
  paperAccountList,
  paperFaultList,
  paperMarketList,
  setPriceReply,
} from '@tradewire/contracts/paper/control'
import { startService, type RunningService } from '@tradewire/nest-kit/start-service'
import { eventually } from '@tradewire/testkit/eventually'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { paperService } from '#service'

const token = 'a-token-of-some-length'
let directory: string
let paper: RunningService
let account: { accountId: string; apiKey: string; secret: string }

const start = () =>
  startService(paperService, {
    PAPER_HTTP_PORT: '0',
    PAPER_DATA_DIRECTORY: directory,
    LOG_LEVEL: 'error',
    PAPER_CONTROL_TOKEN: token,
  })

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: never }> {
  const reply = await fetch(`${paper.url}/control${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: reply.status, body: (await reply.json()) as never }
}

const sign = (text: string) => createHmac('sha256', account.secret).update(text).digest('hex')
const headersFor = (text: string) => ({ 'x-api-key': account.apiKey, 'x-signature': sign(text) })

async function direct(method: string, path: string, body?: unknown): Promise<{ status: number; body: never }> {
  const target = `/direct/v1${path}`
  const text = body === undefined ? target : JSON.stringify(body)
  const reply = await fetch(paper.url + target, {
    method,
    headers: { ...headersFor(text), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: text }),
  })
  return { status: reply.status, body: (await reply.json()) as never }
}

const market = { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '0.01' }

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'paper-'))
  paper = await start()
  await control('POST', '/markets', { symbol: 'BTCUSDT', spreadBasisPoints: '0', slippageBasisPoints: '0' })
})

afterAll(async () => {
  await paper.stop()
  rmSync(directory, { recursive: true })
})

beforeEach(async () => {
  await control('DELETE', '/faults')
  await control('POST', '/price', { symbol: 'BTC/USDT', price: '42000' })
  account = (await control('POST', '/accounts', { venue: 'paper', balance: '10000' })).body
})

describe('the direct protocol', () => {
  it('places, finds, lists and cancels orders in the words of its contract', async () => {
    const filled = await direct('POST', '/orders', { ...market, clientOrderId: 'a' })
    expect(directOrder.parse(filled.body)).toMatchObject({
      status: 'filled',
      filledQuantity: '0.01',
      averagePrice: '42000',
      fee: '0.168',
    })
    const limit = { ...market, type: 'limit', price: '41000', clientOrderId: 'b' }
    expect(directOrder.parse((await direct('POST', '/orders', limit)).body)).toMatchObject({ status: 'open' })
    const stop = {
      ...market,
      side: 'sell',
      type: 'stop-market',
      triggerPrice: '41000',
      clientOrderId: 'c',
      reduceOnly: true,
    }
    expect(directOrder.parse((await direct('POST', '/orders', stop)).body)).toMatchObject({ status: 'waiting' })
    expect(
      directOrderList
        .parse((await direct('GET', '/orders?state=open')).body)
        .orders.map(({ clientOrderId }) => clientOrderId),
    ).toEqual(['b', 'c'])
    expect(directOrder.parse((await direct('DELETE', '/orders/b')).body)).toMatchObject({ status: 'cancelled' })
    await control('POST', '/price', { symbol: 'BTCUSDT', price: '40000' })
    expect(directOrder.parse((await direct('GET', '/orders/c')).body)).toMatchObject({
      status: 'filled',
      averagePrice: '40000',
    })
    expect(directFillList.parse((await direct('GET', '/fills?since=0')).body).fills).toHaveLength(2)
    expect(directPositionList.parse((await direct('GET', '/positions')).body).positions).toEqual([])
    expect(directBalanceList.parse((await direct('GET', '/balances')).body).balances[0]).toMatchObject({
      total: '9979.672',
    })
    directInstrumentList.parse((await direct('GET', '/instruments')).body)
  })

  it('refuses in the words of its contract', async () => {
    const refused = async (body: object) => {
      const { status, body: error } = await direct('POST', '/orders', body)
      return [status, directError.parse(error).code]
    }
    await direct('POST', '/orders', { ...market, clientOrderId: 'once' })
    expect(await refused({ ...market, clientOrderId: 'once' })).toEqual([409, 'DUPLICATE_CLIENT_ORDER_ID'])
    expect(await refused({ ...market, clientOrderId: 'x', quantity: '0.0001' })).toEqual([422, 'FILTER_FAILED'])
    expect(await refused({ ...market, clientOrderId: 'x', quantity: '90' })).toEqual([422, 'INSUFFICIENT_MARGIN'])
    expect(await refused({ ...market, clientOrderId: 'x', reduceOnly: true })).toEqual([422, 'REDUCE_ONLY_REFUSED'])
    expect(await refused({ ...market, clientOrderId: 'x', symbol: 'X/Y' })).toEqual([404, 'UNKNOWN_SYMBOL'])
    expect(await refused({ ...market, clientOrderId: 'x', more: 1 })).toEqual([400, 'INVALID_REQUEST'])
    expect((await direct('DELETE', '/orders/never')).status).toBe(404)
    expect((await direct('DELETE', '/orders/once')).status).toBe(409)
    const wrong = await fetch(`${paper.url}/direct/v1/balances`, {
      headers: { 'x-api-key': account.apiKey, 'x-signature': sign('other') },
    })
    expect(wrong.status).toBe(401)
  })

  it('streams orders, balances and positions with an unbroken sequence', async () => {
    const socket = new WebSocket(`${paper.url.replace('http', 'ws')}/direct/v1/stream`, {
      headers: headersFor('/direct/v1/stream'),
    })
    const messages: DirectStreamMessage[] = []
    socket.on('message', (data) =>
      messages.push(directStreamMessage.parse(JSON.parse((data as Buffer).toString('utf8')))),
    )
    await eventually(() => messages.length === 1)
    await direct('POST', '/orders', { ...market, clientOrderId: 'a' })
    await eventually(() => messages.length === 5)
    expect(messages.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['hello', 1],
      ['order', 2],
      ['order', 3],
      ['balance', 4],
      ['position', 5],
    ])
    socket.close()
  })

  it('shows what the fault switches do: an order stands although its answer was lost', async () => {
    await control('POST', '/faults', { kind: 'drop-reply-after-accept', venue: 'paper', next: 1 })
    await expect(direct('POST', '/orders', { ...market, clientOrderId: 'lost' })).rejects.toThrow(/fetch failed/)
    expect((await direct('GET', '/orders/lost')).body).toMatchObject({ status: 'filled' })
    await control('POST', '/faults', { kind: 'error-after-accept', venue: 'paper', next: 1 })
    expect(await direct('POST', '/orders', { ...market, clientOrderId: 'odd' })).toMatchObject({
      status: 503,
      body: { code: 'OUTCOME_UNKNOWN' },
    })
    expect((await direct('GET', '/orders/odd')).status).toBe(200)
  })
})

describe('the control API', () => {
  it('needs its token when one is set', async () => {
    expect((await fetch(`${paper.url}/control/accounts`)).status).toBe(401)
  })

  it('answers in the words of its contract and hides secrets', async () => {
    await direct('POST', '/orders', { ...market, clientOrderId: 'a' })
    const ledger = ledgerReply.parse((await control('GET', `/ledger?accountId=${account.accountId}`)).body)
    expect(ledger.totals).toMatchObject({ ordersAccepted: 1, duplicateClientOrderIds: 0, fills: 1 })
    expect(JSON.stringify(ledger)).not.toContain(account.secret)
    const totals = ledgerReply.parse((await control('GET', '/ledger?view=totals&venue=paper')).body)
    expect(totals.orders).toEqual([])
    paperAccountList.parse((await control('GET', '/accounts')).body)
    paperMarketList.parse((await control('GET', '/markets')).body)
    paperFaultList.parse((await control('GET', '/faults')).body)
    setPriceReply.parse(
      (
        await control('POST', '/price', {
          symbol: 'BTCUSDT',
          ticks: [{ price: '42001' }, { bid: '42000', ask: '42002' }],
        })
      ).body,
    )
    const batch = await control('POST', '/accounts/batch', {
      accounts: [
        { venue: 'paper', balance: '1' },
        { venue: 'binance-usdm', balance: '2' },
      ],
    })
    expect(batch).toMatchObject({ status: 201, body: { accounts: [{ venue: 'paper' }, { venue: 'binance-usdm' }] } })
  })

  it('refuses malformed requests with a code', async () => {
    const refused = async (path: string, body: unknown) => {
      const { status, body: reply } = await control('POST', path, body)
      return [status, (reply as { error: { code: string } }).error.code]
    }
    expect(await refused('/accounts', { venue: 'nowhere', balance: '1' })).toEqual([400, 'CONTROL_REQUEST_INVALID'])
    expect(await refused('/price', { symbol: 'BTCUSDT', price: '-1' })).toEqual([400, 'CONTROL_REQUEST_INVALID'])
    expect(await refused('/price', { symbol: 'NOPEUSDT', price: '1' })).toEqual([404, 'PAPER_SYMBOL_UNKNOWN'])
    expect(
      await refused('/price', { symbol: 'BTCUSDT', candles: [{ open: '5', high: '4', low: '3', close: '4' }] }),
    ).toEqual([400, 'PAPER_PRICE_OUT_OF_RANGE'])
  })

  it('has the same books after a restart', async () => {
    await direct('POST', '/orders', { ...market, clientOrderId: 'a' })
    await direct('POST', '/orders', {
      ...market,
      side: 'sell',
      type: 'trailing-stop-market',
      callbackRate: '1',
      clientOrderId: 'b',
      reduceOnly: true,
    })
    await control('POST', '/price', { symbol: 'BTCUSDT', ticks: [{ price: '43000' }, { price: '42600' }] })
    const before = ledgerReply.parse((await control('GET', '/ledger')).body)
    await paper.stop()
    paper = await start()
    const after = ledgerReply.parse((await control('GET', '/ledger')).body)
    expect({ ...after, generatedAt: '' }).toEqual({ ...before, generatedAt: '' })
    await control('POST', '/price', { symbol: 'BTCUSDT', price: '42570' })
    expect((await direct('GET', '/orders/b')).body).toMatchObject({ status: 'filled', averagePrice: '42570' })
  })
})
