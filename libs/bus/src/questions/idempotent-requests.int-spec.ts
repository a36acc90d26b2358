import 'reflect-metadata'
import type { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { busErrors } from '../bus.errors.ts'
import { IdempotentRequests, pruneRequests, type RequestKey } from './idempotent-requests.ts'
import { BusHarness, ids } from '../int-spec/bus-harness.ts'

const backends = testBackends()
const harness = new BusHarness(backends)
const body = '8e03978e-40d5-83dd-ac93-6894a57f9324'
const otherBody = '8e03978e-40d5-83dd-ac93-6894a57f9325'
const inFlight = err(busErrors.of('REQUEST_IN_FLIGHT'))
const unavailable = err(busErrors.of('SERVICE_UNAVAILABLE'))

let database: Database
let requests: IdempotentRequests
let key = { id: '', body }

beforeAll(async () => {
  await harness.prepare()
  database = await harness.database()
  backends.onStop(() => database.close())
  requests = new IdempotentRequests(database)
})

beforeEach(() => {
  key = { id: ids.next(), body }
})

/** One that has begun and ends when it is told to. */
async function begun(of: RequestKey, answer: () => Result<unknown, CodedError>) {
  const start = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const first = requests.once(of, async () => {
    start.resolve()
    await end.promise
    return answer()
  })
  await start.promise
  return { first, finish: () => end.resolve() }
}

describe('a request with an idempotency key', () => {
  it('has one effect however often it comes at once, and one reply', async () => {
    let effects = 0
    const { first, finish } = await begun(key, () => ok({ effects: (effects += 1) }))
    const others = await Promise.all(Array.from({ length: 49 }, () => requests.once(key, () => first)))
    expect(others).toEqual(others.map(() => inFlight))
    finish()
    expect(await first).toEqual(ok({ effects: 1 }))
    const later = await Promise.all(
      Array.from({ length: 50 }, () => requests.once(key, () => Promise.reject(new Error()))),
    )
    expect(later).toEqual(later.map(() => ok({ effects: 1 })))
  })

  it('is refused when another one comes under its key, before and after it was answered', async () => {
    const reused = err(busErrors.of('IDEMPOTENCY_KEY_REUSED'))
    const other = { ...key, body: otherBody }
    await requests.once(key, async () => {
      expect(await requests.once(other, () => Promise.resolve(ok(2)))).toEqual(reused)
      return ok(1)
    })
    expect(await requests.once(other, () => Promise.resolve(ok(2)))).toEqual(reused)
  })

  it('gets the same refusal again, but may try again what had no outcome', async () => {
    const refused = err({ ...inFlight.error, code: 'NO', kind: 'refused' as const })
    expect(await requests.once(key, () => Promise.resolve(refused))).toEqual(refused)
    expect(await requests.once(key, () => Promise.resolve(ok(1)))).toEqual(refused)
    const again = { id: ids.next(), body }
    expect(await requests.once(again, () => Promise.resolve(unavailable))).toEqual(unavailable)
    await expect(requests.once(again, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
    expect(await requests.once(again, () => Promise.resolve(ok(1)))).toEqual(ok(1))
  })

  it('is taken over from a process that died in it, whose late reply is not kept', async () => {
    const { first: paused, finish } = await begun(key, () => ok('late'))
    expect(await requests.once(key, () => Promise.resolve(ok('other')))).toEqual(inFlight)
    await database.query('update idempotent_request set claimed_until = now() where id = $1', [key.id])
    expect(await requests.once(key, () => Promise.resolve(ok('taken over')))).toEqual(ok('taken over'))
    finish()
    await paused
    expect(await requests.once(key, () => Promise.resolve(ok('third')))).toEqual(ok('taken over'))
  })

  it('is forgotten after a day', async () => {
    await requests.once(key, () => Promise.resolve(ok(1)))
    await pruneRequests(database, 100)
    expect(await requests.once(key, () => Promise.resolve(ok(2)))).toEqual(ok(1))
    await database.query(`update idempotent_request set begun_at = now() - interval '25 hours'`)
    expect(await pruneRequests(database, 100)).toBeGreaterThan(0)
    expect(await requests.once(key, () => Promise.resolve(ok(2)))).toEqual(ok(2))
  })
})
