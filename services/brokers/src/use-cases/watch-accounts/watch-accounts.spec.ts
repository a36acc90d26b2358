import { partitionCount, partitionOf } from '@tradewire/kernel/partition'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Attempt, AttemptState } from '#domain/attempt/attempt'
import { Desk, type OpenAttempt, openAttempt } from '#domain/sending/desk'
import { PassSchedule } from '#domain/reconcile/pass-schedule'
import type { AccountSession, Sessions } from '#ports/sessions.port'
import type { ReconcileAccount } from '../reconcile-account/reconcile-account.use-case.ts'
import { WatchAccounts } from './watch-accounts.use-case.ts'

/** Many more than are read at once. */
const accountCount = 100
const everyMs = 60_000
const metrics = { counter: () => ({ add: () => undefined }) } as never

function sessionOf(number: number): AccountSession {
  const id = uuidOfHash(`account ${number}`)
  const account = { id, venue: 'paper', environment: 'paper', partition: partitionOf(id) }
  const definition = { capabilities: { streams: { orders: true } }, rateLimits: [], readWeights: {} }
  return { account, definition, session: { health: () => ({ streaming: true }) } } as unknown as AccountSession
}

describe('watching accounts', () => {
  const all = Array.from({ length: accountCount }, (_, number) => sessionOf(number))
  let nowMs: number
  let desk: Desk
  let watch: WatchAccounts
  let reading: (() => void)[]
  let passes: number

  beforeEach(() => {
    nowMs = 0
    passes = 0
    reading = []
    desk = new Desk({ all: 1, exits: 0 })
    for (let partition = 0; partition < partitionCount; partition += 1)
      desk.hold({ partition, generation: '1', validUntilMs: Number.POSITIVE_INFINITY })
    const sessions = {
      onOpened: (listener: (opened: AccountSession) => void) => all.forEach(listener),
      all: () => all,
      known: (accountId: string) => all.find(({ account }) => account.id === accountId),
    }
    const reconcile: Pick<ReconcileAccount, 'execute'> = {
      execute: async () => {
        passes += 1
        await new Promise<void>((resolve) => reading.push(resolve))
        return { read: true, lookAgainMs: null, holds: false, found: [] }
      },
    }
    const pace = { nowMs: () => nowMs, fraction: () => 0.5, paperRateLimits: false }
    const schedule = new PassSchedule(pace)
    watch = new WatchAccounts(desk, sessions as unknown as Sessions, reconcile as ReconcileAccount, schedule, metrics)
  })

  /** The venue answers all that is being read, and the timer turns before the next are read. */
  async function answer(): Promise<void> {
    nowMs += 1_000
    for (const resolve of reading.splice(0)) resolve()
    await watch.execute(everyMs)
    await new Promise(setImmediate)
  }

  function addEntry(accountId: string, state: AttemptState): OpenAttempt {
    const command = { intentId: 'entry', accountId, venue: 'paper', purpose: 'entry' }
    const one = openAttempt({ command, clientOrderId: 'entry', state } as Attempt, '1', null)
    desk.add(one)
    if (state === 'queued') desk.enqueue(one, 'submit')
    return one
  }

  it('admits each after one pass, however many turns of the timer its turn takes', async () => {
    nowMs += 5_000
    await watch.execute(everyMs)
    for (let turn = 0; turn < accountCount && reading.length > 0; turn += 1) await answer()
    expect(all.filter(({ account }) => desk.isAdmitted(account.id))).toHaveLength(accountCount)
    expect(passes).toBe(accountCount)
  })

  it('reads an account once when its stream comes before its turn has come', async () => {
    for (const { account } of all) watch.streamUp(account.id)
    for (const { account } of all.slice(accountCount / 2)) watch.streamUp(account.id)
    for (let turn = 0; turn < accountCount && reading.length > 0; turn += 1) await answer()
    expect(all.filter(({ account }) => desk.isAdmitted(account.id))).toHaveLength(accountCount)
    expect(passes).toBe(accountCount)
  })

  it('reads it again when its stream comes while it is being read', async () => {
    watch.streamUp(all[0]!.account.id)
    watch.streamUp(all[0]!.account.id)
    await answer()
    expect(desk.isAdmitted(all[0]!.account.id)).toBe(false)
    await answer()
    expect(desk.isAdmitted(all[0]!.account.id)).toBe(true)
  })

  it('reads those first whose orders wait for it, also when the orders came while others were in line', async () => {
    for (const { account } of all) watch.streamUp(account.id)
    const last = all.at(-1)!.account.id
    addEntry(last, 'queued')
    await answer()
    expect(desk.isAdmitted(last)).toBe(false)
    await answer()
    expect(desk.isAdmitted(last)).toBe(true)
  })

  it('does not wait for the stream of an account whose orders wait', async () => {
    await watch.execute(everyMs)
    expect(passes).toBe(0)
    const { id } = all[0]!.account
    addEntry(id, 'queued')
    expect(passes).toBe(1)
    await watch.execute(everyMs)
    expect(passes).toBe(1)
  })

  it('does not hurry for an order that may stand at the venue, but once that does not have it', async () => {
    const { id } = all[0]!.account
    const one = addEntry(id, 'submitting')
    await watch.execute(everyMs)
    expect(passes).toBe(0)
    one.attempt = { ...one.attempt, state: 'queued' }
    desk.enqueue(one, 'submit')
    expect(passes).toBe(1)
  })

  /** Turns of the timer, a second each; answers how often accounts were read. */
  async function passesUntil(ms: number, before: () => void = () => undefined): Promise<number> {
    passes = 0
    for (; nowMs < ms; nowMs += 1_000) {
      before()
      await watch.execute(everyMs)
      for (const resolve of reading.splice(0)) resolve()
      await new Promise(setImmediate)
    }
    return passes
  }

  it('reads an account with orders of ours soon after others have traded on it, and not with each trade', async () => {
    const { id } = all[0]!.account
    addEntry(id, 'accepted')
    await passesUntil(50_000)
    expect(await passesUntil(75_000)).toBe(0)
    watch.othersTraded(id)
    expect(await passesUntil(76_000)).toBe(1)
    expect(await passesUntil(96_000, () => watch.othersTraded(id))).toBe(2)
    // Nothing of ours is there.
    watch.othersTraded(all[1]!.account.id)
    expect(await passesUntil(110_000)).toBe(0)
  })

  it('reads an account that holds what was just bought as often as one with orders', async () => {
    const { id } = all[0]!.account
    await passesUntil(50_000)
    expect(await passesUntil(150_000)).toBe(0)
    desk.noteFill({ accountId: id, symbol: 'BTC/USDT' }, nowMs)
    expect(await passesUntil(152_000)).toBe(1)
  })

  it('does not overlook a trade of others that comes while the account is being read', async () => {
    const { id } = all[0]!.account
    addEntry(id, 'accepted')
    watch.streamUp(id)
    watch.othersTraded(id)
    await answer()
    passes = 0
    nowMs += everyMs / 6
    await watch.execute(everyMs)
    expect(passes).toBeGreaterThan(0)
  })
})
