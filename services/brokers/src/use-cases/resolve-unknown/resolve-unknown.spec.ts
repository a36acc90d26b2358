import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { ok } from '@tradewire/kernel/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { newAttempt } from '#domain/attempt/attempt'
import { Desk, openAttempt, type OpenAttempt } from '#domain/sending/desk'
import { ResolveUnknown } from './resolve-unknown.use-case.ts'

const example = orderSubmit.data.parse(orderSubmit.example)
const at = new Date('2026-01-01T00:00:00Z')
const partition = 0

/** As a take-over finds it: perhaps at the venue. */
function doubtful(generation: string): OpenAttempt {
  const attempt = newAttempt({
    command: { ...example, expiresAt: null },
    clientOrderId: 'c',
    partition,
    receivedAt: at,
  })
  return openAttempt({ ...attempt, state: 'submitting', submissions: 1, sentAt: at }, generation, null)
}

describe('looking for an order whose reply was lost', () => {
  let desk: Desk
  let known: object | undefined
  let looks: (() => void)[]
  let told: OpenAttempt[]
  let asked: (() => void)[]
  let resolver: ResolveUnknown

  beforeEach(() => {
    desk = new Desk({ all: 1, exits: 0 })
    known = undefined
    looks = []
    asked = []
    told = []
    const sessions = { get: () => Promise.resolve(ok(known ?? {})), known: () => known }
    const evidence = {
      venueOrder(one: OpenAttempt) {
        told.push(one)
        one.attempt = { ...one.attempt, state: 'filled' }
      },
      lostReply: () => undefined,
    }
    const found = { status: 'filled' }
    const lookUp = { execute: () => new Promise((resolve) => looks.push(() => resolve(ok(found)))) }
    const time = { now: () => at, monotonicMs: () => 0 }
    resolver = new ResolveUnknown(desk, sessions as never, evidence as never, lookUp as never, time as never)
  })

  function hold(generation: string): OpenAttempt {
    desk.hold({ partition, generation, validUntilMs: Number.POSITIVE_INFINITY })
    const one = doubtful(generation)
    desk.add(one)
    resolver.execute(one)
    return one
  }

  /** A venue that answers that it knows no such order. */
  function venueWithoutIt(uniqueness: ClientIdRule['uniqueness']): void {
    const definition = { capabilities: { clientId: { uniqueness } }, readLagMs: 0 }
    const findByClientId = () => new Promise((resolve) => asked.push(() => resolve(ok(null))))
    known = { account: { environment: 'live' }, definition, session: { findByClientId } }
  }

  const turn = () => new Promise(setImmediate)

  it('asks once for each ownership, also when the partition comes back while the first look is under way', async () => {
    const first = hold('1')
    resolver.execute(first)
    await turn()
    expect(looks).toHaveLength(1)
    desk.drop(partition)
    const second = hold('3')
    await turn()
    expect(looks).toHaveLength(2)
    for (const answer of looks) answer()
    await turn()
    expect(told).toEqual([second])
  })

  it('asks for its id alone where a used one is refused for ever, and sends it again', async () => {
    venueWithoutIt('forever')
    const one = hold('1')
    await turn()
    expect(looks).toHaveLength(0)
    expect(asked).toHaveLength(1)
    asked[0]!()
    await turn()
    expect(one.attempt.state).toBe('queued')
    expect(desk.lanesOf(example.venue).queued).toBe(1)
  })

  it.each(['open-orders', 'none'] as const)(
    'looks in all three ways where ids are unique by the rule %s',
    async (rule) => {
      venueWithoutIt(rule)
      hold('1')
      await turn()
      expect(asked).toHaveLength(0)
      expect(looks).toHaveLength(1)
    },
  )

  it('looks in all three ways for what is unwanted, or known to stand there', async () => {
    venueWithoutIt('forever')
    desk.hold({ partition, generation: '1', validUntilMs: Number.POSITIVE_INFINITY })
    const unwanted = doubtful('1')
    unwanted.attempt = { ...unwanted.attempt, cancelRequested: true }
    const proved = doubtful('1')
    proved.provedAtVenue = true
    for (const one of [unwanted, proved]) {
      desk.add(one)
      resolver.execute(one)
      await turn()
      desk.forget(one)
    }
    expect(asked).toHaveLength(0)
    expect(looks).toHaveLength(2)
  })
})
