/**
 * A stub exchange that speaks the direct protocol of venue `paper`: it accepts every order after a delay and lets it
 * rest. Process of the bench, the same for all parties. Must never do more for one party than for another.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMs } from './kit/clock.ts'
import { serve } from './kit/serve.ts'
import { OrderBook, type StubOrder } from './kit/stub-book.ts'

export interface ReceiveStats {
  /** Distinct entries received since the reset. */
  readonly orders: number
  /** Requests that repeated an id. */
  readonly repeated: number
  readonly firstMs: number
  readonly lastMs: number
}

const keepAliveTimeoutMs = 600_000
const base = '/direct/v1'
const instruments = ['BTC', 'ETH'].map((coin) => ({
  symbol: `${coin}/USDT`,
  base: coin,
  quote: 'USDT',
  priceStep: '0.1',
  quantityStep: '0.001',
  minimumQuantity: '0.001',
  maximumQuantity: '1000000',
  minimumNotional: '5',
  leverageMax: 125,
  price: '40000',
  bid: '39999.9',
  ask: '40000.1',
}))
const balance = { currency: 'USDT', total: '1000000', free: '1000000', equity: '1000000' }

const book = new OrderBook()
const streams = new Map<string, { readonly socket: WebSocket; sequence: number }>()
let delayMs = 20
let repeated = 0
let received = 0
let firstMs = 0
let lastMs = 0
let waiting: { readonly orders: number; readonly resolve: (stats: ReceiveStats) => void } | undefined

function stats(): ReceiveStats {
  return { orders: received, repeated, firstMs, lastMs }
}

function note({ request }: StubOrder, fresh: boolean): void {
  const at = nowMs()
  if (!fresh) repeated += 1
  if (!fresh || request.reduceOnly === true) return
  if (received === 0) firstMs = at
  lastMs = at
  received += 1
  if (waiting !== undefined && received >= waiting.orders) {
    waiting.resolve(stats())
    waiting = undefined
  }
}

/** By account: when its entry was filled, until its stop has come. */
const unprotectedSince = new Map<string, number>()
let exitDelaysMs: number[] = []

/** The stop after a fill: what an exit has to wait for is the whole way through our services. */
function noteExit(account: string, { request }: StubOrder): void {
  const sinceMs = unprotectedSince.get(account)
  if (sinceMs === undefined || !request.type.startsWith('stop')) return
  exitDelaysMs.push(nowMs() - sinceMs)
  unprotectedSince.delete(account)
}

/** Fills the entry that rests longest and tells its account; false when none rests. */
function fillNext(symbol: string): boolean {
  const order = book.nextEntry(symbol)
  const stream = order === undefined ? undefined : streams.get(order.account)
  if (order === undefined || stream === undefined) return false
  book.fill(order)
  stream.sequence += 1
  unprotectedSince.set(order.account, nowMs())
  const [text, fill] = [book.textOf(order), book.fillTextOf(order)]
  stream.socket.send(`{"type":"order","sequence":${stream.sequence},"order":${text},"fill":${fill}}`)
  return true
}

const json = { 'content-type': 'application/json' }

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { ...json, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function refuse(response: ServerResponse, status: number, code: string): void {
  reply(response, status, JSON.stringify({ code, message: code.toLowerCase().replaceAll('_', ' ') }))
}

function place(account: string, body: string, response: ServerResponse): void {
  const { order, fresh } = book.place(account, JSON.parse(body) as StubOrder['request'])
  note(order, fresh)
  if (fresh) noteExit(account, order)
  setTimeout(() => {
    if (fresh) reply(response, 200, book.textOf(order))
    else refuse(response, 409, 'DUPLICATE_CLIENT_ORDER_ID')
  }, delayMs)
}

function answerGet(path: string, account: string, response: ServerResponse): void {
  if (path === '/instruments') reply(response, 200, JSON.stringify({ instruments }))
  else if (path === '/balances') reply(response, 200, JSON.stringify({ balances: [balance] }))
  else if (path === '/positions') reply(response, 200, '{"positions":[]}')
  else if (path.startsWith('/fills')) reply(response, 200, '{"fills":[]}')
  else if (path.startsWith('/orders?')) {
    const orders = path.includes('state=open') ? book.openOf(account) : book.allOf(account)
    reply(response, 200, `{"orders":[${orders.map((order) => book.textOf(order)).join(',')}]}`)
  } else if (path.startsWith('/orders/')) {
    const order = book.find(account, decodeURIComponent(path.slice('/orders/'.length)))
    if (order === undefined) refuse(response, 404, 'ORDER_NOT_FOUND')
    else reply(response, 200, book.textOf(order))
  } else refuse(response, 404, 'INVALID_REQUEST')
}

function route(request: IncomingMessage, body: string, response: ServerResponse): void {
  const path = (request.url ?? '').slice(base.length)
  const account = String(request.headers['x-api-key'] ?? '')
  if (request.method === 'POST' && path === '/orders') place(account, body, response)
  else if (request.method === 'PUT' && path === '/leverage') reply(response, 200, body)
  else if (request.method === 'DELETE' && path.startsWith('/orders/')) {
    const order = book.find(account, decodeURIComponent(path.slice('/orders/'.length)))
    if (order === undefined) refuse(response, 404, 'ORDER_NOT_FOUND')
    else if (order.status === 'cancelled') refuse(response, 409, 'ORDER_ALREADY_FINAL')
    else reply(response, 200, book.textOf(book.cancel(order)))
  } else if (request.method === 'GET') answerGet(path, account, response)
  else refuse(response, 400, 'INVALID_REQUEST')
}

const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => (body += chunk))
  request.on('end', () => route(request, body, response))
})
server.maxConnections = 100_000

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  sockets.handleUpgrade(request, socket, head, (stream) => {
    const account = String(request.headers['x-api-key'] ?? '')
    streams.set(account, { socket: stream, sequence: 1 })
    stream.on('close', () => streams.get(account)?.socket === stream && streams.delete(account))
    stream.on('error', () => undefined)
    stream.send(JSON.stringify({ type: 'hello', accountId: '01963a5e-0000-7000-8000-000000000001', sequence: 1 }))
  })
})

/** Ends every resting order and tells its account, so that its follow is free for the next measurement. */
function cancelAll(symbol: string | null): number {
  const open = book.allOpen().filter(({ request }) => symbol === null || request.symbol === symbol)
  for (const order of open) {
    book.cancel(order)
    const stream = streams.get(order.account)
    if (stream === undefined) continue
    stream.sequence += 1
    stream.socket.send(`{"type":"order","sequence":${stream.sequence},"order":${book.textOf(order)},"fill":null}`)
  }
  return open.length
}

serve({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    }),
  reset: () => {
    repeated = 0
    received = 0
    waiting = undefined
    book.forgetEnded()
  },
  setDelay: (ms: number) => {
    delayMs = ms
  },
  stats,
  streams: () => streams.size,
  /** Answers the statistics once so many distinct entries were received. */
  until: (orders: number) =>
    new Promise<ReceiveStats>((resolve) => {
      if (received >= orders) resolve(stats())
      else waiting = { orders, resolve }
    }),
  cancelAll,
  fillNext,
  /** How long stops took since the last call, and how many fills still wait for theirs. */
  exitDelays: () => {
    const found = { delaysMs: exitDelaysMs, missing: unprotectedSince.size }
    exitDelaysMs = []
    return found
  },
  forgetAll: () => book.forgetAll(),
})
