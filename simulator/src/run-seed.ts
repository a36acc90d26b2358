/**
 * One seed: first faults by chance, which may break no safety rule; then some faults that stay for good, under which
 * everything else must come to rest. Called by the command and by the specs. Must never report less than it found.
 */
import type { Defects } from './defects.ts'
import { World } from './world.ts'

export interface SeedReport {
  readonly seed: number
  /** Empty when all invariants held. */
  readonly violations: readonly string[]
  readonly signals: number
  readonly brackets: number
  readonly venueOrders: number
  /** Virtual milliseconds from healing to rest; null when it did not come to rest. */
  readonly restMs: number | null
  /** The fault that stayed for good in the second phase. */
  readonly frozen: string
}

const faultySteps = 120
const stepMostMs = 400
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
    for (let step = 0; step < faultySteps; step += 1) {
      act(world)
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

/** One thing befalls the world. */
function act(world: World): void {
  const { choices } = world
  const venue = choices.oneOf([...world.venues.values()])
  const { mood } = venue
  const acts: readonly (() => void)[] = [
    () => world.signal(),
    () => world.signal(),
    () => world.move(),
    () => world.move(),
    () => world.move(),
    () => world.closeSomebody(),
    () => world.killOrders(),
    () => world.killBrokers(),
    () => world.takeOver(),
    () => world.network.loseStore(),
    () => (mood.loseReply = choices.oneOf(shares)),
    () => (mood.notReached = choices.oneOf(shares)),
    () => (mood.refuse = choices.oneOf(shares)),
    () => (mood.limitRate = choices.oneOf(shares)),
    () => (mood.failRead = choices.oneOf(shares)),
    () => (mood.hide = choices.oneOf(shares)),
    () => (mood.repeat = choices.oneOf(shares)),
    () => venue.setStreaming(!mood.streaming),
    () => (world.databases.orders.mood.refuse = choices.oneOf(shares)),
    () => (world.databases.brokers.mood.refuse = choices.oneOf(shares)),
    () => (world.databases.orders.mood.doubtful = choices.oneOf(shares)),
    () => (world.databases.brokers.mood.doubtful = choices.oneOf(shares)),
    () => (world.network.mood.repeat = choices.oneOf(shares)),
    () => (world.network.mood.lateMostMs = choices.oneOf([5, 20, 200, 2_000])),
    () => world.heal(),
  ]
  choices.oneOf(acts)()
}
