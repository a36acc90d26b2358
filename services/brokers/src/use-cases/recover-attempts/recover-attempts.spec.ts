import { orderSubmit } from '@tradewire/contracts/events/orders'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { beforeEach, describe, expect, it } from 'vitest'
import { newAttempt } from '#domain/attempt/attempt'
import { Desk } from '#domain/sending/desk'
import type { StoredAttempt } from '#ports/attempts.port'
import { TakeUpAttempts } from '../take-up-attempts/take-up-attempts.use-case.ts'
import { RecoverAttempts } from './recover-attempts.use-case.ts'

const example = orderSubmit.data.parse(orderSubmit.example)
const at = new Date('2026-01-01T00:00:00Z')
const partition = { partition: 0, generation: '1', validUntilMs: Number.POSITIVE_INFINITY }
/** Nothing of this file looks at the venue or writes. */
const unused = {} as never

/** An order that was stored and not yet sent when its process ended. */
function queued(id: string, accountId: string, purpose: 'entry' | 'stop'): StoredAttempt {
  const command = { ...example, intentId: id, accountId: uuidOfHash(accountId), purpose, leg: purpose }
  const attempt = newAttempt({ command, clientOrderId: id, partition: 0, receivedAt: at })
  return { attempt, generation: '0', trace: null }
}

describe('the orders that an ended process left', () => {
  let desk: Desk

  beforeEach(() => {
    desk = new Desk({ all: 1, exits: 0 })
    desk.hold(partition)
  })

  async function recover(stored: readonly StoredAttempt[]): Promise<void> {
    const attempts = { openOf: () => Promise.resolve(stored) } as never
    const recovery = new RecoverAttempts(desk, attempts, unused, new TakeUpAttempts(desk, unused, unused), unused)
    await recovery.load([partition])
    recovery.resume([partition])
  }

  /** One after the other, as the only slot becomes free. */
  function sent(): string[] {
    const lanes = desk.lanesOf(example.venue)
    const ids: string[] = []
    for (let [next] = lanes.take(1); next !== undefined; [next] = lanes.take(1)) {
      ids.push(next.id)
      lanes.done(next.accountId)
    }
    return ids
  }

  it('are sent exits first, over all accounts, however much older the entries are', async () => {
    for (const account of ['a', 'b', 'c']) desk.admit(uuidOfHash(account), example.venue)
    await recover([
      queued('entry a', 'a', 'entry'),
      queued('entry b', 'b', 'entry'),
      queued('stop b', 'b', 'stop'),
      queued('stop c', 'c', 'stop'),
    ])
    expect(sent()).toEqual(['stop b', 'stop c', 'entry a', 'entry b'])
  })

  it('are exits alone as long as the venue of an account has not been read', async () => {
    await recover([queued('entry a', 'a', 'entry'), queued('stop a', 'a', 'stop')])
    expect(sent()).toEqual(['stop a'])
    desk.admit(uuidOfHash('a'), example.venue)
    expect(sent()).toEqual(['entry a'])
  })
})
