import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { DataOf } from '@tradewire/contracts/define-event'
import { strategyPriced, subscriptionChanged } from '@tradewire/contracts/events/billing'
import { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { accountIdOf, StandIn, strategyId, userIdOf } from '../testing/stand-in.ts'
import { ordersService } from '../service.ts'

const backends = testBackends()
const followers = 4
/** Of the four followers: one that pays, one that wants to be closed in the end, and the one who offers the strategy. */
const [payer, leaver, provider] = [0, 2, 3] as const
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const later = '2100-01-01T00:00:00.000Z'
const earlier = '2020-01-01T00:00:00.000Z'

let database: Database
let client: RpcClient
let venue: StandIn
let signals = 0
let revisions = 0

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  await database.transact(async (tx) => {
    const ownerId = userIdOf(provider)
    tx.append(strategyChanged, exampleOf(strategyChanged, { strategyId, ownerId, revision: 2 }))
    const settings = { onSubscriptionEnd: 'close' as const }
    tx.append(followChanged, venue.follow(leaver, { settings, revision: 2 }))
  })
  await venue.heardOf(followers)
  await venue.counted('strategy where revision = 2', 1)
  await venue.counted('follow where revision = 2', 1)
})

async function price(amounts: readonly string[]): Promise<void> {
  revisions += 1
  const prices = amounts.map((amount) => ({ currency: 'USD', cycle: 'monthly', amount }))
  await database.transact(async (tx) => tx.append(strategyPriced, { strategyId, prices, revision: revisions }))
  await venue.counted(`strategy_sale where revision = ${revisions}`, 1)
}

/** The subscription of this follower to the strategy. */
async function tell(number: number, news: Partial<DataOf<typeof subscriptionChanged>>): Promise<void> {
  revisions += 1
  const subject = { kind: 'strategy' as const, id: strategyId, name: 'STRATEGY #1' }
  const of = { subscriptionId: accountIdOf(number), userId: userIdOf(number), subject, revision: revisions }
  await database.transact(async (tx) =>
    tx.append(subscriptionChanged, exampleOf(subscriptionChanged, { ...of, ...news })),
  )
  await venue.counted(`strategy_subscription where revision = ${revisions}`, 1)
}

/** What a new signal means for each follower. */
async function planned(free = true): Promise<readonly (rpc.BracketReply | undefined)[]> {
  signals += 1
  const signalId = `01963a5f-${String(signals).padStart(4, '0')}-7000-8000-000000000001`
  await venue.signal(signalId)
  await venue.counted(`bracket where signal_id = '${signalId}'`, followers)
  const listed = await client.ask(rpc.listBrackets, { caller: operator, page: { limit: followers }, signalId })
  if (!listed.ok) throw new Error(JSON.stringify(listed.error))
  if (free) await database.query('update bracket set holds_slot = false where signal_id = $1', [signalId])
  return Array.from({ length: followers }, (_, number) =>
    listed.value.items.find(({ accountId }) => accountId === accountIdOf(number)),
  )
}

const codes = async () => (await planned()).map((bracket) => bracket?.denial?.code)
const unpaid = 'STRATEGY_NOT_PAID'

describe('a strategy that costs something', () => {
  it('is followed by those who have paid, and by the one who offers it', async () => {
    expect(await codes()).toEqual([undefined, undefined, undefined, undefined])
    await price(['99'])
    expect(await codes()).toEqual([unpaid, unpaid, unpaid, undefined])
    await tell(payer, { standing: 'active', servedUntil: later })
    await tell(leaver, { standing: 'incomplete', servedUntil: null })
    const [paid, never, incomplete] = await planned()
    expect(paid?.denial).toBeNull()
    expect(never?.denial).toMatchObject({ code: unpaid, context: { servedUntil: null } })
    expect(incomplete?.denial).toMatchObject({ code: unpaid })
  })

  it('refuses entries of those whose subscription lapsed, leaves their positions alone, and takes them back', async () => {
    const [open] = await planned(false)
    await tell(payer, { standing: 'lapsed', servedUntil: earlier })
    const [refused] = await planned()
    expect(refused?.denial).toMatchObject({ code: unpaid, context: { servedUntil: earlier } })
    const left = await client.ask(rpc.getBracket, { caller: operator, bracketId: open!.id })
    expect(left).toMatchObject({ ok: true, value: { state: open?.state } })
    await database.query('update bracket set holds_slot = false')
    await tell(payer, { standing: 'active', servedUntil: later })
    expect(await codes()).toEqual([undefined, unpaid, unpaid, undefined])
  })

  it('is left in the way that a follower has chosen when their subscription is over for good', async () => {
    await tell(leaver, { standing: 'active', servedUntil: later })
    const [kept, , closed] = await planned(false)
    for (const number of [payer, leaver])
      await tell(number, { standing: 'ended', servedUntil: earlier, endsAt: earlier })
    await eventually(
      async () => {
        const bracket = await client.ask(rpc.getBracket, { caller: operator, bracketId: closed!.id })
        return bracket.ok && bracket.value.state !== closed?.state
      },
      { describe: 'the entry of the one who wants that is being ended' },
    )
    const left = await client.ask(rpc.getBracket, { caller: operator, bracketId: kept!.id })
    expect(left).toMatchObject({ ok: true, value: { state: kept?.state } })
    await database.query('update bracket set holds_slot = false')
  })

  it('is followed by everyone again once it costs nothing, and older news of its price is not believed', async () => {
    await price([])
    expect(await codes()).toEqual([undefined, undefined, undefined, undefined])
    await database.transact(async (tx) =>
      tx.append(strategyPriced, exampleOf(strategyPriced, { strategyId, revision: revisions - 1 })),
    )
    expect(await codes()).toEqual([undefined, undefined, undefined, undefined])
  })
})
