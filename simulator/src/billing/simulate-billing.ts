/**
 * Months of subscribers in minutes: they pay, decline, dispute and leave, deliveries get lost, billing is killed, and at the
 * end its books must say what the providers' say. Called by `./tradewire sim billing` and by its test.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import type { CodedError } from '@tradewire/kernel/errors'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import type { Result } from '@tradewire/kernel/result'
import { BillingChild } from './world/billing-child.ts'
import { audit, type Audit } from './billing-model.ts'
import { startBillingWorld, type BillingWorld } from './world/billing-world.ts'
import { Deliveries } from './crowd/deliveries.ts'
import type { Offers } from './crowd/changers.ts'
import { Payers, type SimulatedProvider } from './crowd/payers.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const monthDays = 30
/** After the last month nobody pays any more, and all that is late or lost is made up for. */
const restDays = 6
const restHours = 12
/** A day's work takes about as long: a kill falls into the middle of it. */
const killWithinMs = 120

export interface BillingSimulation {
  readonly subscribers: number
  readonly months: number
  readonly seed: number
  readonly providers: readonly SimulatedProvider[]
  /** How often the billing process is killed, at random moments. */
  readonly kills: number
  readonly onDay?: (day: number, of: number) => void
}

export interface BillingReport extends Audit {
  readonly kills: number
  readonly deliveries: { readonly told: number; readonly lost: number; readonly doubled: number; readonly late: number }
}

export async function simulateBilling(of: BillingSimulation): Promise<BillingReport> {
  const { subscribers, months, seed, providers, onDay } = of
  const world = await startBillingWorld(new Date('2026-01-15T08:00:00.000Z'), of.kills > 0)
  try {
    const random = new SeededRandomness(seed)
    const payers = new Payers(world, random, { offers: await offer(world), subscribers, providers })
    const deliveries = new Deliveries(world, random)
    const days = months * monthDays
    const deadly = Array.from({ length: of.kills }, () => Math.floor(random.fraction() * days))
    for (let day = 0; day < days + restDays; day += 1) {
      const killing = killAt(world, deadly.filter((one) => one === day).length, random)
      if (day < days) {
        await payers.arrive(day)
        await payers.live()
      }
      await passDay(world, deliveries, day)
      await killing
      onDay?.(day + 1, days + restDays)
    }
    await rest(world)
    const { told, lost, doubled, late } = deliveries
    const kills = world.host instanceof BillingChild ? world.host.kills : 0
    return { ...(await audit(world)), kills, deliveries: { told, lost, doubled, late } }
  } finally {
    await world.stop()
  }
}

async function killAt({ host }: BillingWorld, times: number, random: SeededRandomness): Promise<void> {
  for (let kill = 0; kill < times && host instanceof BillingChild; kill += 1) {
    await wait(random.fraction() * killWithinMs)
    await host.kill()
  }
}

async function passDay(world: BillingWorld, deliveries: Deliveries, day: number): Promise<void> {
  world.clock.advance(dayMs)
  world.stripe.advanceTo(world.clock.now())
  world.razorpay.advanceTo(world.clock.now())
  await deliveries.run(day)
  await world.ask({ name: 'run', works: ['events', 'time', 'pull', 'events'] })
}

/** What could not be worked on at once is tried again within the hours. */
export async function rest(world: BillingWorld): Promise<void> {
  for (let hour = 0; hour < restHours; hour += 1) {
    world.clock.advance(hourMs)
    await world.ask({ name: 'run', works: ['events'] })
  }
}

export async function offer(world: BillingWorld): Promise<Offers> {
  const { ownerId: userId, strategyId } = strategyChanged.example
  const caller = { userId, roles: ['operator' as const] }
  const plan = {
    maxBalance: '15000',
    maxApiKeys: 20,
    maxPositions: null,
    premium: false,
    private: false,
    strategyAutomated: true,
    trialDays: 5,
    default: false,
  }
  const planOf = async (name: string, monthlyPrice: string): Promise<string> => {
    type Created = Result<ReplyOf<typeof createPlan>, CodedError>
    const request = { caller, plan: { ...plan, name, monthlyPrice } }
    const created = await world.ask<Created>({ name: 'offer', request })
    if (!created.ok) throw new Error(created.error.code)
    return created.value.id
  }
  const [planId, dearerPlanId] = [await planOf('PROFESSIONAL', '39.99'), await planOf('ENTERPRISE', '98.77')]
  const prices = [
    { currency: 'USD', cycle: 'monthly' as const, amount: '99.49', trialDays: 0 },
    { currency: 'USD', cycle: 'yearly' as const, amount: '990.03', trialDays: 0 },
    { currency: 'IDR', cycle: 'monthly' as const, amount: '1500003', trialDays: 7 },
    { currency: 'IDR', cycle: 'yearly' as const, amount: '15000007', trialDays: 7 },
  ]
  const priced = await world.ask<Result<unknown, CodedError>>({
    name: 'price',
    request: { caller, strategyId, prices },
  })
  if (!priced.ok) throw new Error(priced.error.code)
  return { planId, dearerPlanId, strategyId }
}
