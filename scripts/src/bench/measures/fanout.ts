/** P3 to P7: one signal, or twenty, becomes orders at the venue; ours and the straw man in turns. Called by the bench. */
import { setTimeout as delay } from 'node:timers/promises'
import { delayFloorMs, type OursBench, type World } from '../kit/bench.ts'
import { postAlert } from '../kit/post-alert.ts'
import { type Comparison, comparisonOf, type Gate, gateOf } from '../kit/report.ts'
import { median, rounded } from '../kit/statistics.ts'
import { entryHops } from './hops.ts'
import { alertOf, type BenchStrategy } from '../parties/followers.ts'

export interface FanoutRun {
  /** From the first byte of the alert to the last order at the venue. */
  readonly lastMs: number
  /** To the last result event on the bus, after its commit. */
  readonly doneMs: number
  /** CPU of the process that plans and sends, per order. */
  readonly cpuUs: number
  /** CPU of PostgreSQL with all its processes, per order. */
  readonly databaseUs: number
}

export interface Pairs {
  readonly raw: readonly FanoutRun[]
  readonly ours: readonly FanoutRun[]
}

const fanoutLimitMs = 60_000
/** Timers and commits of the run before have ended. */
const restMs = 150

export async function runStraw(world: World, followers: number, signals = 1): Promise<FanoutRun> {
  const { straw, stub, events } = world
  await stub.reset()
  events.reset()
  await delay(restMs)
  const before = { worker: straw.workerUsage().cpuMs, database: world.servers.postgresUsage().cpuMs }
  const orders = followers * signals
  const posts = Array.from({ length: signals }, () => postAlert(straw.alertUrl, straw.alert(followers)))
  const beganMs = Math.min(...(await Promise.all(posts)))
  const [{ lastMs }, doneMs] = await Promise.all([stub.until(orders, fanoutLimitMs), events.until(orders)])
  await straw.settled()
  const cpuUs = perOrderUs(straw.workerUsage().cpuMs - before.worker, orders)
  const databaseUs = perOrderUs(world.servers.postgresUsage().cpuMs - before.database, orders)
  await stub.forgetAll()
  return { lastMs: lastMs - beganMs, doneMs: doneMs - beganMs, cpuUs, databaseUs }
}

export async function runOurs(world: OursBench, strategies: readonly BenchStrategy[]): Promise<FanoutRun> {
  const { ours, stub, events } = world
  await stub.reset()
  events.reset()
  await delay(restMs)
  const before = { trading: ours.tradingUsage().cpuMs, database: world.servers.postgresUsage().cpuMs }
  const orders = strategies.reduce((sum, { followers }) => sum + followers, 0)
  const posts = strategies.map((strategy) => postAlert(ours.alertUrl, alertOf(strategy)))
  const beganMs = Math.min(...(await Promise.all(posts)))
  const [received, doneMs] = await Promise.all([stub.until(orders, fanoutLimitMs), events.until(orders)])
  await ours.settled()
  const cpuUs = perOrderUs(ours.tradingUsage().cpuMs - before.trading, orders)
  const databaseUs = perOrderUs(world.servers.postgresUsage().cpuMs - before.database, orders)
  if (received.repeated > 0) throw new Error(`${received.repeated} orders were sent twice`)
  await ours.freeFollows()
  return { lastMs: received.lastMs - beganMs, doneMs: doneMs - beganMs, cpuUs, databaseUs }
}

function perOrderUs(usedMs: number, orders: number): number {
  return (usedMs * 1_000) / orders
}

/** Interleaved, the order within a pair changing; the first pair warms connections, code and caches and is dropped. */
export async function fanoutPairs(
  world: World,
  what: string,
  pairs: number,
  sides: { raw(): Promise<FanoutRun>; ours(pair: number): Promise<FanoutRun> },
): Promise<Pairs> {
  const raw: FanoutRun[] = []
  const ours: FanoutRun[] = []
  for (let pair = 0; pair <= pairs; pair += 1) {
    const last = raw.at(-1)
    const soFar =
      last === undefined ? 'warming up' : `raw ${rounded(last.lastMs)} ms, ours ${rounded(ours.at(-1)!.lastMs)} ms`
    world.progress(`${what}: pair ${Math.max(pair, 1)} of ${pairs} (${soFar})`)
    const both = { raw: undefined as FanoutRun | undefined, ours: undefined as FanoutRun | undefined }
    for (const side of pair % 2 === 0 ? (['raw', 'ours'] as const) : (['ours', 'raw'] as const)) {
      both[side] = side === 'raw' ? await sides.raw() : await sides.ours(pair)
    }
    if (pair === 0) continue
    raw.push(both.raw!)
    ours.push(both.ours!)
  }
  return { raw, ours }
}

function medianOf(runs: readonly FanoutRun[], field: keyof FanoutRun): number {
  return median(runs.map((run) => run[field]))
}

/** The median of the pairs' own ratios would weigh noise of single runs; medians are compared, as the goals say. */
function ratioOf({ raw, ours }: Pairs, field: keyof FanoutRun): number {
  return rounded(medianOf(ours, field) / medianOf(raw, field))
}

function figures(runs: readonly FanoutRun[], field: 'lastMs' | 'doneMs'): string {
  const all = runs.map((run) => run[field])
  return `${rounded(median(all))} ms (${rounded(Math.min(...all))}-${rounded(Math.max(...all))})`
}

function cpuNote({ raw, ours }: Pairs): string {
  const show = (runs: readonly FanoutRun[]): string =>
    `${rounded(medianOf(runs, 'cpuUs'))} us (PostgreSQL ${rounded(medianOf(runs, 'databaseUs'))} us)`
  return `CPU per order: ours ${show(ours)}, raw ${show(raw)}`
}

const warmingRounds = 1

/** New processes run cold code and dial each connection: neither is what is compared. */
async function warm(world: World): Promise<void> {
  world.progress('warming both sides')
  for (let round = 0; round < warmingRounds; round += 1) {
    await runStraw(world, world.options.followers, world.wide.length)
    await runOurs(world, world.wide)
  }
}

/** One signal to all followers over so many connections, by processes that were started for it. */
export async function measureFanout(world: World, connections: number): Promise<Pairs> {
  const { followers, pairs } = world.options
  await warm(world)
  return fanoutPairs(world, `one signal, ${followers} followers, ${connections} connections`, pairs, {
    raw: () => runStraw(world, followers),
    ours: (pair) => runOurs(world, [world.wide[pair % world.wide.length]!]),
  })
}

export interface PeerTimes {
  readonly comparisons: readonly Comparison[]
  readonly skipped: readonly string[]
}

export function gateP3(world: World, pairs: Pairs, connections: number, peers: PeerTimes): Gate {
  const { followers, delayMs } = world.options
  return gateOf({
    name: `signal to last order, ${followers} followers, ${connections} connections`,
    comparisons: [
      comparisonOf({ against: 'raw', value: ratioOf(pairs, 'lastMs'), gate: 1.7, stretch: 1.3, rule: '<=' }),
      ...peers.comparisons,
    ],
    skipped: peers.skipped,
    ours: figures(pairs.ours, 'lastMs'),
    raw: figures(pairs.raw, 'lastMs'),
    floorMs: delayFloorMs(followers, connections, delayMs),
    notes: [cpuNote(pairs)],
  })
}

export function gateP4(world: World, pairs: Pairs, connections: number): Gate {
  const { followers, delayMs } = world.options
  return gateOf({
    name: `signal to last order, ${followers} followers, ${connections} connections (bound by the delay)`,
    comparisons: [
      comparisonOf({ against: 'raw', value: ratioOf(pairs, 'lastMs'), gate: 1.25, stretch: 1.1, rule: '<=' }),
    ],
    ours: figures(pairs.ours, 'lastMs'),
    raw: figures(pairs.raw, 'lastMs'),
    floorMs: delayFloorMs(followers, connections, delayMs),
  })
}

export function gateP6(world: World, pairs: Pairs, connections: number): Gate {
  const { followers, delayMs } = world.options
  return gateOf({
    name: `all results committed and their events on the bus, ${followers} followers`,
    comparisons: [comparisonOf({ against: 'raw', value: ratioOf(pairs, 'doneMs'), gate: 2, stretch: 1.5, rule: '<=' })],
    ours: figures(pairs.ours, 'doneMs'),
    raw: figures(pairs.raw, 'doneMs'),
    floorMs: delayFloorMs(followers, connections, delayMs) + delayMs,
  })
}

const idleAlerts = 20

/** P5: alerts one by one, for one follower each, on an idle system. */
export async function measureSingle(world: World): Promise<Gate> {
  await warm(world)
  // The straw man has every strategy in memory; ours has those that have signalled before.
  await runOurs(world, world.single)
  const singles = world.single
  const since = new Date()
  const found = await fanoutPairs(world, 'one follower, idle', Math.min(idleAlerts, singles.length - 1), {
    raw: () => runStraw(world, 1),
    ours: (pair) => runOurs(world, [singles[pair]!]),
  })
  return gateOf({
    name: 'one follower, idle: signal to order',
    comparisons: [
      comparisonOf({ against: 'raw', value: ratioOf(found, 'lastMs'), gate: 2.5, stretch: 1.5, rule: '<=' }),
    ],
    ours: figures(found.ours, 'lastMs'),
    raw: figures(found.raw, 'lastMs'),
    floorMs: 0,
    notes: [`ours by hop: ${await entryHops(world.ours, since)}`],
  })
}

/** P7: twenty signals at once. */
export function measureSustained(world: World): Promise<Pairs> {
  const { followers, pairs } = world.options
  const signals = world.wide.length
  return fanoutPairs(world, `${signals} signals at once, ${followers} followers each`, pairs, {
    raw: () => runStraw(world, followers, signals),
    ours: () => runOurs(world, world.wide),
  })
}

export function gateP7(world: World, pairs: Pairs, connections: number, peers: PeerTimes): Gate {
  const orders = world.options.followers * world.wide.length
  const rate = (runs: readonly FanoutRun[]): number => median(runs.map(({ lastMs }) => (orders / lastMs) * 1_000))
  return gateOf({
    name: `sustained orders a second, ${world.wide.length} signals x ${world.options.followers}`,
    comparisons: [
      comparisonOf({
        against: 'raw',
        value: rounded(rate(pairs.ours) / rate(pairs.raw)),
        gate: 0.45,
        stretch: 0.7,
        rule: '>=',
      }),
      ...peers.comparisons,
    ],
    skipped: peers.skipped,
    ours: `${Math.round(rate(pairs.ours))}/s`,
    raw: `${Math.round(rate(pairs.raw))}/s`,
    floorMs: delayFloorMs(orders, connections, world.options.delayMs),
    notes: [cpuNote(pairs)],
  })
}
