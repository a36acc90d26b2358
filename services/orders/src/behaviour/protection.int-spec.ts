import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { positionProtected, positionUnprotected } from '@tradewire/contracts/events/orders'
import { followChanged } from '@tradewire/contracts/events/signals'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { accountIdOf, type Cancel, StandIn, type Submit, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const signalId = '01963a5f-0001-7000-8000-000000000001'
/** What each of the followers has chosen. */
const choices: readonly TradeSettings[] = [
  {},
  { moveStopToEntryAfterTarget: 1, moveStopOffsetPercent: '0.1' },
  { onStopFailure: 'flatten' },
  { onStopFailure: 'alert' },
]
const [usual, moving, flattening, alerting] = [0, 1, 2, 3] as const
const refused = { code: 'TOO_MANY_ORDERS', message: 'Reach max stop order limit.' }

let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(choices.length)
  await database.transact(async (tx) => {
    for (const [number, settings] of choices.entries())
      tx.append(followChanged, venue.follow(number, { settings, revision: 2 }))
  })
  await count(`follow where settings is not null`, choices.length)
  await count('balance', choices.length)
  await count('account', choices.length)
  await count('instrument', 1)
  await venue.signal(signalId)
  const entries = await eventually(async () => {
    const all = await venue.submits(signalId)
    return all.length === choices.length && all
  })
  const fill = { filledQuantity: '0.25', averagePrice: '40010', fee: '5', feeCurrency: 'USDT' }
  await venue.tell(brokers.orderFilled, entries, fill)
})

function count(from: string, expected: number): Promise<boolean> {
  const sql = `select count(*)::int as number from ${from}`
  const read = async () => (await database.query<{ number: number }>(sql))[0]?.number === expected
  return eventually(read, { describe: `${expected} rows of ${from}` })
}

/** The order of this name that was sent for a follower. */
function sent(follower: number, leg: string): Promise<Submit> {
  const read = async () =>
    (await venue.submits(signalId)).find((submit) => submit.accountId === accountIdOf(follower) && submit.leg === leg)
  return eventually(read, { describe: `${leg} of follower ${follower}` })
}

const cancelsOf = async (follower: number) =>
  (await venue.commands<Cancel>('order.cancel')).filter(({ accountId }) => accountId === accountIdOf(follower))

const inState = (follower: number, state: string) =>
  count(`bracket where state = '${state}' and account_id = '${accountIdOf(follower)}'`, 1)

async function explain(follower: number) {
  const caller = { userId: userIdOf(follower), roles: ['follower' as const] }
  const list = await client.ask(rpc.listBrackets, { caller, page: {} })
  if (!list.ok) throw new Error(list.error.code)
  const story = await client.ask(explainBracket, { caller, bracketId: list.value.items[0]!.id })
  if (!story.ok) throw new Error(JSON.stringify(story.error))
  return story.value
}

describe('a follower whose stop moves to the entry', () => {
  it('gets a stop at the entry price and the offset, and the old one goes when it stands', async () => {
    await venue.tell(brokers.orderAccepted, [await sent(moving, 'stop-1')])
    const target = await sent(moving, 'target-1')
    const fill = { filledQuantity: '0.125', averagePrice: '40400', fee: '1', feeCurrency: 'USDT' }
    await venue.tell(brokers.orderFilled, [target], fill)
    const stop = await sent(moving, 'stop-2')
    expect(stop).toMatchObject({ quantity: '0.125', triggerPrice: '40050.1', type: 'stop-market' })
    expect(await cancelsOf(moving)).toEqual([])
    await venue.tell(brokers.orderAccepted, [stop])
    const [cancel] = await eventually(async () => {
      const all = await cancelsOf(moving)
      return all.length > 0 && all
    })
    expect(cancel?.intentId).toBe((await sent(moving, 'stop-1')).intentId)
  })

  it('sees the new stop in the position and reads the move in the explanation', async () => {
    const caller = { userId: userIdOf(moving), roles: ['follower' as const] }
    const positions = await client.ask(rpc.listPositions, { caller, page: {} })
    expect(positions).toMatchObject({
      ok: true,
      value: { items: [{ stopPrice: '40050.1', protectedQuantity: '0.125' }] },
    })
    const { protection, settings } = await explain(moving)
    expect(protection?.steps).toEqual([
      'Where a stop cannot stand, it is sent once more, then the position is closed by market.',
      'Once target 1 is filled the stop moves to the entry price and 0.1 % beyond it.',
      'stop-1 over 0.25 at 39600: stands.',
      'stop-2 over 0.125 at 40050.1, moved from 39600: stands.',
      expect.stringMatching(/^In all, something was held without a stop for \d+ ms\.$/),
    ])
    expect(settings).toContainEqual({ name: 'moveStopToEntryAfterTarget', value: '1', source: 'follow, revision 2' })
  })
})

describe('a stop that the venue refuses', () => {
  it('is followed by what each follower has chosen, and every owner is told once', async () => {
    const firsts = await Promise.all([usual, flattening, alerting].map((one) => sent(one, 'stop-1')))
    await venue.tell(brokers.orderRejected, firsts, { reason: refused })
    await sent(flattening, 'close-1')
    const seconds = await Promise.all([usual, alerting].map((one) => sent(one, 'stop-2')))
    await venue.tell(brokers.orderRejected, seconds, { reason: refused })
    await sent(usual, 'close-1')
    // The third one follows after a pause, by the timer.
    const third = await sent(alerting, 'stop-3')
    const told = await venue.commands<DataOf<typeof positionUnprotected>>('position.unprotected')
    const byAccount = new Map(told.map((news) => [news.accountId, news]))
    expect(told).toHaveLength(3)
    expect(byAccount.get(accountIdOf(flattening))).toMatchObject({ onStopFailure: 'flatten', follows: 'close' })
    expect(byAccount.get(accountIdOf(alerting))).toMatchObject({
      onStopFailure: 'alert',
      follows: 'retry',
      heldQuantity: '0.25',
      unprotectedQuantity: '0.25',
      stop: 'stop-1',
      reason: refused,
    })
    await venue.tell(brokers.orderAccepted, [third])
    await inState(alerting, 'protected')
    const again = await venue.commands<DataOf<typeof positionProtected>>('position.protected')
    expect(again).toHaveLength(1)
    expect(again[0]?.unprotectedMs).toBeGreaterThan(500)
  })

  it('leaves a measured time without a stop, whatever followed', async () => {
    const closes = await Promise.all([usual, flattening].map((one) => sent(one, 'close-1')))
    const fill = { filledQuantity: '0.25', averagePrice: '40000', fee: '1', feeCurrency: 'USDT' }
    await venue.tell(brokers.orderFilled, closes, fill)
    await inState(usual, 'closed')
    await inState(flattening, 'closed')
    await count('bracket where unprotected_ms > 0', choices.length)
    const { bracket, protection } = await explain(flattening)
    expect(protection?.steps).toContain('stop-1 over 0.25 at 39600: refused, TOO_MANY_ORDERS.')
    expect(bracket.unprotectedMs).toBeGreaterThan(0)
  })
})

describe('a position that its stop has closed', () => {
  it('leaves no order behind: what still stands is cancelled, and the slot is free when that is proven', async () => {
    const fill = { filledQuantity: '0.125', averagePrice: '40050', fee: '1', feeCurrency: 'USDT' }
    await venue.tell(brokers.orderFilled, [await sent(moving, 'stop-2')], fill)
    const target = await sent(moving, 'target-2')
    await eventually(async () => (await cancelsOf(moving)).some(({ intentId }) => intentId === target.intentId))
    await inState(moving, 'closed')
    const slots = `bracket where holds_slot and account_id = '${accountIdOf(moving)}'`
    await count(slots, 1)
    await venue.tell(brokers.orderCancelled, [target, await sent(moving, 'stop-1')])
    await count(slots, 0)
  })
})
