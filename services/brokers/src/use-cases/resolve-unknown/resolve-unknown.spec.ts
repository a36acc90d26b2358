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
  const attempt = newAttempt({ command: example, clientOrderId: 'c', partition, receivedAt: at })
  return openAttempt({ ...attempt, state: 'submitting', submissions: 1, sentAt: at }, generation, null)
}

describe('looking for an order whose reply was lost', () => {
  let desk: Desk
  let looks: (() => void)[]
  let told: OpenAttempt[]
  let resolver: ResolveUnknown

  beforeEach(() => {
    desk = new Desk({ all: 1, exits: 0 })
    looks = []
    told = []
    const sessions = { get: () => Promise.resolve(ok({})), known: () => undefined }
    const evidence = {
      venueOrder(one: OpenAttempt) {
        told.push(one)
        one.attempt = { ...one.attempt, state: 'filled' }
      },
    }
    const found = { status: 'filled' }
    const lookUp = { execute: () => new Promise((resolve) => looks.push(() => resolve(ok(found)))) }
    resolver = new ResolveUnknown(desk, sessions as never, evidence as never, lookUp as never, undefined as never)
  })

  function hold(generation: string): OpenAttempt {
    desk.hold({ partition, generation, validUntilMs: Number.POSITIVE_INFINITY })
    const one = doubtful(generation)
    desk.add(one)
    resolver.execute(one)
    return one
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
})
