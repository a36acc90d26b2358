/** The order of the measures: servers once, then each part on databases of its own. Called by the command. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bench, type BenchOptions, wants, type World } from './kit/bench.ts'
import { inFolder } from './kit/cleanup.ts'
import { EventCounter } from './kit/event-counter.ts'
import { machineFacts } from './kit/machine.ts'
import { type BenchReport, comparisonOf, type Gate, type Growth } from './kit/report.ts'
import { startServers } from './kit/servers.ts'
import { median, rounded } from './kit/statistics.ts'
import * as fanout from './measures/fanout.ts'
import { measureGrowth } from './measures/growth.ts'
import { measureHistory } from './measures/history.ts'
import { measureIntake } from './measures/intake.ts'
import { measurePeers, type PeersResult } from './measures/peers.ts'
import { StatementTimes } from './kit/statement-times.ts'
import { measureProcesses } from './measures/processes.ts'
import { measureRecovery } from './measures/recovery.ts'
import { measureRelay } from './measures/relay.ts'
import { type BenchStrategy, Followers } from './parties/followers.ts'
import { Ours } from './parties/ours.ts'
import { StrawMan } from './parties/straw-man.ts'
import { Stub } from './parties/stub.ts'

const manyConnections = 512
const fewConnections = 128
const sustainedSignals = 20
const singleStrategies = 21
const accountsPerFollower = 4
const largeFollowers = 10_000
const growthSizes = [10, 100]

interface Found {
  readonly gates: Record<string, Gate>
  readonly growth: Growth[]
}

export async function runFanoutBench(options: BenchOptions, progress: (text: string) => void): Promise<BenchReport> {
  if (options.profile !== undefined) await mkdir(options.profile, { recursive: true })
  return inFolder(progress, async (directory) => {
    progress('starting PostgreSQL and nats-server')
    const servers = await startServers(directory, progress)
    const stub = await Stub.start(join(directory, 'stub.log'), options.delayMs)
    const bench: Bench = { options, directory, servers, stub, progress }
    const found: Found = { gates: {}, growth: [] }
    if (wants(options, 'P1', 'P2')) {
      const { gates, growth } = await measureIntake(bench)
      Object.assign(found.gates, gates)
      found.growth.push(...growth)
    }
    if (wants(options, 'P3', 'P4', 'P5', 'P6', 'P7', 'P15', 'growth')) await measureWorld(bench, found)
    if (wants(options, 'P8')) found.gates['P8'] = await measureRelay(bench)
    if (wants(options, 'P12', 'P14')) Object.assign(found.gates, (await measureProcesses(bench)).gates)
    await stub.stop()
    return { gates: sorted(found.gates), growth: found.growth, facts: machineFacts(servers, options.delayMs) }
  })
}

function sorted(gates: Readonly<Record<string, Gate>>): Record<string, Gate> {
  const place = (key: string): number => Number(key.slice(1))
  return Object.fromEntries(Object.entries(gates).toSorted(([left], [right]) => place(left) - place(right)))
}

async function measureWorld(bench: Bench, { gates, growth }: Found): Promise<void> {
  const { options } = bench
  const peers = await peersOf(bench)
  const world = await openWorld(bench)
  try {
    if (wants(options, 'P5')) gates['P5'] = await fanout.measureSingle(world)
    if (wants(options, 'P3', 'P6', 'P15')) {
      const pairs = await fanout.measureFanout(world, manyConnections)
      gates['P3'] = fanout.gateP3(world, pairs, manyConnections, timesOf(peers, pairs))
      gates['P6'] = fanout.gateP6(world, pairs, manyConnections)
      if (wants(options, 'P15')) {
        const uninterruptedMs = median(pairs.ours.map(({ lastMs }) => lastMs))
        gates['P15'] = await measureRecovery(world, manyConnections, uninterruptedMs)
      }
    }
    if (wants(options, 'P7')) {
      const statements = options.profile === undefined ? undefined : await StatementTimes.begin(world.ours)
      const pairs = await fanout.measureSustained(world)
      await statements?.write(join(options.profile ?? '', 'statements.txt'))
      gates['P7'] = fanout.gateP7(world, pairs, manyConnections, ratesOf(world, peers, pairs))
    }
    if (wants(options, 'growth')) growth.push(...(await measureGrowth(world, manyConnections)))
    if (options.historyRows > 0) growth.push(await measureHistory(world))
    if (wants(options, 'P4')) {
      await world.straw.startWorker(fewConnections)
      await world.ours.startTrading(fewConnections)
      gates['P4'] = fanout.gateP4(world, await fanout.measureFanout(world, fewConnections), fewConnections)
    }
  } finally {
    await closeWorld(world)
  }
}

async function peersOf(bench: Bench): Promise<PeersResult> {
  const { options } = bench
  if (!options.peers) return { figures: new Map(), skipped: ['BullMQ and pg-boss: --no-peers'] }
  if (!wants(options, 'P3', 'P7')) return { figures: new Map(), skipped: [] }
  return measurePeers(bench, manyConnections, wants(options, 'P7') ? options.followers * sustainedSignals : 0)
}

async function openWorld(bench: Bench): Promise<World> {
  const { servers, stub, directory, options, progress } = bench
  progress('starting the straw man and ours')
  const common = { natsUrl: servers.natsUrl, exchangeUrl: stub.url }
  const strawLog = join(directory, 'straw.log')
  const straw = await StrawMan.prepare({ ...common, databaseUrl: await servers.database('straw'), logFile: strawLog })
  await straw.startGateway()
  await straw.startWorker(manyConnections)
  const ours = await Ours.prepare({
    databaseUrl: await servers.database('ours'),
    natsUrl: servers.natsUrl,
    stub,
    logFile: join(directory, 'ours.log'),
    ...(options.profile === undefined ? {} : { execArgv: ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] }),
  })
  await ours.startIntake()
  await ours.startTrading(manyConnections)
  const followers = await Followers.open(ours)
  const wideCount = wants(options, 'P7', 'growth') ? sustainedSignals : Math.min(sustainedSignals, options.pairs + 1)
  // Nobody follows all strategies: those of twenty signals at once have as many accounts as four of them together.
  const spread = options.followers * (wideCount === sustainedSignals ? accountsPerFollower : 1)
  const accounts = options.large ? Math.max(largeFollowers, spread) : spread
  await followers.connect(accounts, (done) => progress(`connecting accounts: ${done} of ${accounts}`))
  const sizes = [...growthSizes, options.followers, ...(options.large ? [largeFollowers] : [])]
  const all = [
    ...Array.from({ length: wideCount }, () => options.followers),
    ...Array.from({ length: singleStrategies }, () => 1),
    ...sizes,
  ]
  const made = await followers.strategies(all, (done) => progress(`strategies with follows: ${done} of ${all.length}`))
  const sized = new Map<number, BenchStrategy>(
    made.slice(wideCount + singleStrategies).map((strategy) => [strategy.followers, strategy]),
  )
  const events = await EventCounter.open(servers.natsUrl)
  const wide = made.slice(0, wideCount)
  const single = made.slice(wideCount, wideCount + singleStrategies)
  return { ...bench, straw, ours, followers, events, wide, single, sized }
}

async function closeWorld({ followers, ours, straw, events }: World): Promise<void> {
  await events.close()
  await followers.close()
  await ours.stop()
  await straw.stop()
}

/** P3 beside the queues: the same work, and the fastest that only posts. */
function timesOf({ figures, skipped }: PeersResult, pairs: fanout.Pairs): fanout.PeerTimes {
  const oursMs = median(pairs.ours.map(({ lastMs }) => lastMs))
  const comparisons = []
  for (const [name, gate, stretch] of [
    ['BullMQ', 0.4, 0.3],
    ['pg-boss', 0.8, 0.5],
  ] as const) {
    const ms = figures.get(name)?.sameWorkMs
    if (ms === undefined) continue
    const against = `${name}, same work (${rounded(ms)} ms)`
    comparisons.push(comparisonOf({ against, value: rounded(oursMs / ms), gate, stretch, rule: '<=' }))
  }
  const fastest = [...figures].toSorted(([, left], [, right]) => left.postOnlyMs - right.postOnlyMs)[0]
  if (fastest !== undefined) {
    const [name, { postOnlyMs }] = fastest
    const against = `${name}, POST only (${rounded(postOnlyMs)} ms)`
    comparisons.push(comparisonOf({ against, value: rounded(oursMs / postOnlyMs), gate: 1.3, stretch: 1, rule: '<=' }))
  }
  return { comparisons, skipped }
}

function ratesOf(world: World, { figures, skipped }: PeersResult, pairs: fanout.Pairs): fanout.PeerTimes {
  const orders = world.options.followers * world.wide.length
  const ours = median(pairs.ours.map(({ lastMs }) => (orders / lastMs) * 1_000))
  const rate = figures.get('BullMQ')?.sameWorkPerSecond
  if (rate === undefined) return { comparisons: [], skipped }
  const against = `BullMQ, same work (${Math.round(rate)}/s)`
  return {
    comparisons: [comparisonOf({ against, value: rounded(ours / rate), gate: 2, stretch: 4, rule: '>=' })],
    skipped,
  }
}
