/**
 * Seed after seed at every venue, some at once, on one paper venue of their own. Called by the chaos command and its spec.
 * Must never let one seed touch the account of another: faults and orders are those of one account.
 */
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { conformancePrice } from '@tradewire/broker-kit/conformance-world'
import { leashedFolder } from '@tradewire/testkit/leash'
import { type PaperWorld, startPaperWorld } from '../conformance/paper-world.ts'
import { CardTable } from '../conformance/run-card.ts'
import { VenuePlayer, type VenueRun } from './play-venue.ts'

export interface VenuesPlan {
  readonly seed: number
  readonly seeds: number
  readonly venues?: readonly BrokerDefinition[]
}

/** Runs wait for the venue most of their time. */
const runsAtOnce = 64

export async function runVenues(plan: VenuesPlan, say: (done: number, of: number) => void): Promise<VenueRun[]> {
  await using ending = new AsyncDisposableStack()
  const { path: directory } = ending.use(await leashedFolder('tradewire-venues-'))
  const paper = await startPaperWorld({ directory, onStop: (work) => ending.defer(work) })
  await paper.price(conformancePrice)
  return await playAll(paper, plan, say)
}

async function playAll(paper: PaperWorld, plan: VenuesPlan, say: (done: number, of: number) => void) {
  const { seed, seeds, venues = allBrokers } = plan
  const player = new VenuePlayer(paper, new CardTable(paper))
  const due = Array.from({ length: seeds }, (_, index) => venues.map((venue) => ({ venue, seed: seed + index }))).flat()
  const runs: VenueRun[] = []
  const count = due.length
  const work = async (): Promise<void> => {
    for (let next = due.shift(); next !== undefined; next = due.shift()) {
      runs.push(await playOne(player, next.venue, next.seed))
      say(runs.length, count)
    }
  }
  await Promise.all(Array.from({ length: runsAtOnce }, work))
  return runs
}

/** What throws is a finding as well. */
async function playOne(player: VenuePlayer, venue: BrokerDefinition, seed: number): Promise<VenueRun> {
  try {
    return await player.play(venue, seed)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { venue: venue.id, seed, orders: 0, violations: [`the run broke off: ${text}`] }
  }
}

export function venuesSummaryOf(runs: readonly VenueRun[], elapsedMs: number) {
  const findings = runs.flatMap(({ venue, seed, violations }) => violations.map((text) => ({ venue, seed, text })))
  const venues = [...Map.groupBy(runs, ({ venue }) => venue)].map(([venue, all]) => ({
    venue,
    seeds: all.length,
    orders: all.reduce((sum, { orders }) => sum + orders, 0),
    violations: findings.filter((each) => each.venue === venue).length,
  }))
  const orders = venues.reduce((sum, each) => sum + each.orders, 0)
  return { venues, orders, violations: findings.length, findings, elapsedMs: Math.round(elapsedMs) }
}
