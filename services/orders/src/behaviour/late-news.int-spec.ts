import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { DataOf } from '@tradewire/contracts/define-event'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { StandIn, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const owner = { userId: userIdOf(0), roles: ['follower' as const] }
const signalIdOf = (number: number) => `01963a5f-000${number}-7000-8000-000000000001`
/** In the night, while nobody could hear of it. */
const [boughtAt, stoppedAt] = ['2022-01-10T01:00:00.000Z', '2022-01-10T02:00:00.000Z']

let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(1)
  await venue.heardOf(1)
})

const legOf = (signalId: string, purpose: string) =>
  eventually(async () => (await venue.submits(signalId)).find((submit) => submit.purpose === purpose), {
    describe: `the ${purpose}`,
  })

const filledAt = (averagePrice: string, executedAt: string) => ({
  filledQuantity: '0.25',
  averagePrice,
  fee: '5',
  feeCurrency: 'USDT',
  executedAt,
})

describe('fills that are heard of hours after they were executed', () => {
  it('open and close the trade at the times of the venue, and the explanation says when their news came', async () => {
    const signalId = signalIdOf(1)
    await venue.signal(signalId)
    const entry = await legOf(signalId, 'entry')
    await venue.tell(brokers.orderFilled, [entry], filledAt('40000', boughtAt))
    const stop = await legOf(signalId, 'stop')
    await venue.tell(brokers.orderAccepted, [stop])
    const [opened] = await eventually(async () => {
      const told = await venue.commands<DataOf<typeof tradeOpened>>('trade.opened')
      return told.length > 0 && told
    })
    expect(opened?.openedAt).toBe(boughtAt)
    await venue.tell(brokers.orderFilled, [stop], filledAt('39600', stoppedAt))
    const [closed] = await eventually(async () => {
      const told = await venue.commands<DataOf<typeof tradeClosed>>('trade.closed')
      return told.length > 0 && told
    })
    expect(closed).toMatchObject({ reason: 'stop', openedAt: boughtAt, closedAt: stoppedAt })
    const story = await client.ask(explainBracket, { caller: owner, bracketId: entry.bracketId })
    if (!story.ok) throw new Error(story.error.code)
    expect(story.value.bracket.closedAt).toBe(stoppedAt)
    const moments = story.value.timeline.map(({ what }) => what)
    for (const { leg } of [entry, stop]) expect(moments).toContain(`${leg}: news of that fill came`)
  })

  it('take nothing off a balance that was told after them: it knows of them', async () => {
    await eventually(async () => {
      const left = (await venue.submits(signalIdOf(1))).filter(({ purpose }) => purpose === 'target')
      if (left.length > 0) await venue.tell(brokers.orderCancelled, left)
      return (await venue.numberOf('bracket where holds_slot')) === 0
    })
    await venue.signal(signalIdOf(2))
    const next = await legOf(signalIdOf(2), 'entry')
    expect(next.quantity).toBe('0.25')
  })
})
