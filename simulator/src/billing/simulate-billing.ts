/**
 * Months of subscribers in minutes: they pay, decline, dispute and leave, deliveries get lost, and at the end billing's
 * books must say what the providers' say. Called by `./tradewire sim billing` and by its test.
 */
import { CreatePlan } from '@tradewire/billing/use-cases/create-plan/create-plan.use-case'
import { LearnFacts } from '@tradewire/billing/use-cases/learn-facts/learn-facts.use-case'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { SetStrategyPrices } from '@tradewire/billing/use-cases/set-strategy-prices/set-strategy-prices.use-case'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { EventId } from '@tradewire/kernel/ids'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { audit, type Audit } from './billing-model.ts'
import { startBillingWorld, type BillingWorld } from './billing-world.ts'
import { Deliveries } from './deliveries.ts'
import { Payers, type Offers } from './payers.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const monthDays = 30
/** After the last month nobody pays any more, and all that is late or lost is made up for. */
const restDays = 6
const restHours = 12

export interface BillingSimulation {
  readonly subscribers: number
  readonly months: number
  readonly seed: number
  readonly onDay?: (day: number, of: number) => void
}

export interface BillingReport extends Audit {
  readonly deliveries: { readonly told: number; readonly lost: number; readonly doubled: number; readonly late: number }
}

export async function simulateBilling({ subscribers, months, seed, onDay }: BillingSimulation): Promise<BillingReport> {
  const world = await startBillingWorld(new Date('2026-01-15T08:00:00.000Z'))
  try {
    const random = new SeededRandomness(seed)
    const payers = new Payers(world, random, await offer(world), subscribers)
    const deliveries = new Deliveries(world, random)
    const days = months * monthDays
    for (let day = 0; day < days + restDays; day += 1) {
      if (day < days) {
        await payers.arrive(day)
        await payers.live()
      }
      await passDay(world, deliveries, day)
      onDay?.(day + 1, days + restDays)
    }
    await rest(world)
    const { lost, doubled, late } = deliveries
    return { ...(await audit(world)), deliveries: { told: world.books.events.length, lost, doubled, late } }
  } finally {
    await world.stop()
  }
}

async function passDay(world: BillingWorld, deliveries: Deliveries, day: number): Promise<void> {
  const runBilling = world.billing.app.get(RunBilling)
  world.clock.advance(dayMs)
  world.books.advanceTo(world.clock.now())
  await deliveries.run(day)
  for (const work of ['events', 'time', 'pull', 'events'] as const) await runBilling.execute(work)
}

/** What could not be worked on at once is tried again within the hours. */
async function rest({ billing, clock }: BillingWorld): Promise<void> {
  for (let hour = 0; hour < restHours; hour += 1) {
    clock.advance(hourMs)
    await billing.app.get(RunBilling).execute('events')
  }
}

async function offer({ billing, database }: BillingWorld): Promise<Offers> {
  const operator = { userId: strategyChanged.example.ownerId, roles: ['operator' as const] }
  const plan = {
    name: 'PROFESSIONAL',
    monthlyPrice: '39.99',
    maxBalance: '15000',
    maxApiKeys: 20,
    maxPositions: null,
    private: false,
    strategyAutomated: true,
    default: false,
  }
  const created = await billing.app.get(CreatePlan).execute({ caller: operator, plan })
  if (!created.ok) throw new Error(created.error.code)
  const { strategyId } = strategyChanged.example
  const event = {
    id: strategyId as EventId,
    name: strategyChanged.name,
    version: strategyChanged.version,
    occurredAt: '2026-01-15T08:00:00.000Z',
    data: strategyChanged.example,
  }
  await database.transact((tx) => billing.app.get(LearnFacts).execute([event], tx))
  const prices = [{ currency: 'USD', cycle: 'monthly' as const, amount: '99.49' }]
  const priced = await billing.app.get(SetStrategyPrices).execute({ caller: operator, strategyId, prices })
  if (!priced.ok) throw new Error(priced.error.code)
  return { planId: created.value.id, strategyId }
}
