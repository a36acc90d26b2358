import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import type { DataOf } from '@tradewire/contracts/define-event'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accountIdOf,
  type Cancel,
  followIdOf,
  ownerId,
  StandIn,
  strategyId,
  type Submit,
  userIdOf,
} from '../testing/stand-in.ts'
import { ordersService } from '../service.ts'
import { PlanSignal } from '../use-cases/plan-signal/plan-signal.use-case.ts'

const backends = testBackends()
const followers = 200
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const provider = { userId: ownerId, roles: ['provider' as const] }
const follower = { userId: userIdOf(7), roles: ['follower' as const] }
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`

let service: TestService
let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  service = await startTestService(ordersService, backends, { settings: { ORDERS_CHUNK_ROWS: '90' } })
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  await eventually(() => count('follow', followers), { describe: 'the followers are known' })
  await eventually(() => count('balance', followers), { describe: 'their balances are known' })
  await eventually(() => count('instrument', 1), { describe: 'the instrument is known' })
  await eventually(() => count('account', followers), { describe: 'their accounts are known' })
})

const count = async (from: string, expected: number) => (await venue.numberOf(from)) === expected

const inState = (state: string, number: number, signal = 1) =>
  eventually(() => count(`bracket where state = '${state}' and signal_id = '${signalIdOf(signal)}'`, number), {
    describe: `${number} brackets are ${state}`,
  })

const filled = (averagePrice: string) => ({ filledQuantity: '0.25', averagePrice, fee: '0', feeCurrency: 'USDT' })

const purpose = (submits: readonly Submit[], name: string) => submits.filter((submit) => submit.purpose === name)

describe('one signal for 200 followers', () => {
  it('becomes one sized bracket and one entry for each of them', async () => {
    await venue.signal(signalIdOf(1))
    await inState('planned', followers)
    const submits = await venue.submits(signalIdOf(1))
    expect(submits).toHaveLength(followers)
    expect(new Set(submits.map(({ intentId }) => intentId)).size).toBe(followers)
    expect(submits[0]).toMatchObject({
      purpose: 'entry',
      type: 'market',
      quantity: '0.25',
      leverage: 10,
      reduceOnly: false,
    })
  })

  it('is planned once only, however often it is delivered', async () => {
    await venue.deliverAgain('signal.accepted')
    await venue.signal(signalIdOf(1))
    await eventually(() =>
      count(
        `inbox where consumer like '%signals%' and id in (select id from outbox where subject = 'signal.accepted')`,
        2,
      ),
    )
    expect(await venue.submits(signalIdOf(1))).toHaveLength(followers)
    expect(await count('bracket', followers)).toBe(true)
    expect(await venue.commands('order.planned', signalIdOf(1))).toHaveLength(followers)
  })

  it('asks for stops over what is filled, and for targets and trade.opened once the stops stand', async () => {
    const entries = purpose(await venue.submits(signalIdOf(1)), 'entry')
    await venue.tell(brokers.orderFilled, entries, {
      filledQuantity: '0.25',
      averagePrice: '40010',
      fee: '5',
      feeCurrency: 'USDT',
    })
    await inState('open', followers)
    const stops = purpose(await venue.submits(signalIdOf(1)), 'stop')
    expect(stops).toHaveLength(followers)
    await venue.tell(brokers.orderAccepted, stops)
    await inState('protected', followers)
    const exits = (await venue.submits(signalIdOf(1))).filter((submit) => submit.purpose !== 'entry')
    const targets = purpose(exits, 'target')
    expect(targets).toHaveLength(2 * followers)
    expect(targets.every(({ quantity }) => quantity === '0.125')).toBe(true)
    expect(exits.every((exit) => exit.reduceOnly && exit.side === 'sell' && exit.expiresAt === null)).toBe(true)
    await venue.tell(brokers.orderAccepted, targets)
    const opened = await venue.commands<DataOf<typeof tradeOpened>>('trade.opened')
    expect(opened).toHaveLength(followers)
    expect(opened[0]).toMatchObject({ sequence: 1, quantity: '0.25', openPrice: '40010', stopLoss: '39600' })
  })

  it('shows positions to their owners only', async () => {
    const mine = await client.ask(rpc.listPositions, { caller: follower, page: {} })
    expect(mine).toMatchObject({
      ok: true,
      value: { items: [{ quantity: '0.25', protectedQuantity: '0.25', stopPrice: '39600' }] },
    })
    const all = await client.ask(rpc.listPositions, { caller: provider, page: { limit: 200 } })
    expect(all.ok && all.value.items).toHaveLength(followers)
  })

  it('closes at the target, adjusts the stop, and ends with the stop', async () => {
    const submits = await venue.submits(signalIdOf(1))
    const first = submits.filter(({ leg }) => leg === 'target-1')
    await venue.tell(brokers.orderFilled, first, {
      filledQuantity: '0.125',
      averagePrice: '40400',
      fee: '1',
      feeCurrency: 'USDT',
    })
    const smaller = await eventually(async () => {
      const second = (await venue.submits(signalIdOf(1))).filter(({ leg }) => leg === 'stop-2')
      return second.length === followers && second
    })
    expect(smaller[0]).toMatchObject({ quantity: '0.125', triggerPrice: '39600' })
    await venue.tell(brokers.orderAccepted, smaller)
    await eventually(async () => (await venue.commands<Cancel>('order.cancel')).length === followers)
    await venue.tell(brokers.orderFilled, smaller, {
      filledQuantity: '0.125',
      averagePrice: '39590',
      fee: '1',
      feeCurrency: 'USDT',
    })
    await inState('closed', followers)
    const closed = await venue.commands<DataOf<typeof tradeClosed>>('trade.closed')
    expect(closed).toHaveLength(followers)
    // 0.125 x 390 - 0.125 x 420 - 7 fees.
    expect(closed[0]).toMatchObject({
      sequence: 2,
      reason: 'stop',
      realizedPnl: '-10.75',
      fees: '7',
      closePrice: '39995',
    })
    // stop-1 and target-2 of each bracket are taken away.
    expect(await venue.commands<Cancel>('order.cancel')).toHaveLength(2 * followers)
  })

  it('keeps the slot of a follow until nothing of the last position can execute any more', async () => {
    expect(await count('bracket where holds_slot', followers)).toBe(true)
    const left = (await venue.submits(signalIdOf(1))).filter(({ leg }) => leg === 'stop-1' || leg === 'target-2')
    await venue.tell(brokers.orderCancelled, left)
    await eventually(() => count('bracket where holds_slot', 0))
  })

  it('explains every number of a bracket to its owner and to nobody else', async () => {
    const list = await client.ask(rpc.listBrackets, { caller: follower, page: {} })
    if (!list.ok) throw new Error(list.error.code)
    const bracketId = list.value.items[0]!.id
    const story = await client.ask(explainBracket, { caller: follower, bracketId })
    if (!story.ok) throw new Error(JSON.stringify(story.error))
    expect(story.value.sizing).toMatchObject({ bound: 'risk', quantity: '0.25', notional: '10000', atRisk: '100' })
    expect(story.value.slippage).toMatchObject({ signalPrice: '40000', openPrice: '40010', percent: '0.025' })
    expect(story.value.checks.every(({ outcome }) => outcome === 'passed')).toBe(true)
    expect(story.value.settings[0]).toMatchObject({ name: 'riskPercent', value: '1' })
    expect(story.value.timeline.map(({ what }) => what)).toContain('trade closed: stop')
    const stranger = { userId: userIdOf(8), roles: ['follower' as const] }
    const refused = await client.ask(explainBracket, { caller: stranger, bracketId })
    expect(refused).toMatchObject({ ok: false, error: { code: 'BRACKET_NOT_FOUND' } })
  })

  it('pages through brackets without a gap', async () => {
    const seen = new Set<string>()
    let nextToken: string | undefined
    do {
      const page = await client.ask(rpc.listBrackets, {
        caller: operator,
        signalId: signalIdOf(1),
        page: { limit: 70, ...(nextToken === undefined ? {} : { nextToken }) },
      })
      if (!page.ok) throw new Error(page.error.code)
      for (const { id } of page.value.items) seen.add(id)
      nextToken = page.value.nextToken ?? undefined
    } while (nextToken !== undefined)
    expect(seen.size).toBe(followers)
  })
})

describe('refusals', () => {
  it('are stored with a code and counted, while the others trade', async () => {
    await database.transact(async (tx) => {
      const poor = { accountId: accountIdOf(1), currency: 'USDT', total: '3', free: '3', equity: '3' }
      tx.append(brokers.balanceUpdated, { ...poor, observedAt: new Date().toISOString() })
      tx.append(brokers.accountDisconnected, {
        ...brokers.accountDisconnected.example,
        accountId: accountIdOf(2),
        disconnectedAt: new Date(Date.now() + 1).toISOString(),
      })
      tx.append(followChanged, venue.follow(3, { active: false, revision: 2 }))
      const profileSettings = { maxPositions: 5, maxNotional: '4200' }
      const settings = { sizing: { mode: 'fixed-notional' as const, value: '2050' }, multiplier: '2' }
      tx.append(followChanged, venue.follow(5, { profileSettings, settings, revision: 2 }))
    })
    await eventually(() => count(`account where not connected`, 1))
    await eventually(() => count(`balance where total = 3`, 1))
    await eventually(() => count(`follow where not active`, 1))
    await eventually(() => count(`follow where settings is not null`, 1))
    await venue.signal(signalIdOf(2))
    await inState('planned', followers - 3, 2)
    const overview = await client.ask(rpc.overview, { caller: provider, signalId: signalIdOf(2) })
    expect(overview).toMatchObject({
      ok: true,
      value: {
        items: [
          {
            signalId: signalIdOf(2),
            byState: { planned: followers - 3, denied: 2 },
            byDenial: { INSUFFICIENT_BALANCE: 1, ACCOUNT_KEY_UNAUTHORIZED: 1 },
          },
        ],
      },
    })
    const denied = await client.ask(rpc.listBrackets, {
      caller: operator,
      page: {},
      followId: followIdOf(1),
      state: 'denied',
    })
    expect(denied).toMatchObject({
      ok: true,
      value: { items: [{ denial: { code: 'INSUFFICIENT_BALANCE' }, quantity: null }] },
    })
  })

  it('do not come from losses that the venue has not told yet: sizing takes them off', async () => {
    const caller = { userId: userIdOf(20), roles: ['follower' as const] }
    const list = await client.ask(rpc.listBrackets, { caller, page: {}, signalId: signalIdOf(2) })
    if (!list.ok) throw new Error(list.error.code)
    const story = await client.ask(explainBracket, { caller, bracketId: list.value.items[0]!.id })
    if (!story.ok) throw new Error(story.error.code)
    expect(story.value.balance).toMatchObject({ total: '9989.25', free: '9989.25', lostSince: '10.75' })
    expect(story.value.sizing).toMatchObject({ quantity: '0.249' })
    expect(story.value.sizing?.steps[0]).toContain('lost 10.75 USDT')
  })

  it('and sizes follow settings of every layer, and the explanation names who said what', async () => {
    const caller = { userId: userIdOf(5), roles: ['follower' as const] }
    const list = await client.ask(rpc.listBrackets, { caller, page: {}, signalId: signalIdOf(2) })
    if (!list.ok) throw new Error(list.error.code)
    const story = await client.ask(explainBracket, { caller, bracketId: list.value.items[0]!.id })
    if (!story.ok) throw new Error(story.error.code)
    const { sizing, settings, bracket } = story.value
    expect(sizing).toMatchObject({ bound: 'size', quantity: '0.102', notional: '4080' })
    expect(sizing?.steps[1]).toBe(
      'A notional of 4100 USDT (2050 times 2, the multiplier of the follow) is asked for (follow).',
    )
    const profile = expect.stringMatching(/^risk profile /)
    expect(settings).toEqual([
      { name: 'sizing', value: 'fixed-notional 2050', source: 'follow, revision 2' },
      { name: 'multiplier', value: '2', source: 'follow, revision 2' },
      { name: 'leverage', value: '10', source: 'follow, revision 2' },
      { name: 'maxNotional', value: '4200', source: profile },
      { name: 'maxPositions', value: '5', source: profile },
    ])
    expect(bracket.denial).toBeNull()
  })

  it('name an open position, and a stop on the wrong side', async () => {
    await venue.signal(signalIdOf(3))
    await inState('denied', followers - 1, 3)
    await venue.signal(signalIdOf(4), { stop: { price: '41000', type: 'market' } })
    await inState('denied', followers - 1, 4)
    const overview = await client.ask(rpc.overview, { caller: operator, perSignal: true })
    const codes = overview.ok ? overview.value.items.map(({ byDenial }) => byDenial) : []
    expect(codes.slice(2)).toEqual([
      { POSITION_ALREADY_OPEN: followers - 3, ACCOUNT_KEY_UNAUTHORIZED: 1, INSUFFICIENT_BALANCE: 1 },
      { STOP_ON_WRONG_SIDE: followers - 1 },
    ])
  })
})

describe('a signal whose planning is cut off', () => {
  const second = '01963a5e-0000-7000-8000-0000000000cc'
  const numbers = Array.from({ length: followers - 10 }, (_, index) => index + 10)
  /** The chunks before the last are kept, how many depends on the pace; the last one goes down with the transaction. */
  const cutOff = async (data: ReturnType<typeof venue.signalData>, state: string) => {
    const crash = database.transact(async (tx) => {
      await service.app.get(PlanSignal).execute(data, tx)
      throw new Error('the process ends here')
    })
    await expect(crash).rejects.toThrow('the process ends here')
    const kept = await venue.numberOf(`bracket where state = '${state}' and signal_id = '${data.signalId}'`)
    expect(kept > 0 && kept < numbers.length).toBe(true)
    return kept
  }

  it('keeps what was committed, and the next delivery plans the rest and nothing twice', async () => {
    await database.transact(async (tx) => {
      tx.append(strategyChanged, { ...strategyChanged.example, strategyId: second, ownerId })
      const changes = (number: number) => ({ strategyId: second, followId: uuidOfHash(`second ${number}`) })
      tx.append(
        followChanged,
        numbers.map((number) => venue.follow(number, changes(number))),
      )
    })
    await eventually(() => count(`follow where strategy_id = '${second}'`, numbers.length))
    const data = venue.signalData(signalIdOf(5), { strategyId: second })
    const kept = await cutOff(data, 'planned')
    expect(await venue.submits(signalIdOf(5))).toHaveLength(kept)
    await venue.signal(signalIdOf(5), data)
    await inState('planned', numbers.length, 5)
    const submits = await venue.submits(signalIdOf(5))
    expect(new Set(submits.map(({ intentId }) => intentId)).size).toBe(numbers.length)
    expect(submits).toHaveLength(numbers.length)
  })

  it('is refused for the rest too when it was refused for some, whatever has changed meanwhile', async () => {
    const switchTo = async (active: boolean, revision: number) => {
      const changes = { ...strategyChanged.example, strategyId: second, ownerId, active, revision }
      await database.transact(async (tx) => tx.append(strategyChanged, changes))
      await eventually(() => count(`strategy where strategy_id = '${second}' and active = ${active}`, 1))
    }
    await switchTo(false, 2)
    const data = venue.signalData(signalIdOf(6), { strategyId: second })
    await cutOff(data, 'denied')
    await switchTo(true, 3)
    await venue.signal(signalIdOf(6), data)
    await eventually(() => count(`bracket where signal_id = '${signalIdOf(6)}'`, numbers.length))
    expect(await count(`bracket where denial_code = 'STRATEGY_INACTIVE'`, numbers.length)).toBe(true)
    expect(await venue.submits(signalIdOf(6))).toEqual([])
  })
})

describe('closing by command', () => {
  it('sends a refused close again', async () => {
    const entries = purpose(await venue.submits(signalIdOf(2)), 'entry')
    const one = entries.filter(({ accountId }) => accountId === accountIdOf(5))
    await venue.tell(brokers.orderFilled, one, filled('40000'))
    await inState('open', 1, 2)
    const owner = { userId: userIdOf(5), roles: ['follower' as const] }
    expect(await client.ask(rpc.closeFollow, { caller: owner, followId: followIdOf(5) })).toEqual({
      ok: true,
      value: { closing: 1 },
    })
    const closes = async (count: number) => {
      const all = purpose(await venue.submits(signalIdOf(2)), 'close')
      return all.length === count && all
    }
    const first = await eventually(() => closes(1))
    await venue.tell(brokers.orderRejected, first, { reason: { code: 'TOO_MANY_ORDERS', message: 'Too many orders.' } })
    const second = (await eventually(() => closes(2))).slice(1)
    await venue.tell(brokers.orderFilled, second, filled('40100'))
    await inState('closed', 1, 2)
  })

  it('closes a follow for its owner only, and a strategy for its provider', async () => {
    const entries = purpose(await venue.submits(signalIdOf(2)), 'entry')
    const rest = entries.filter(({ accountId }) => accountId !== accountIdOf(5))
    await venue.tell(brokers.orderFilled, rest, filled('40000'))
    await inState('open', followers - 4, 2)
    const stranger = await client.ask(rpc.closeFollow, { caller: follower, followId: followIdOf(9) })
    expect(stranger).toMatchObject({ ok: false, error: { code: 'FOLLOW_NOT_FOUND' } })
    expect(await client.ask(rpc.closeFollow, { caller: follower, followId: followIdOf(7) })).toEqual({
      ok: true,
      value: { closing: 1 },
    })
    const all = await client.ask(rpc.closeStrategy, { caller: provider, strategyId })
    expect(all).toEqual({ ok: true, value: { closing: followers - 5 } })
    const closes = purpose(await venue.submits(signalIdOf(2)), 'close')
    expect(closes).toHaveLength(followers - 2)
    await venue.tell(
      brokers.orderFilled,
      closes.filter(({ accountId }) => accountId !== accountIdOf(5)),
      filled('40100'),
    )
    await inState('closed', followers - 3, 2)
    const closed = await venue.commands<DataOf<typeof tradeClosed>>('trade.closed', signalIdOf(2))
    expect(closed.every((trade) => trade.reason === 'close' && trade.realizedPnl === '25')).toBe(true)
  })
})
