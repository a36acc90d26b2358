/**
 * `bench overload`: ten times more entries than the venue takes, while positions are opened that need their stops.
 * Called by the command. Must never measure an exit that did not have to pass waiting entries.
 */
import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { inFolder } from './kit/cleanup.ts'
import { nowMs } from './kit/clock.ts'
import { eventually } from './kit/eventually.ts'
import { machineFacts } from './kit/machine.ts'
import { type OursWorld, openOurs } from './kit/ours-world.ts'
import { postAlert } from './kit/post-alert.ts'
import { median, percentile, rounded } from './kit/statistics.ts'
import { exitHops } from './measures/hops.ts'
import { runOurs } from './measures/fanout.ts'
import { alertOf, type BenchStrategy } from './parties/followers.ts'

/** So few that the venue is the bottleneck: one order a connection and delay. */
const connections = 16
const overload = 10
const wideCount = 20
const wideFollowers = 1_000
const accounts = 4_000
const capacitySignals = 4
const exitSymbol = 'ETH/USDT'
const entrySymbol = 'BTC/USDT'
/** Of so many the p99 is the sixth from the worst, and no longer one accident. */
const idleFills = 500
const fillsPerRound = 500
const probesMost = 100
const roundCount = 2
/** The same idle and busy, so that stops meet no more of each other in one than in the other. */
const fillEveryMs = 50
const probeEveryMs = 100
const usualProbes = 3
const drainLimitMs = 170_000
const recoveryLimitMs = 60_000
const bytesPerMb = 1_048_576
const goals = { exitsMost: 2, recoveryMostMs: 10_000, memoryMost: 1.1 }
const [p95, p99] = [95, 99]
const fifths = 5

export interface Waits {
  readonly p50: number
  readonly p99: number
  readonly count: number
}

export interface OverloadRound {
  readonly offeredPerSecond: number
  readonly exits: Waits
  /** From the first alert until the last entry was placed. */
  readonly drainedMs: number
  /** From then until stops come as fast as before. */
  readonly recoveredMs: number
  /** That the system has given to the processes, at the worst moment: garbage as well. */
  readonly mostMb: number
  /** What they still hold after a collection, once its entries have ended. */
  readonly inUseMb: number
  /** Where the stops' time went. */
  readonly hops: string
}

export interface OverloadGoal {
  readonly name: string
  readonly value: number
  readonly limit: string
  readonly pass: boolean
}

export interface OverloadReport {
  readonly capacityPerSecond: number
  readonly idle: Waits
  readonly rounds: readonly OverloadRound[]
  readonly goals: Readonly<Record<'exits' | 'recovery' | 'memory', OverloadGoal>>
  readonly facts: Readonly<Record<string, string | number>>
}

export async function runOverloadBench(
  { delayMs }: { readonly delayMs: number },
  progress: (text: string) => void,
): Promise<OverloadReport> {
  return inFolder(progress, async (directory) => {
    const world = await openOurs({ directory, connections, delayMs, progress, execArgv: ['--expose-gc'] })
    await world.followers.connect(accounts, (done) => progress(`connecting accounts: ${done} of ${accounts}`))
    const sizes = Array.from({ length: wideCount }, () => wideFollowers)
    const wide = await world.followers.strategies(sizes, (done) => progress(`strategies: ${done} of ${wideCount}`))
    const holders = idleFills + roundCount * (fillsPerRound + probesMost)
    const [held] = await world.followers.strategies([holders], () => undefined, exitSymbol)
    progress('what the venue takes')
    const { lastMs } = await runOurs(world, wide.slice(0, capacitySignals))
    const capacityPerSecond = Math.round((capacitySignals * wideFollowers * 1_000) / lastMs)
    await rest(world, held!)
    progress('stops of an idle system')
    const idleHops = await watchHops(world)
    const idle = waitsOf(await fills(world, idleFills, fillEveryMs))
    const facts = {
      ...machineFacts(world.servers, delayMs),
      'load average at the start': loadavg()[0]!.toFixed(1),
      'idle stops': `p50 ${rounded(idle.p50)} ms, p99 ${rounded(idle.p99)} ms: ${await idleHops()}`,
      'memory in use before': `${await inUseMb(world)} MB`,
    }
    const rounds: OverloadRound[] = []
    for (let round = 0; round < roundCount; round += 1) {
      progress(`overload, round ${round + 1} of ${roundCount}`)
      const measured = await overloadOnce(world, wide, { capacityPerSecond, idle })
      await world.ours.freeFollows(entrySymbol)
      rounds.push({ ...measured, inUseMb: await inUseMb(world) })
    }
    await world.close()
    return { capacityPerSecond, idle, rounds, goals: goalsOf(idle, rounds), facts }
  })
}

/** Entries that wait at the venue to be filled when we want it. */
async function rest({ ours, stub }: OursWorld, strategy: BenchStrategy): Promise<void> {
  await stub.reset()
  await postAlert(ours.alertUrl, alertOf(strategy))
  await stub.until(strategy.followers, drainLimitMs)
  await ours.settled()
}

/** Fills so many entries one after the other; answers how long each stop took. */
async function fills(
  world: OursWorld,
  count: number,
  everyMs: number,
  goesOn = (): boolean => true,
): Promise<number[]> {
  const { stub } = world
  await stub.exitDelays()
  for (let filled = 0; filled < count && goesOn(); filled += 1) {
    if (!(await stub.fillNext(exitSymbol))) throw new Error('no entry is left that could be filled')
    await delay(everyMs)
  }
  const found: number[] = []
  await eventually('every fill has its stop', recoveryLimitMs, async () => {
    const { delaysMs, missing } = await stub.exitDelays()
    found.push(...delaysMs)
    return missing === 0
  })
  return found
}

interface Usual {
  readonly capacityPerSecond: number
  readonly idle: Waits
}

async function overloadOnce(
  world: OursWorld,
  wide: readonly BenchStrategy[],
  { capacityPerSecond, idle }: Usual,
): Promise<Omit<OverloadRound, 'inUseMb'>> {
  const { ours, stub } = world
  await stub.reset()
  let mostBytes = 0
  const watch = setInterval(() => (mostBytes = Math.max(mostBytes, ours.tradingUsage().rssBytes)), probeEveryMs)
  const everyMs = (wideFollowers * 1_000) / (capacityPerSecond * overload)
  const hops = await watchHops(world)
  const beganMs = nowMs()
  const sending = offer(ours.alertUrl, wide, everyMs)
  let drained = false
  // Told by the venue: to ask the database again and again would be work that only the exits of a round meet.
  const drain = stub.until(wideCount * wideFollowers, drainLimitMs).then(() => (drained = true))
  const waits = await fills(world, fillsPerRound, fillEveryMs, () => !drained)
  const offeredMs = await sending
  await drain
  const drainedMs = nowMs() - beganMs
  const spent = await hops()
  const recoveredMs = await recovery(world, idle)
  clearInterval(watch)
  return {
    offeredPerSecond: Math.round((wide.length * wideFollowers * 1_000) / offeredMs),
    exits: waitsOf(waits),
    drainedMs,
    recoveredMs,
    mostMb: Math.round(mostBytes / bytesPerMb),
    hops: `${byFifths(waits)}; ${spent}`,
  }
}

async function inUseMb({ ours }: OursWorld): Promise<number> {
  return Math.round((await ours.heapInUseBytes()).reduce((sum, bytes) => sum + bytes, 0) / bytesPerMb)
}

interface Stalls {
  readonly deadlocks: number
  readonly files: number
}

/** What kept everybody from writing: deadlocks, and files of the log that had to be made. */
const stallsSql = `select
    (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks,
    (select coalesce(sum(fsyncs), 0)::int from pg_stat_io where object = 'wal' and context = 'init') as files`

/** Answers what tells where the time of the stops since now went. */
async function watchHops({ ours }: OursWorld): Promise<() => Promise<string>> {
  const since = new Date()
  await ours.loopDelays()
  const before = await ours.ask<Stalls>(stallsSql)
  return async () => {
    const { deadlocks, files } = await ours.ask<Stalls>(stallsSql)
    const stalls = `PostgreSQL: ${deadlocks - before.deadlocks} deadlocks, ${files - before.files} log files made`
    const delays = await ours.loopDelays()
    const each = delays.map(({ p99: busyMs, most }) => `${rounded(busyMs)} ms (most ${rounded(most)})`)
    const busy = `event loops busy at a time, p99: ${each.join(' and ')}`
    return `${await exitHops(ours, exitSymbol, since)}; ${busy}; ${stalls}`
  }
}

/** Answers how long it took. */
async function offer(url: string, wide: readonly BenchStrategy[], everyMs: number): Promise<number> {
  const beganMs = nowMs()
  const posts: Promise<unknown>[] = []
  for (const [index, strategy] of wide.entries()) {
    await delay(Math.max(0, beganMs + index * everyMs - nowMs()))
    posts.push(postAlert(url, alertOf(strategy)))
  }
  await Promise.all(posts)
  return Math.max(nowMs() - beganMs, wide.length * everyMs)
}

/** Until some stops in a row come within twice the idle median. */
async function recovery(world: OursWorld, idle: Waits): Promise<number> {
  const beganMs = nowMs()
  let inARow = 0
  for (let probe = 0; probe < probesMost && inARow < usualProbes; probe += 1) {
    const [waitedMs] = await fills(world, 1, 0)
    inARow = waitedMs! <= idle.p50 * goals.exitsMost ? inARow + 1 : 0
    if (inARow < usualProbes) await delay(probeEveryMs)
  }
  return inARow >= usualProbes ? nowMs() - beganMs : Number.POSITIVE_INFINITY
}

/** In the order in which the stops came, so that it shows when they were late: while entries are planned, or all along. */
function byFifths(delaysMs: readonly number[]): string {
  const size = Math.ceil(delaysMs.length / fifths)
  const parts = Array.from({ length: fifths }, (_, part) => delaysMs.slice(part * size, (part + 1) * size))
  const each = parts.filter((part) => part.length > 0).map((part) => rounded(percentile(part, p95)))
  return `p95 by fifths of the round ${each.join(', ')} ms`
}

function waitsOf(delaysMs: readonly number[]): Waits {
  return { p50: median(delaysMs), p99: percentile(delaysMs, p99), count: delaysMs.length }
}

function goalsOf(idle: Waits, rounds: readonly OverloadRound[]): OverloadReport['goals'] {
  const exits = rounded(Math.max(...rounds.map((round) => round.exits.p99)) / idle.p99)
  const recoveredMs = Math.round(Math.max(...rounds.map((round) => round.recoveredMs)))
  const memory = rounded(rounds.at(-1)!.inUseMb / rounds[0]!.inUseMb)
  return {
    exits: {
      name: 'stops under overload to idle, p99',
      value: exits,
      limit: `<= ${goals.exitsMost}`,
      pass: exits <= goals.exitsMost,
    },
    recovery: {
      name: 'milliseconds until stops come as before',
      value: recoveredMs,
      limit: `<= ${goals.recoveryMostMs}`,
      pass: recoveredMs <= goals.recoveryMostMs,
    },
    memory: {
      name: 'memory in use after the second overload to that after the first',
      value: memory,
      limit: `<= ${goals.memoryMost}`,
      pass: memory <= goals.memoryMost,
    },
  }
}
