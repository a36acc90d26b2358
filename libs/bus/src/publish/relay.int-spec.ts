import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { BusHarness } from '../int-spec/bus-harness.ts'
import { thingHappened } from '../int-spec/things.ts'

const backends = testBackends()
const harness = new BusHarness(backends)
const waitsForOutbox = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'update outbox%'`

beforeAll(() => harness.prepare())

describe('a relay that is stopped', () => {
  it('publishes what it is just claiming: nobody else would before the claim has run out', async () => {
    const { database } = await harness.node({ relay: false })
    await database.transact(async (tx) => tx.append(thingHappened, { account: 'a', number: 1 }))
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const holding = database.transact(async (tx) => {
      // The outbox can be read, and nothing of it claimed.
      await tx.query('lock table outbox in share mode')
      locked.resolve()
      await released
    })
    await locked.promise
    const { relay } = await harness.node()
    await eventually(async () => (await backends.query(waitsForOutbox)).length > 0)
    const stopping = relay.stop()
    release()
    await Promise.all([holding, stopping])
    expect(await backends.query('select store from things.outbox')).toEqual([{ store: 'EVENTS/1' }])
  })
})
