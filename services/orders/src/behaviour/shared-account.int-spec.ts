import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import * as brokers from '@tradewire/contracts/events/brokers'
import { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import { Database } from '@tradewire/database/database'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { Brackets } from '../ports/brackets.port.ts'
import { ordersService } from '../service.ts'
import { ownerId, StandIn, type Submit } from '../testing/stand-in.ts'

const backends = testBackends()
/** One account follows both, on one symbol: the venue shows the sum of what they hold. */
const other = '01963a5e-0000-7000-8000-0000000000ab'
const filled = (filledQuantity: string) => ({ filledQuantity, averagePrice: '40000', fee: '0', feeCurrency: 'USDT' })

const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }

let database: Database
let brackets: Brackets
let client: RpcClient
let venue: StandIn
let signals = 0

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  brackets = service.app.get(Brackets)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(1)
  await database.transact(async (tx) => {
    tx.append(strategyChanged, exampleOf(strategyChanged, { strategyId: other, ownerId }))
    const followId = uuidOfHash('follow of the other strategy')
    tx.append(followChanged, venue.follow(0, { strategyId: other, followId }))
  })
  await venue.counted('follow', 2)
  for (const table of ['balance', 'account', 'instrument']) await venue.counted(table, 1)
})

async function ordersOf(signalId: string, purpose: string, number: number): Promise<Submit[]> {
  return eventually(async () => {
    const found = (await venue.submits(signalId)).filter((submit) => submit.purpose === purpose)
    return found.length === number && found
  })
}

/** 0.25 long, under a stop and two targets. */
async function goLong(changes: Parameters<StandIn['signal']>[1] = {}) {
  signals += 1
  const signalId = `01963a5f-${String(signals).padStart(4, '0')}-7000-8000-000000000001`
  await venue.signal(signalId, changes)
  const [entry] = await ordersOf(signalId, 'entry', 1)
  await venue.tell(brokers.orderFilled, [entry!], filled('0.25'))
  const stops = await ordersOf(signalId, 'stop', 1)
  await venue.tell(brokers.orderAccepted, stops)
  const targets = await ordersOf(signalId, 'target', 2)
  await venue.tell(brokers.orderAccepted, targets)
  await eventually(async () => (await venue.stateOf(targets[1]!.intentId)) === 'working')
  return { signalId, bracketId: entry!.bracketId, stops, targets }
}

const goneOf = async (bracketId: string) =>
  (
    await database.query<{ gone: string }>('select gone_quantity as gone from bracket where bracket_id = $1', [
      bracketId,
    ])
  )[0]

const beside = (bracketId: string, since: Date) =>
  database.transact(async (tx) => {
    const [bracket] = await brackets.lock(tx, [bracketId])
    return (await brackets.beside(tx, bracket!, since)).map((one) => one.bracketId)
  })

describe('two trades of one account on one symbol and side', () => {
  it('are beside each other while one of them has orders, and for a while after', async () => {
    const [first, second] = [await goLong(), await goLong({ strategyId: other })]
    const longAgo = new Date(0)
    expect(await beside(second.bracketId, longAgo)).toEqual([first.bracketId])
    await venue.tell(brokers.orderFilled, first.stops, filled('0.25'))
    await venue.tell(brokers.orderCancelled, first.targets)
    await venue.counted(
      `bracket where bracket_id = '${first.bracketId}' and not holds_slot and closed_at is not null`,
      1,
    )
    expect(await beside(second.bracketId, longAgo)).toEqual([first.bracketId])
    expect(await beside(second.bracketId, new Date(Date.now() + 60_000))).toEqual([])
    await venue.tell(brokers.orderFilled, second.stops, filled('0.25'))
    await venue.tell(brokers.orderCancelled, second.targets)
    await venue.counted('bracket where not holds_slot', 2)
    expect(await goneOf(second.bracketId)).toEqual({ gone: '0' })
  })

  it('lose what the exits of one took of the other, once, however its news comes', async () => {
    const [first, second] = [await goLong(), await goLong({ strategyId: other })]
    const [target] = first.targets
    // Hit at the same moment: the account held 0.5, and so both were executed.
    await venue.tell(brokers.orderFilled, first.stops, filled('0.25'))
    await venue.tell(brokers.orderFilled, [target!], { ...filled('0.1'), averagePrice: '40400' })
    await eventually(async () => (await goneOf(second.bracketId))?.gone === '0.1')
    await venue.deliverAgain(brokers.orderFilled.name)
    await venue.tell(brokers.orderCancelled, [first.targets[1]!])
    await venue.counted(`bracket where bracket_id = '${first.bracketId}' and not holds_slot`, 1)
    expect(await goneOf(second.bracketId)).toEqual({ gone: '0.1' })
    const stops = await ordersOf(second.signalId, 'stop', 2)
    expect(stops.map(({ quantity }) => quantity)).toEqual(['0.25', '0.15'])
    // At the price of that target, and not as if nothing had been won or lost; and the story says so.
    const story = await client.ask(explainBracket, { caller: operator, bracketId: second.bracketId })
    if (!story.ok) throw new Error(JSON.stringify(story.error))
    expect(story.value.timeline.map(({ what }) => what)).toContain('0.1 gone without an order of this trade at 40400')
  })
})
