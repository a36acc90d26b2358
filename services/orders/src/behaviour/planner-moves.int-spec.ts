import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import type { BracketId, FollowId } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bracketMoves, type BracketState, type PlanningFact, plannerMoves } from '../domain/bracket/bracket.ts'
import { denial } from '../domain/gate/denial.ts'
import { judge } from '../domain/gate/gate.ts'
import { type PlannedBracket, PlannedMeanwhile, Planning, type StoredSignal } from '../ports/planning.port.ts'
import { KillSwitches } from '../ports/kill-switches.port.ts'
import { ordersService } from '../service.ts'
import { bracketOf, planOf } from '../testing/bracket-fixtures.ts'
import { candidate, context, now, signal } from '../testing/gate-fixtures.ts'

const backends = testBackends()
const ofThisDatabase = 'database = (select oid from pg_database where datname = current_database())'
const chunkLocks = `select 1 from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted and ${ofThisDatabase}
  group by pid having count(*) = 2`
const waitingLocks = `select 1 from pg_locks where locktype = 'advisory' and not granted and ${ofThisDatabase}`
const words = Object.keys(plannerMoves) as PlanningFact[]
const states = Object.keys(bracketMoves) as BracketState[]
const plan = planOf()
const stale = denial('STRATEGY_INACTIVE', { strategyId: signal.strategyId })
const wait = { waitsFor: '01963a5e-0000-7000-8000-0000000000ff' as BracketId, closes: false }
const results: Readonly<Record<PlanningFact, PlannedBracket['result']>> = {
  approved: approvedResult(),
  denied: { outcome: 'denied', denial: stale },
  waiting: { outcome: 'waiting', wait },
}
const stored: StoredSignal = {
  signal,
  raw: '{}',
  strategyName: 'breakout',
  plans: { live: plan },
  denial: null,
  begun: false,
  plannedAt: now,
  planner: 0,
  wakeAt: null,
}

let database: Database
let planning: Planning
let killSwitches: KillSwitches

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  planning = service.app.get(Planning)
  killSwitches = service.app.get(KillSwitches)
})

beforeEach(() => database.query(`truncate bracket, waiting_entry, explain, signal_plan`))

/** One for each number, which is that of its follow. */
function bracketFor(number: number, word: PlanningFact): PlannedBracket {
  const digits = String(number).padStart(4, '0')
  const [bracketId, followId] = [
    `01963a5e-0000-7000-8000-1${digits.padStart(11, '0')}`,
    `78ca1450-${digits}-459d-ad1b-7c142ae9b2c1`,
  ]
  return {
    bracketId: bracketId as BracketId,
    candidate: candidate({ followId: followId as FollowId }),
    sizing: null,
    result: results[word],
  }
}

function planAgain(brackets: readonly PlannedBracket[], begun: boolean): Promise<ReadonlySet<string>> {
  return database.transact((tx) => planning.insert(tx, { ...stored, begun }, brackets))
}

async function insert(brackets: readonly PlannedBracket[]): Promise<void> {
  await database.transact(async (tx) => {
    await planning.insert(tx, stored, brackets)
    await planning.queue(tx, stored, brackets)
  })
}

function rowsOf(): Promise<
  { state: BracketState; quantity: string | null; denial_code: string | null; queued: boolean }[]
> {
  return database.query(`select b.state, b.quantity, b.denial_code, w.bracket_id is not null as queued
    from bracket b left join waiting_entry w on w.bracket_id = b.bracket_id order by b.bracket_id`)
}

/** What the row has to hold of each state that the planner moves a bracket to. */
const evidence: Readonly<Record<PlanningFact, object>> = {
  approved: { state: 'planned', quantity: '0.25', denial_code: null, queued: false },
  denied: { state: 'denied', quantity: null, denial_code: stale.code, queued: false },
  waiting: { state: 'waiting', quantity: null, denial_code: null, queued: true },
}

describe('a bracket that the planner stores', () => {
  it('begins where the table of moves says, with the evidence for it', async () => {
    await insert(words.map((word, index) => bracketFor(index, word)))
    expect(await rowsOf()).toEqual(words.map((word) => evidence[word]))
    expect(words.map((word) => evidence[word])).toMatchObject(words.map((word) => ({ state: plannerMoves[word] })))
  })
})

describe('a planning that meets brackets of another', () => {
  const bracket = bracketFor(1, 'approved')
  const secondOfItsFollow = { ...bracketFor(2, 'approved'), candidate: bracket.candidate }

  it('leaves out what is stored, where it goes on with one that was cut short', async () => {
    await insert([bracket])
    expect(await planAgain([bracket, bracketFor(3, 'approved')], true)).toEqual(
      new Set([bracketFor(3, 'approved').bracketId]),
    )
  })

  it.each([
    { which: 'of the same signal, where it knew of none', second: bracket, begun: false },
    { which: 'open ones of its follows', second: secondOfItsFollow, begun: false },
    { which: 'open ones of its follows, where it goes on', second: secondOfItsFollow, begun: true },
  ])('is done anew: $which', async ({ second, begun }) => {
    await insert([bracket])
    await expect(planAgain([second], begun)).rejects.toBeInstanceOf(PlannedMeanwhile)
    expect(await rowsOf()).toEqual([evidence.approved])
  })
})

describe('a chunk that is stored beside its planning', () => {
  const chunk = [bracketFor(1, 'approved')]
  const storeChunk = (planner: number, held?: Promise<void>) =>
    database.transact(async (own) => {
      await planning.join(own, signal, planner)
      await planning.insert(own, stored, chunk)
      await held
    })
  /** The planning's own connection breaks once `meanwhile` has begun. */
  async function orphan(meanwhile: (planner: number) => Promise<void>): Promise<void> {
    const planned = database.transact(async (tx) => {
      const { planner } = await planning.lockSymbol(tx, signal, 1)
      await meanwhile(planner)
      await backends.query('select pg_terminate_backend($1)', [planner])
      await tx.query('select 1')
    })
    await expect(planned).rejects.toThrow()
  }

  it('is stored while that one lasts', async () => {
    await database.transact(async (tx) => storeChunk((await planning.lockSymbol(tx, signal, 1)).planner))
    expect(await rowsOf()).toEqual([evidence.approved])
  })

  it('is not stored once the connection of that one has broken, and its locks with it', async () => {
    let left = 0
    await orphan((planner) => Promise.resolve(void (left = planner)))
    await expect(storeChunk(left)).rejects.toBeInstanceOf(PlannedMeanwhile)
    expect(await rowsOf()).toEqual([])
  })

  it('is waited for by a kill switch, and by other plannings of the symbol, where that breaks while it is stored', async () => {
    const commit = Promise.withResolvers<void>()
    let storing: Promise<void> | undefined
    await orphan(async (planner) => {
      storing = storeChunk(planner, commit.promise)
      await eventually(async () => (await backends.query(chunkLocks)).length > 0)
    })
    await expect(database.transact((tx) => planning.lockSymbol(tx, signal, 1))).rejects.toBeInstanceOf(PlannedMeanwhile)
    let engaged = false
    const engaging = database
      .transact((tx) => killSwitches.awaitPlannings(tx))
      .finally(() => {
        engaged = true
      })
    await eventually(async () => (await backends.query(waitingLocks)).length > 0)
    expect(engaged).toBe(false)
    commit.resolve()
    await storing
    await engaging
    expect(await rowsOf()).toEqual([evidence.approved])
    await database.transact((tx) => planning.lockSymbol(tx, signal, 1))
  })
})

describe.each(words)('an entry whose turn has come: %s', (word) => {
  it('goes where the table leads from its state, and stays where the table says nothing', async () => {
    const waiting = states.map((_, index) => bracketFor(index, 'waiting'))
    await insert(waiting)
    await setStates(waiting)
    await database.transact((tx) =>
      planning.decide(
        tx,
        stored,
        waiting.map((one) => ({ ...one, result: results[word] })),
      ),
    )
    expect((await rowsOf()).map(({ state }) => state)).toEqual(states.map((from) => bracketMoves[from][word] ?? from))
    const moved = (await rowsOf())[states.indexOf('waiting')]
    expect(moved).toEqual(evidence[word])
  })
})

describe('an entry that is withdrawn', () => {
  it('is denied if it still waits for its turn, and stays as it is if it does not', async () => {
    const waiting = states.map((_, index) => bracketFor(index, 'waiting'))
    await insert(waiting)
    await setStates(waiting)
    const ids = waiting.map(({ bracketId }) => bracketId)
    const left = await database.transact((tx) => planning.withdraw(tx, ids, stale))
    expect(left.map(({ bracketId }) => bracketId)).toEqual([ids[states.indexOf('waiting')]])
    expect((await rowsOf()).map(({ state }) => state)).toEqual(states.map((from) => bracketMoves[from].denied ?? from))
  })
})

/** As the gate approves it, and no other way. */
function approvedResult(): PlannedBracket['result'] {
  const judgement = judge(candidate(), context())
  if (judgement.outcome !== 'approved') throw new Error(`the gate says ${judgement.outcome}`)
  const { order } = judgement
  return { outcome: 'approved', order, entry: bracketOf(plan, order.quantity).legs[0]!, margin: '1000' }
}

/** One bracket in every state. */
async function setStates(brackets: readonly PlannedBracket[]): Promise<void> {
  await database.query(
    `update bracket b set state = n.state from unnest($1::uuid[], $2::text[]) as n (bracket_id, state)
     where b.bracket_id = n.bracket_id`,
    [brackets.map(({ bracketId }) => bracketId), states],
  )
}
