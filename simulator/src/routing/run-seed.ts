/**
 * One seed: first faults by chance, which may break no safety rule; then some faults that stay for good, under which
 * everything else must come to rest. Called by the command and by the specs. Must never report less than it found.
 */
import type { Defects } from './defects.ts'
import type { VenueAccount } from './parts/venue.ts'
import { World, type WorldFigures } from './world.ts'

export interface SeedReport extends WorldFigures {
  readonly seed: number
  /** Empty when all invariants held. */
  readonly violations: readonly string[]
  /** Virtual milliseconds from healing to rest; null when it did not come to rest. */
  readonly restMs: number | null
  /** The fault that stayed for good in the second phase. */
  readonly frozen: string
}

const faultySteps = 120
const stepMostMs = 400
/** So soon after a signal that it is still being planned. */
const besideMostMs = 60
const restPollMs = 500
/** Invariant I5: everything converges within so long after healing. */
const restLimitMs = 120_000

/** A share of calls that fail, often none at all. */
const shares = [0, 0, 0.05, 0.2, 0.5]

type Frozen = { readonly name: string; readonly begin: (world: World) => ReadonlySet<string> }

const nobody: ReadonlySet<string> = new Set()

/** Faults that never heal; each answers the accounts that cannot come to rest under it. */
const frozenFaults: readonly Frozen[] = [
  { name: 'none', begin: () => nobody },
  {
    name: 'one account is not reached any more',
    begin: (world) => {
      const [accountId, venue] = [...world.venues][0]!
      Object.assign(venue.mood, { notReached: 1, failRead: 1, streaming: false })
      return new Set([accountId])
    },
  },
  {
    name: 'no stream comes back',
    begin: (world) => {
      for (const venue of world.venues.values()) venue.setStreaming(false)
      return nobody
    },
  },
  {
    name: 'every message comes twice and late',
    begin: (world) => {
      Object.assign(world.network.mood, { repeat: 1, lateMostMs: 1_500 })
      return nobody
    },
  },
  {
    name: 'every fifth commit is doubtful',
    begin: (world) => {
      for (const { mood } of Object.values(world.databases)) mood.doubtful = 0.2
      return nobody
    },
  },
  {
    name: 'every third reply is lost',
    begin: (world) => {
      for (const { mood } of world.venues.values()) mood.loseReply = 0.33
      return nobody
    },
  },
]

export async function runSeed(seed: number, defects: Defects = {}): Promise<SeedReport> {
  const world = new World(seed, defects)
  try {
    await world.start()
    const violations = new Set<string>()
    const acts = actsOf(world)
    for (let step = 0; step < faultySteps; step += 1) {
      world.choices.oneOf(acts)(world)
      await world.time.pass(world.choices.whole(1, stepMostMs))
    }
    for (const problem of world.always()) violations.add(problem)
    world.heal()
    const frozen = world.choices.oneOf(frozenFaults)
    const excepted = frozen.begin(world)
    const restMs = await rest(world, excepted)
    const problems = restMs === null ? world.unrest(excepted).map((problem) => `I5: ${problem}`) : world.always()
    for (const problem of problems) violations.add(problem)
    return { seed, violations: [...violations], ...world.figures, restMs, frozen: frozen.name }
  } finally {
    world.end()
  }
}

async function rest(world: World, excepted: ReadonlySet<string>): Promise<number | null> {
  for (let waitedMs = 0; waitedMs <= restLimitMs; waitedMs += restPollMs) {
    if (world.unrest(excepted).length === 0) return waitedMs
    await world.time.pass(restPollMs)
  }
  return null
}

type Act = (world: World) => void

/** What goes on in every world. */
const dailyActs: readonly Act[] = [
  ({ source }) => source.signal(),
  ({ source }) => source.signal(),
  ({ source }) => {
    source.signal()
    source.signal()
  },
  ({ source }) => source.changeBalance(),
  ({ source }) => source.changeBalance(),
  (world) => world.move(),
  (world) => world.move(),
  (world) => world.move(),
  (world) => world.move(),
  (world) => world.closeSomebody(),
  (world) => world.releaseSwitch(),
  (world) => world.releaseSwitch(),
  (world) => world.heal(),
]

/** Each world has about half of these: what needs several of one kind in a row is found sooner where the others are missing. */
const hardActs: readonly Act[] = [
  ({ source }) => source.changeFollow(),
  ({ source }) => source.changeStrategy(),
  ({ source }) => source.changeSettings(),
  ({ source }) => source.changeAccount(),
  (world) => world.leaveStrategy(),
  (world) => world.closeStrategy(),
  ({ prices, choices }) => (prices.mood.untold = choices.oneOf([0, 0, 0.3, 1])),
  (world) => world.engageSwitch(),
  (world) => {
    world.source.signal()
    setTimeout(() => world.engageSwitch(), world.choices.whole(0, besideMostMs))
  },
  (world) => world.killOrders(),
  (world) => world.killBrokers(),
  (world) => world.takeOver(),
  ({ network }) => network.loseStore(),
  (world) => (moodOf(world).loseReply = world.choices.oneOf(shares)),
  (world) => (moodOf(world).notReached = world.choices.oneOf(shares)),
  (world) => (moodOf(world).refuse = world.choices.oneOf(shares)),
  (world) => (moodOf(world).limitRate = world.choices.oneOf(shares)),
  (world) => (moodOf(world).failRead = world.choices.oneOf(shares)),
  (world) => (moodOf(world).hide = world.choices.oneOf(shares)),
  (world) => (moodOf(world).fillLate = world.choices.oneOf(shares)),
  (world) => (moodOf(world).repeat = world.choices.oneOf(shares)),
  (world) => {
    const venue = venueOf(world)
    venue.setStreaming(!venue.mood.streaming)
  },
  ({ databases, choices }) => (databases.orders.mood.refuse = choices.oneOf(shares)),
  ({ databases, choices }) => (databases.orders.mood.cut = choices.oneOf([0, 0, 0.02, 0.1])),
  ({ databases, choices }) => (databases.brokers.mood.refuse = choices.oneOf(shares)),
  ({ databases, choices }) => (databases.orders.mood.doubtful = choices.oneOf(shares)),
  ({ databases, choices }) => (databases.brokers.mood.doubtful = choices.oneOf(shares)),
  ({ network, choices }) => (network.mood.repeat = choices.oneOf(shares)),
  ({ network, choices }) => (network.mood.lateMostMs = choices.oneOf([5, 20, 200, 2_000])),
]

function actsOf({ choices }: World): readonly Act[] {
  return [...dailyActs, ...hardActs.filter(() => choices.chance(0.5))]
}

function venueOf({ choices, venues }: World): VenueAccount {
  return choices.oneOf([...venues.values()])
}

function moodOf(world: World): VenueAccount['mood'] {
  return venueOf(world).mood
}
