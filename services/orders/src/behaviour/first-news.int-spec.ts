import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import type { SignalId } from '@tradewire/kernel/ids'
import { ZERO } from '@tradewire/kernel/decimal'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { advance } from '../domain/bracket/advance.ts'
import { exitPolicyDefault } from '../domain/bracket/decision.ts'
import { firstRest } from '../domain/bracket/first-rest.ts'
import type { LegUpdate } from '../domain/bracket/leg.ts'
import { Brackets } from '../ports/brackets.port.ts'
import { ordersService } from '../service.ts'
import { accountIdOf, StandIn, type Submit } from '../testing/stand-in.ts'

const unknown = '01963a5f-0009-7000-8000-000000000001'
const followers = 3
const now = '2022-01-10T12:00:01.000Z'

const backends = testBackends()

let database: Database
let brackets: Brackets
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  brackets = service.app.get(Brackets)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.heardOf(followers)
})

async function entryOf(signalId: string, follower: number): Promise<Submit> {
  const read = async () => (await venue.submits(signalId)).find(({ accountId }) => accountId === accountIdOf(follower))
  return eventually(read, { describe: `the entry of follower ${follower}` })
}

function accepted({ intentId }: Pick<Submit, 'intentId'>): LegUpdate {
  return {
    intentId,
    news: 'accepted',
    revision: 1,
    venueOrderId: 'a "quoted" \\ id',
    clientOrderId: 'tw1',
    final: false,
    filledQuantity: ZERO,
    averagePrice: null,
    fee: ZERO,
    feeCurrency: null,
    reason: null,
    sentAt: now,
    executedAt: null,
    observedAt: now,
  }
}

const rest = (entry: Pick<Submit, 'intentId' | 'bracketId'>) => ({
  bracketId: entry.bracketId,
  intentId: entry.intentId,
  rest: firstRest(accepted(entry))!,
})

const moved = (entry: Pick<Submit, 'intentId' | 'bracketId'>, at = new Date(now)) =>
  database.transact((tx) => brackets.restFirst(tx, [rest(entry)], at))

describe.each([
  ['market', '01963a5f-0001-7000-8000-000000000001'],
  ['limit', '01963a5f-0002-7000-8000-000000000001'],
] as const)('the first news of a %s entry, that it rests', (entryType, signalId) => {
  beforeAll(async () => {
    await database.query(`update bracket set state = 'failed', holds_slot = false`)
    await venue.signal(signalId, { entryType })
  })

  it('moves the stored bracket just where a look at it would move it, and once', async () => {
    const entry = await entryOf(signalId, 0)
    const [before, after, plans] = await database.transact(async (tx) => {
      const [was] = await brackets.lock(tx, [entry.bracketId])
      expect(await brackets.restFirst(tx, [rest(entry)], new Date(now))).toBe(true)
      const [is] = await brackets.lock(tx, [entry.bracketId])
      return [was!, is!, (await brackets.plansOf(tx, [signalId as SignalId])).get(signalId as SignalId)!]
    })
    const plan = plans.live!
    const news = [{ kind: 'update' as const, update: accepted(entry) }]
    expect(after).toEqual(advance(before, news, { plan, policy: exitPolicyDefault, isAlone: true, now }).bracket)
    expect(await moved(entry)).toBe(false)
  })

  it('moves no bracket by news of another order, and none that is unknown', async () => {
    const [entry, other] = [await entryOf(signalId, 1), await entryOf(signalId, 2)]
    expect(await moved({ ...entry, intentId: other.intentId })).toBe(false)
    expect(await moved({ ...entry, bracketId: unknown })).toBe(false)
  })

  it('moves none of several where one needs a look', async () => {
    const [entry, other] = [await entryOf(signalId, 1), await entryOf(signalId, 2)]
    const both = [rest(entry), rest({ ...other, intentId: entry.intentId })]
    expect(await database.transact((tx) => brackets.restFirst(tx, both, new Date(now)))).toBe(false)
    expect(await venue.stateOf(entry.intentId)).toBe('submitted')
  })

  it('moves no bracket that is on its way out, or whose entry was asked to end', async () => {
    const entry = await entryOf(signalId, 2)
    const asked = `legs = replace(legs, '"}]', '","cancelRequested":true}]')`
    await database.query(`update bracket set ${asked} where bracket_id = $1`, [entry.bracketId])
    expect(await moved(entry)).toBe(false)
    await database.query(`update bracket set state = 'closing' where bracket_id = $1`, [entry.bracketId])
    expect(await moved(entry)).toBe(false)
  })
})

describe('the first news of a limit entry whose time to rest is over', () => {
  it('is left to a look at the bracket, which ends it', async () => {
    const entry = await entryOf('01963a5f-0002-7000-8000-000000000001', 1)
    expect(await moved(entry, new Date('2122-01-01T00:00:00.000Z'))).toBe(false)
    expect(await moved(entry)).toBe(true)
  })
})
