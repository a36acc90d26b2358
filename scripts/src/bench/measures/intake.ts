/** P1, P2 and what accepting costs as followers grow: process A alone, ours and the straw man in turns. Called by the bench. */
import { jetstreamManager } from '@nats-io/jetstream'
import { streamNames } from '@tradewire/bus/streams'
import { connect } from 'nats'
import { join } from 'node:path'
import type { Bench } from '../kit/bench.ts'
import { BenchChild } from '../kit/child.ts'
import { postAlert } from '../kit/post-alert.ts'
import { comparisonOf, type Gate, gateOf, type Growth } from '../kit/report.ts'
import { median, percentile, rounded } from '../kit/statistics.ts'
import type { LoadPlan, LoadResult } from '../load-generator.ts'
import { alertOf, type BenchStrategy, Followers } from '../parties/followers.ts'
import { Ours } from '../parties/ours.ts'
import { StrawMan } from '../parties/straw-man.ts'

export interface IntakeResult {
  readonly gates: Readonly<Record<string, Gate>>
  readonly growth: readonly Growth[]
}

const loadConnections = 64
const burstMs = 2_000
const steadyMs = 3_000
const steadyPerSecond = 1_000
const idleRequests = 150
const concurrentAlerts = 64
const largeFollowers = 10_000
const smallFollowers = 10
const latencyMostMs = 100

interface Intake extends Bench {
  readonly straw: StrawMan
  readonly slowStraw: StrawMan
  readonly ours: Ours
  readonly small: BenchStrategy
  readonly large: BenchStrategy
  readonly load: BenchChild
}

/** Starts both intakes on databases of their own and ends them; nothing of it is left on the bus. */
export async function measureIntake(bench: Bench): Promise<IntakeResult> {
  const intake = await open(bench)
  try {
    const rates = await measureRates(intake)
    const latency = await measureLatency(intake)
    const growth = [await measureAcceptGrowth(intake), await countCommits(intake)]
    return { gates: { P1: gateP1(rates), P2: latency }, growth }
  } finally {
    await close(intake)
  }
}

async function open(bench: Bench): Promise<Intake> {
  bench.progress('intake: starting both sides')
  const { servers, stub, directory, options } = bench
  const strawSettings = { natsUrl: servers.natsUrl, exchangeUrl: stub.url, logFile: join(directory, 'straw.log') }
  const straw = await StrawMan.prepare({ ...strawSettings, databaseUrl: await servers.database('straw_intake') })
  await straw.startGateway('micro-batched')
  const slowStraw = await StrawMan.prepare({ ...strawSettings, databaseUrl: await servers.database('straw_slow') })
  await slowStraw.startGateway('per-request')
  const databaseUrl = await servers.database('ours_intake')
  const ours = await Ours.prepare({
    databaseUrl,
    natsUrl: servers.natsUrl,
    stub,
    logFile: join(directory, 'intake.log'),
    ...(options.profile === undefined ? {} : { execArgv: ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] }),
  })
  await ours.startIntake()
  const followers = await Followers.open(ours)
  bench.progress(`intake: a strategy with ${largeFollowers} follows`)
  await followers.pretendAccounts(largeFollowers)
  const [small, large] = await followers.strategiesUnheard([smallFollowers, largeFollowers])
  await followers.close()
  const load = await BenchChild.start({ entry: 'load-generator', logFile: join(directory, 'load.log') })
  return { ...bench, straw, slowStraw, ours, small: small!, large: large!, load }
}

async function close({ straw, slowStraw, ours, load, servers }: Intake): Promise<void> {
  await straw.forgetSignals()
  await Promise.all([load.stop(), straw.stop(), slowStraw.stop(), ours.stop()])
  const nats = await connect({ servers: servers.natsUrl })
  const manager = await jetstreamManager(nats)
  // The next part starts with empty streams on other databases.
  for (const stream of streamNames) await manager.streams.delete(stream)
  await nats.close()
}

/** Splits an alert around its number. */
function planOf(url: string, body: string, plan: Pick<LoadPlan, 'connections' | 'durationMs' | 'perSecond'>): LoadPlan {
  const at = body.indexOf('"alertId":"') + '"alertId":"'.length
  return { url, before: body.slice(0, at), after: body.slice(body.indexOf('"', at)), ...plan }
}

async function load(intake: Intake, url: string, body: string, plan: Partial<LoadPlan>): Promise<LoadResult> {
  const full = { connections: loadConnections, durationMs: burstMs, perSecond: 0, ...plan }
  const result = await intake.load.call<LoadResult>('run', planOf(url, body, full))
  if (result.failed > 0) throw new Error(`${result.failed} alerts were refused`)
  return result
}

function rateOf({ answered, tookMs }: LoadResult): number {
  return (answered / tookMs) * 1_000
}

interface Rates {
  readonly raw: number[]
  readonly perRequest: number[]
  readonly ours: number[]
  /** Of the accepting process, and of PostgreSQL with all its processes; an alert. */
  readonly cpuUs: { readonly raw: Cost[]; readonly ours: Cost[] }
}

interface Cost {
  readonly accepting: number
  readonly database: number
}

async function measureRates(intake: Intake): Promise<Rates> {
  const { straw, slowStraw, ours, small, options } = intake
  const rates: Rates = { raw: [], perRequest: [], ours: [], cpuUs: { raw: [], ours: [] } }
  for (let pair = 0; pair <= options.pairs; pair += 1) {
    intake.progress(`accept rate: round ${Math.max(pair, 1)} of ${options.pairs}`)
    const raw = await weighed(
      intake,
      () => straw.gatewayUsage().cpuMs,
      () => load(intake, straw.alertUrl, straw.alert(1), {}),
    )
    const perRequest = await load(intake, slowStraw.alertUrl, straw.alert(1), { durationMs: burstMs / 2 })
    const own = await weighed(
      intake,
      () => ours.intakeUsage().cpuMs,
      () => load(intake, ours.alertUrl, alertOf(small), {}),
    )
    if (pair === 0) continue
    rates.raw.push(rateOf(raw.result))
    rates.perRequest.push(rateOf(perRequest))
    rates.ours.push(rateOf(own.result))
    rates.cpuUs.raw.push(raw.cost)
    rates.cpuUs.ours.push(own.cost)
  }
  return rates
}

async function weighed(
  { servers }: Intake,
  cpuMs: () => number,
  work: () => Promise<LoadResult>,
): Promise<{ readonly result: LoadResult; readonly cost: Cost }> {
  const before = { accepting: cpuMs(), database: servers.postgresUsage().cpuMs }
  const result = await work()
  const us = (spentMs: number): number => (spentMs * 1_000) / result.answered
  const cost = {
    accepting: us(cpuMs() - before.accepting),
    database: us(servers.postgresUsage().cpuMs - before.database),
  }
  return { result, cost }
}

function costText(costs: readonly Cost[]): string {
  const of = (part: keyof Cost): string => `${rounded(median(costs.map((cost) => cost[part])))} us`
  return `${of('accepting')} (PostgreSQL ${of('database')})`
}

function gateP1({ raw, perRequest, ours, cpuUs }: Rates): Gate {
  const value = median(ours) / median(raw)
  const perRequestValue = median(ours) / median(perRequest)
  return gateOf({
    name: `alerts accepted a second, ${loadConnections} connections`,
    comparisons: [
      comparisonOf({ against: 'raw', value: rounded(value), gate: 0.55, stretch: 0.75, rule: '>=' }),
      comparisonOf({
        against: 'one transaction per request',
        value: rounded(perRequestValue),
        gate: 1.3,
        stretch: 1.3,
        rule: '>=',
      }),
    ],
    ours: `${Math.round(median(ours))}/s`,
    raw: `${Math.round(median(raw))}/s; per request ${Math.round(median(perRequest))}/s`,
    notes: [
      `CPU per alert: ours ${costText(cpuUs.ours)}, raw ${costText(cpuUs.raw)}`,
      'ours also verifies the secret, validates, looks for duplicates and writes the event; raw does not',
    ],
  })
}

async function measureLatency(intake: Intake): Promise<Gate> {
  const { straw, ours, small, options } = intake
  const idle = { raw: [] as number[], ours: [] as number[] }
  const busy = { raw: [] as number[], ours: [] as number[] }
  const steady = { durationMs: steadyMs, perSecond: steadyPerSecond }
  for (let pair = 0; pair <= options.pairs; pair += 1) {
    intake.progress(`accept latency: round ${Math.max(pair, 1)} of ${options.pairs}`)
    const one = { connections: 1, perSecond: idleRequests, durationMs: 1_000 }
    const rawIdle = await load(intake, straw.alertUrl, straw.alert(1), one)
    const oursIdle = await load(intake, ours.alertUrl, alertOf(small), one)
    const rawBusy = await load(intake, straw.alertUrl, straw.alert(1), steady)
    const oursBusy = await load(intake, ours.alertUrl, alertOf(small), steady)
    if (pair === 0) continue
    idle.raw.push(percentile(rawIdle.latenciesMs, 50))
    idle.ours.push(percentile(oursIdle.latenciesMs, 50))
    busy.raw.push(percentile(rawBusy.latenciesMs, 99))
    busy.ours.push(percentile(oursBusy.latenciesMs, 99))
  }
  const [idleRaw, idleOurs, busyRaw, busyOurs] = [idle.raw, idle.ours, busy.raw, busy.ours].map(median) as [
    number,
    number,
    number,
    number,
  ]
  return gateOf({
    name: `accept latency, idle p50; p99 at ${steadyPerSecond}/s`,
    comparisons: [
      comparisonOf({ against: 'raw, idle p50', value: rounded(idleOurs / idleRaw), gate: 2, stretch: 1.4, rule: '<=' }),
      comparisonOf({ against: 'raw, busy p99', value: rounded(busyOurs / busyRaw), gate: 3, stretch: 1.5, rule: '<=' }),
      comparisonOf({
        against: `${latencyMostMs} ms, busy p99`,
        value: rounded(busyOurs),
        gate: latencyMostMs,
        stretch: latencyMostMs,
        rule: '<=',
      }),
    ],
    ours: `${rounded(idleOurs)} ms; ${rounded(busyOurs)} ms`,
    raw: `${rounded(idleRaw)} ms; ${rounded(busyRaw)} ms`,
  })
}

const acceptGrowthMost = 1.15

async function measureAcceptGrowth(intake: Intake): Promise<Growth> {
  const { ours, small, large, options } = intake
  const rates = { small: [] as number[], large: [] as number[] }
  for (let pair = 0; pair < options.pairs; pair += 1) {
    intake.progress(`accept growth: round ${pair + 1} of ${options.pairs}`)
    rates.small.push(rateOf(await load(intake, ours.alertUrl, alertOf(small), { durationMs: burstMs / 2 })))
    rates.large.push(rateOf(await load(intake, ours.alertUrl, alertOf(large), { durationMs: burstMs / 2 })))
  }
  const ratio = median(rates.small) / median(rates.large)
  return {
    name: 'accept rate with 10 followers / with 10,000',
    values: { '10': Math.round(median(rates.small)), '10000': Math.round(median(rates.large)), ratio: rounded(ratio) },
    limit: `ratio <= ${acceptGrowthMost}`,
    pass: ratio <= acceptGrowthMost,
  }
}

const commitsMost = 8
const commitRounds = 10

/** Rows of one commit carry the same transaction id. */
async function countCommits({ ours, small }: Intake): Promise<Growth> {
  const commits: number[] = []
  for (let round = 0; round < commitRounds; round += 1) {
    const { last } = await ours.ask<{ last: string | null }>('select max(id::text) as last from signals.signal')
    await Promise.all(Array.from({ length: concurrentAlerts }, () => postAlert(ours.alertUrl, alertOf(small))))
    const { count } = await ours.ask<{ count: number }>(
      'select count(distinct xmin::text)::int as count from signals.signal where id > $1::uuid',
      [last],
    )
    commits.push(count)
  }
  const value = median(commits)
  return {
    name: `commits for ${concurrentAlerts} concurrent alerts`,
    values: { median: value, most: Math.max(...commits) },
    limit: `<= ${commitsMost}`,
    pass: value <= commitsMost,
  }
}
