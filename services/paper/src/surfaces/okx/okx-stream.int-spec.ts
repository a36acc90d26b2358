import { createHmac } from 'node:crypto'
import { eventually } from '@tradewire/testkit/eventually'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Credentials, keySetsOf, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const venue = new VenueUnderTest('okx-swap')
const symbol = 'BTC/USDT:USDT'
const keySets = keySetsOf('okx')

interface Message {
  readonly event?: string
  readonly code?: string
  readonly arg?: { readonly channel: string }
  readonly data?: readonly Record<string, unknown>[]
}

let account: Credentials
let exchange: InstanceType<typeof ccxt.okx>

beforeEach(async () => {
  await venue.move('42000')
  account = await venue.openAccount('10000')
  const { apiKey = '', secret = '', passphrase = '' } = account.credentials
  const options = { fetchMarkets: { types: ['swap'] }, createOrder: 'privatePostTradeOrder' }
  exchange = new ccxt.okx({ apiKey, secret, password: passphrase, options, enableRateLimit: false })
  exchange.has['fetchCurrencies'] = false
  exchange.fetchImplementation = venue.redirect('https://www.okx.com')
  await exchange.loadMarkets()
})

class Client {
  readonly messages: Message[] = []
  private readonly socket: WebSocket

  constructor(path: string) {
    this.socket = new WebSocket(`${venue.base.replace('http', 'ws')}/ws/v5/${path}`)
    this.socket.on('message', (data) => {
      const text = (data as Buffer).toString('utf8')
      this.messages.push(text === 'pong' ? { event: 'pong' } : (JSON.parse(text) as Message))
    })
  }

  async ready(): Promise<this> {
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject))
    return this
  }

  async ask(text: string): Promise<Message> {
    const before = this.messages.length
    this.socket.send(text)
    await eventually(() => this.messages.length > before, { describe: 'the answer' })
    return this.messages[before] ?? {}
  }

  login(change: Record<string, string> = {}): Promise<Message> {
    const { apiKey = '', secret = '', passphrase = '' } = account.credentials
    const timestamp = change['timestamp'] ?? String(Math.floor(Date.now() / 1_000))
    const sign = createHmac('sha256', secret).update(`${timestamp}GET/users/self/verify`).digest('base64')
    return this.ask(JSON.stringify({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign, ...change }] }))
  }

  subscribe(channel: string): Promise<Message> {
    return this.ask(JSON.stringify({ op: 'subscribe', args: [{ channel, instType: 'SWAP' }] }))
  }

  told(channel: string): readonly Record<string, unknown>[] {
    return this.messages
      .filter(({ arg, data }) => arg?.channel === channel && data !== undefined)
      .flatMap(({ data }) => data ?? [])
  }

  close(): void {
    this.socket.close()
  }
}

describe('the private streams', () => {
  it('turn away what is not logged in, or logs in wrongly', async () => {
    const client = await new Client('private').ready()
    expect(await client.subscribe('orders')).toMatchObject({ event: 'error', code: '60011' })
    expect(await client.login({ apiKey: 'x' })).toMatchObject({ event: 'error', code: '60005' })
    expect(await client.login({ sign: 'x' })).toMatchObject({ event: 'error', code: '60007' })
    expect(await client.login({ passphrase: 'x' })).toMatchObject({ event: 'error', code: '60024' })
    expect(await client.login({ timestamp: '1600000000' })).toMatchObject({ event: 'error', code: '60006' })
    expect(await client.ask('{')).toMatchObject({ event: 'error', code: '60012' })
    expect(await client.login()).toMatchObject({ event: 'login', code: '0' })
    expect(await client.subscribe('orders-algo')).toMatchObject({ event: 'error', code: '60018' })
    expect(await client.ask('ping')).toEqual({ event: 'pong' })
    client.close()
  })

  it('tell orders, algo orders and balances with the fields of the venue', async () => {
    const client = await new Client('private').ready()
    const business = await new Client('business').ready()
    await client.login()
    await business.login()
    await client.subscribe('orders')
    await client.subscribe('account')
    await business.subscribe('orders-algo')
    await exchange.createOrder(symbol, 'market', 'buy', 1, undefined, { clientOrderId: 'entry1' })
    const stop = { stopLossPrice: 41_000, reduceOnly: true, algoClOrdId: 'stop1', clientOrderId: 'stop1' }
    await exchange.createOrder(symbol, 'market', 'sell', 1, undefined, stop)
    await venue.move('40990')
    await eventually(() => client.told('orders').length >= 4, { describe: 'four pushes of orders' })
    expect(client.told('orders').map((each) => [each['clOrdId'], each['algoClOrdId'], each['state']])).toEqual([
      ['entry1', '', 'live'],
      ['entry1', '', 'filled'],
      ['', 'stop1', 'live'],
      ['', 'stop1', 'filled'],
    ])
    expect(business.told('orders-algo').map((each) => [each['algoClOrdId'], each['state']])).toEqual([
      ['stop1', 'live'],
      ['stop1', 'effective'],
    ])
    expect(keysOf(client.told('orders')[0])).toEqual(expect.arrayContaining([...(keySets['okx.event.order'] ?? [])]))
    expect(keysOf(business.told('orders-algo')[0])).toEqual(
      expect.arrayContaining([...(keySets['okx.event.algo'] ?? [])]),
    )
    const balance = client.told('account')[0]
    expect(keysOf(balance)).toEqual(keySets['okx.event.account'])
    expect(keysOf((balance?.['details'] as object[] | undefined)?.[0])).toEqual(keySets['okx.event.account.detail'])
    client.close()
    business.close()
  })
})
