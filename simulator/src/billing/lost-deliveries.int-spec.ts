import { SeededRandomness } from '@tradewire/kernel/randomness'
import { describe, expect, it } from 'vitest'
import { audit } from './billing-model.ts'
import { type BillingWorld, startBillingWorld } from './world/billing-world.ts'
import { Deliveries } from './crowd/deliveries.ts'
import { Payers, type SimulatedProvider } from './crowd/payers.ts'
import { offer, rest } from './simulate-billing.ts'

const subscribers = 40
/** By then all have come. */
const arrivalDay = 27
const daysOfLife = 6
const limitMs = 120_000

/** Everything but the look: what was delivered is worked on, and nothing that was not. */
async function live(world: BillingWorld, provider: SimulatedProvider): Promise<Deliveries> {
  const random = new SeededRandomness(3)
  const payers = new Payers(world, random, { offers: await offer(world), subscribers, providers: [provider] })
  const deliveries = new Deliveries(world, random)
  await payers.arrive(arrivalDay)
  for (let day = 0; day < daysOfLife; day += 1) await payers.live()
  // Late and doubled ones among them; one in ten never comes.
  for (let day = 0; day < daysOfLife; day += 1) await deliveries.run(day)
  await world.ask({ name: 'run', works: ['events'] })
  await rest(world)
  return deliveries
}

describe.each(['stripe', 'razorpay', 'mayar'] as const)('of what %s tells', (provider) => {
  it(
    'one delivery in ten may be lost: one look makes up for it',
    async () => {
      const world = await startBillingWorld(new Date('2026-01-15T08:00:00.000Z'), false)
      try {
        const deliveries = await live(world, provider)
        expect(deliveries.lost).toBeGreaterThan(0)
        const missed = "select 1 from provider_event where heard_by = 'pull'"
        expect(await world.database.query(missed)).toEqual([])
        await world.ask({ name: 'run', works: ['pull', 'events'] })
        expect((await world.database.query(missed)).length).toBeGreaterThan(0)
        const { payments, mismatches, ledgerImbalance } = await audit(world)
        expect(payments).toBeGreaterThan(subscribers / 4)
        expect(mismatches).toEqual([])
        expect(ledgerImbalance).toBe('0')
      } finally {
        await world.stop()
      }
    },
    limitMs,
  )
})
