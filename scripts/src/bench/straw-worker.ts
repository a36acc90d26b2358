/**
 * The straw man's worker: pull consumer -> sizing -> unnest insert -> POST over C connections -> result updates ->
 * events, 100 a message. Process of the bench, after section 2.6 of the performance goals: written plainly, kept fast.
 */
import { jetstream, type JetStreamClient, type JsMsg } from '@nats-io/jetstream'
import Big from 'big.js'
import { connect } from 'nats'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { Pool } from 'undici'
import { serve } from './kit/serve.ts'
import { strawConsumer, strawStreams, strawSubjects } from './kit/straw-names.ts'
import { post } from './kit/stub-post.ts'

interface Settings {
  readonly databaseUrl: string
  readonly natsUrl: string
  readonly exchangeUrl: string
  readonly connections: number
}

interface StrawSignal {
  readonly id: string
  readonly followers: number
  readonly side: string
  readonly price: string
  readonly stop: string
}

interface Order {
  readonly id: string
  readonly account: string
  readonly clientOrderId: string
  readonly side: string
  readonly quantity: string
  readonly price: string
}

interface Result {
  readonly order: Order
  readonly venueOrderId: string
  readonly done: () => void
}

const signalsAtOnceMax = 4
const chunkRows = 500
const resultRows = 250
const eventsPerMessage = 100
const followersMax = 10_000
const keepAliveTimeoutMs = 600_000

Big.strict = true
const followers = Array.from({ length: followersMax }, (_, index) => ({
  account: randomUUID(),
  balance: String(1_000_000 + index),
  riskPercent: '0.1',
  leverage: '5',
}))

const insertSql = `insert into orders (id, signal_id, account_id, client_order_id, side, quantity, price)
  select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::numeric[])`
const updateSql = `update orders o set status = 'accepted', venue_order_id = r.venue, answered_at = now()
  from unnest($1::uuid[], $2::text[]) as r (id, venue) where o.id = r.id`

/** Risk of the balance between entry and stop, capped by leverage, rounded to the step, above the least notional. */
function size(signal: StrawSignal, index: number): Order | undefined {
  const follower = followers[index]!
  const price = new Big(signal.price)
  const balance = new Big(follower.balance)
  const distance = price.minus(new Big(signal.stop)).abs()
  if (distance.eq('0') || balance.lte('0')) return undefined
  const byRisk = balance.times(follower.riskPercent).div('100').div(distance)
  const byLeverage = balance.times(follower.leverage).div(price)
  const quantity = (byRisk.lt(byLeverage) ? byRisk : byLeverage).round(3, Big.roundDown)
  if (quantity.times(price).lt('5')) return undefined
  return {
    id: randomUUID(),
    account: follower.account,
    clientOrderId: `s${signal.id.replaceAll('-', '').slice(0, 20)}${index.toString(36)}`,
    side: signal.side,
    quantity: quantity.toString(),
    price: price.round(1, Big.roundHalfUp).toString(),
  }
}

class StrawWorker {
  private readonly results: Result[] = []
  private storing = false

  constructor(
    private readonly js: JetStreamClient,
    private readonly intents: pg.Client,
    private readonly updates: pg.Client,
    private readonly exchange: Pool,
  ) {}

  async handle(message: JsMsg): Promise<void> {
    const signal = message.json<StrawSignal>()
    let open = signal.followers
    const done = (): void => {
      open -= 1
      if (open === 0) message.ack()
    }
    for (let from = 0; from < signal.followers; from += chunkRows) {
      const orders: Order[] = []
      for (let index = from; index < Math.min(from + chunkRows, signal.followers); index += 1) {
        const order = size(signal, index)
        if (order !== undefined) orders.push(order)
      }
      await this.insert(signal.id, orders)
      for (const order of orders) this.send(order, done)
    }
  }

  private async insert(signalId: string, orders: readonly Order[]): Promise<void> {
    await this.intents.query({
      name: 'intents',
      text: insertSql,
      values: [
        orders.map(({ id }) => id),
        orders.map(() => signalId),
        orders.map(({ account }) => account),
        orders.map(({ clientOrderId }) => clientOrderId),
        orders.map(({ side }) => side),
        orders.map(({ quantity }) => quantity),
        orders.map(({ price }) => price),
      ],
    })
  }

  private send(order: Order, done: () => void): void {
    const body = `{"clientOrderId":"${order.clientOrderId}","symbol":"BTC/USDT","side":"${order.side}","type":"limit","quantity":"${order.quantity}","price":"${order.price}"}`
    post(this.exchange, { account: order.account, body }, (text) => {
      this.results.push({ order, venueOrderId: (JSON.parse(text) as { orderId: string }).orderId, done })
      if (!this.storing) void this.storeResults()
    })
  }

  private async storeResults(): Promise<void> {
    this.storing = true
    while (this.results.length > 0) {
      const batch = this.results.splice(0, resultRows)
      await this.updates.query({
        name: 'results',
        text: updateSql,
        values: [batch.map(({ order }) => order.id), batch.map(({ venueOrderId }) => venueOrderId)],
      })
      for (let from = 0; from < batch.length; from += eventsPerMessage) {
        void this.publish(batch.slice(from, from + eventsPerMessage))
      }
    }
    this.storing = false
  }

  private async publish(part: readonly Result[]): Promise<void> {
    const events = part.map(({ order, venueOrderId }) => ({ eventId: randomUUID(), ...order, venueOrderId }))
    await this.js.publish(strawSubjects.event, JSON.stringify({ events }))
    for (const { done } of part) done()
  }
}

async function start({ databaseUrl, natsUrl, exchangeUrl, connections }: Settings): Promise<void> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true })
  const js = jetstream(nats)
  const intents = new pg.Client({ connectionString: databaseUrl })
  const updates = new pg.Client({ connectionString: databaseUrl })
  await Promise.all([intents.connect(), updates.connect()])
  const exchange = new Pool(exchangeUrl, { connections, pipelining: 1, keepAliveTimeout: keepAliveTimeoutMs })
  const worker = new StrawWorker(js, intents, updates, exchange)
  const consumer = await js.consumers.get(strawStreams.signals, strawConsumer)
  const messages = await consumer.consume({ max_messages: signalsAtOnceMax })
  void (async () => {
    for await (const message of messages) void worker.handle(message)
  })()
}

serve({ start })
