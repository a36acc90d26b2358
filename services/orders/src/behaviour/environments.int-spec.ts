import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { AccountEnvironment } from '@tradewire/contracts/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import * as brokers from '@tradewire/contracts/events/brokers'
import { settingsChanged, type signalAccepted } from '@tradewire/contracts/events/signals'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { accountIdOf, StandIn, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`
const now = () => new Date().toISOString()
/** Two accounts at one venue that follow one strategy. */
const places = ['live', 'paper'] as const satisfies AccountEnvironment[]
const [live, paper] = [accountIdOf(0), accountIdOf(1)]
const coarse = { environment: 'paper', priceStep: '5', quantityStep: '0.1', minimumQuantity: '0.1' } as const

let service: TestService
let database: Database
let venue: StandIn
let signals = 0

type Told = typeof brokers.instrumentChanged | typeof brokers.rateUpdated | typeof brokers.balanceUpdated

function tell<Event extends Told>(contract: Event, changes: Partial<DataOf<Event>>): Promise<void> {
  const data = { ...contract.example, observedAt: now(), ...changes } as DataOf<Event>
  return database.transact(async (tx) => tx.append(contract, data))
}

async function planned(changes: Partial<DataOf<typeof signalAccepted>> = {}): Promise<rpc.BracketReply[]> {
  await database.query('update bracket set holds_slot = false')
  signals += 1
  const signalId = signalIdOf(signals)
  await venue.signal(signalId, { stop: { price: '39603.3', type: 'market' }, ...changes })
  await venue.counted(`bracket where signal_id = '${signalId}'`, places.length)
  const listed = await service.app
    .get(RpcClient)
    .ask(rpc.listBrackets, { caller: operator, page: { limit: places.length }, signalId })
  if (!listed.ok) throw new Error(JSON.stringify(listed.error))
  return [live, paper].map((id) => listed.value.items.find(({ accountId }) => accountId === id)!)
}

const quantities = (brackets: readonly rpc.BracketReply[]) => brackets.map(({ quantity }) => quantity)
const denials = (brackets: readonly rpc.BracketReply[]) => brackets.map(({ denial }) => denial?.code)

beforeAll(async () => {
  service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  venue = new StandIn(database)
  await venue.found(places.length)
  await venue.heardOf(places.length)
  const moved = { accountId: paper, userId: userIdOf(1), environment: 'paper', connectedAt: now() } as const
  await database.transact(async (tx) => tx.append(brokers.accountConnected, exampleOf(brokers.accountConnected, moved)))
  await venue.counted(`account where environment = 'paper'`, 1)
})

describe('a paper and a live account of one venue that follow one strategy', () => {
  it('trade only where their own symbol is known', async () => {
    expect(denials(await planned())).toEqual([undefined, 'INSTRUMENT_UNKNOWN'])
  })

  it('are each sized by the steps of their own, whichever was told last', async () => {
    await tell(brokers.instrumentChanged, coarse)
    await venue.counted('instrument', 2)
    expect(quantities(await planned())).toEqual(['0.252', '0.2'])
    await tell(brokers.instrumentChanged, { contractSize: '1', minimumNotional: '101' })
    await venue.counted('instrument where minimum_notional = 101', 1)
    expect(quantities(await planned())).toEqual(['0.252', '0.2'])
  })

  it('are each protected at a price that their own takes, and shown it', async () => {
    const brackets = await planned()
    const { signalId } = brackets[0]!
    const entries = await eventually(async () => {
      const sent = await venue.submits(signalId)
      return sent.length === places.length && sent
    })
    for (const entry of entries) {
      const fill = { filledQuantity: entry.quantity, averagePrice: '40000', fee: '0', feeCurrency: 'USDT' }
      await venue.tell(brokers.orderFilled, [entry], fill)
    }
    const stops = await eventually(async () => {
      const sent = (await venue.submits(signalId)).filter(({ leg }) => leg === 'stop-1')
      return sent.length === places.length && sent
    })
    const stopOf = (id: string) => stops.find(({ accountId }) => accountId === id)?.triggerPrice
    expect([stopOf(live), stopOf(paper)]).toEqual(['39603.3', '39605'])
    const client = service.app.get(RpcClient)
    const stories = await Promise.all(
      brackets.map(({ id }) => client.ask(explainBracket, { caller: operator, bracketId: id })),
    )
    expect(stories).toMatchObject([
      { value: { instrument: { quantityStep: '0.001' }, prices: { stop: { trigger: '39603.3' } } } },
      { value: { instrument: { quantityStep: '0.1' }, prices: { stop: { trigger: '39605' } } } },
    ])
    const held = await client.ask(rpc.listPositions, { caller: operator, page: {} })
    if (!held.ok) throw new Error(held.error.code)
    const shown = new Map(held.value.items.map(({ accountId, stopPrice }) => [accountId, stopPrice]))
    expect([shown.get(live), shown.get(paper)]).toEqual(['39603.3', '39605'])
  })

  it('rest limit entries at prices of their own', async () => {
    const brackets = await planned({ entryType: 'limit', price: '40003.3' })
    const entries = await eventually(async () => {
      const sent = await venue.submits(brackets[0]!.signalId)
      return sent.length === places.length && sent
    })
    const priceOf = (id: string) => entries.find(({ accountId }) => accountId === id)?.price
    expect([priceOf(live), priceOf(paper)]).toEqual(['40003.3', '40000'])
  })

  it('count their money by the rates of their own, and never by the other', async () => {
    await database.query('delete from balance')
    for (const accountId of [live, paper]) {
      await tell(brokers.balanceUpdated, { accountId, currency: 'EUR', total: '8000', free: '8000', equity: '8000' })
      const settings = { scopeId: accountId, settings: { convertBalance: true } }
      await database.transact(async (tx) => tx.append(settingsChanged, exampleOf(settingsChanged, settings)))
    }
    await venue.counted('balance', places.length)
    await venue.counted('layer_settings', places.length)
    await tell(brokers.rateUpdated, { environment: 'paper', symbol: 'EUR/USDT', price: '2.5' })
    await venue.counted('rate', 1)
    const apart = await planned({ stop: { price: '39600', type: 'market' } })
    expect([denials(apart), quantities(apart)]).toEqual([
      ['RATE_UNKNOWN', undefined],
      [null, '0.5'],
    ])
    await tell(brokers.rateUpdated, { environment: 'live', symbol: 'EUR/USDT', price: '1.25' })
    await venue.counted('rate', 2)
    expect(quantities(await planned({ stop: { price: '39600', type: 'market' } }))).toEqual(['0.25', '0.5'])
  })

  it('stop trading apart when one of them closes its market', async () => {
    await tell(brokers.instrumentChanged, { ...coarse, active: false })
    await venue.counted('instrument where not active', 1)
    expect(denials(await planned())).toEqual([undefined, 'SYMBOL_NOT_ACTIVE'])
  })
})
