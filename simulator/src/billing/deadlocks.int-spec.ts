import { SeededRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { describe, expect, it } from 'vitest'
import { audit } from './billing-model.ts'
import { startBillingWorld } from './world/billing-world.ts'
import { Deliveries } from './crowd/deliveries.ts'
import { Payers, simulatedProviders } from './crowd/payers.ts'
import { offer } from './simulate-billing.ts'

const subscribers = 8
/** By then all have come. */
const arrivalDay = 27
const limitMs = 120_000
const waitLimitMs = 30_000

describe.each(simulatedProviders)('what %s tells', (provider) => {
  it(
    'is worked on at once again after a deadlock, and put off by none',
    async () => {
      const world = await startBillingWorld(new Date('2026-01-15T08:00:00.000Z'), false)
      try {
        const random = new SeededRandomness(5)
        const payers = new Payers(world, random, { offers: await offer(world), subscribers, providers: [provider] })
        const deliveries = new Deliveries(world, random)
        await payers.arrive(arrivalDay)
        await payers.live()
        await deliveries.run(0)
        await world.ask({ name: 'run', works: ['pull'] })
        const { database } = world
        // Who waits first is undone: the service holds payments and wants subscriptions, and this the other way round.
        const work = await database.transact(async (tx) => {
          await tx.query('select 1 from subscription for update')
          const working = world.ask({ name: 'run', works: ['events'] })
          await eventually(async () => (await tx.query(`select 1 from pg_locks where not granted`)).length > 0, {
            withinMs: waitLimitMs,
          })
          await tx.query('select 1 from payment for update')
          return { working }
        })
        await work.working
        const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()'
        // PostgreSQL counts them when the connection has been idle for some seconds.
        await eventually(async () => (await database.query<{ deadlocks: number }>(deadlocks))[0]!.deadlocks === 1, {
          withinMs: waitLimitMs,
        })
        expect(await database.query(`select error from provider_event where error like '%undone%'`)).toEqual([])
        expect((await audit(world)).ledgerImbalance).toBe('0')
        expect((await database.query('select 1 from journal')).length).toBeGreaterThan(0)
      } finally {
        await world.stop()
      }
    },
    limitMs,
  )
})
