/** What one signal costs: time, statements, messages, processors, memory. Called by the growth bench for each size. */
import { jetstreamManager } from '@nats-io/jetstream'
import { streamNames } from '@tradewire/bus/streams'
import { connect } from 'nats'
import { setTimeout as delay } from 'node:timers/promises'
import type { OursBench } from '../kit/bench.ts'
import { eventually } from '../kit/eventually.ts'
import { postAlert } from '../kit/post-alert.ts'
import { median } from '../kit/statistics.ts'
import { alertOf, type BenchStrategy } from '../parties/followers.ts'
import type { Ours } from '../parties/ours.ts'
import { type FanoutRun, runOurs } from './fanout.ts'

const idleMs = 2_500
const reloadMs = 200
const fanoutLimitMs = 120_000
const roundsPerSize = 3
const memoryPollMs = 20
const usPerMs = 1_000
const calmLimitMs = 120_000
const calmPollMs = 3_000
const calmBytes = 1_048_576

export interface TimeCost {
  readonly lastMs: number
  readonly doneMs: number
  /** Of the process that plans and sends. */
  readonly cpuMs: number
  readonly databaseCpuMs: number
}

/** Medians of some rounds; the first one warms and is dropped. */
export async function timeCost(bench: OursBench, strategy: BenchStrategy): Promise<TimeCost> {
  const runs: FanoutRun[] = []
  for (let round = 0; round <= roundsPerSize; round += 1) {
    bench.progress(`time with ${strategy.followers} followers: round ${Math.max(round, 1)} of ${roundsPerSize}`)
    const run = await runOurs(bench, [strategy])
    if (round > 0) runs.push(run)
  }
  const of = (field: keyof FanoutRun): number => median(runs.map((run) => run[field]))
  const inMs = (us: number): number => (us * strategy.followers) / usPerMs
  return { lastMs: of('lastMs'), doneMs: of('doneMs'), cpuMs: inMs(of('cpuUs')), databaseCpuMs: inMs(of('databaseUs')) }
}

interface StatementRow {
  readonly query: string
  readonly calls: number
}

/** Counts statements of our roles. What also runs when idle, by its text, is not the signal's. */
export class StatementCounter {
  private constructor(
    private readonly bench: OursBench,
    private readonly idle: ReadonlySet<string>,
  ) {}

  static async begin(bench: OursBench): Promise<StatementCounter> {
    const { ours } = bench
    await ours.ask('create extension if not exists pg_stat_statements')
    await ours.ask(`alter system set pg_stat_statements.track = 'top'`)
    await ours.ask('select pg_reload_conf()')
    await delay(reloadMs)
    bench.progress('statements of an idle system')
    await ours.ask('select pg_stat_statements_reset()')
    await delay(idleMs)
    return new StatementCounter(bench, new Set((await statements(bench)).map(({ query }) => query)))
  }

  /** Until all is settled and before the follows are freed. */
  async of(strategy: BenchStrategy): Promise<number> {
    const { ours, stub, progress } = this.bench
    progress(`statements of one signal with ${strategy.followers} followers`)
    await stub.reset()
    await ours.ask('select pg_stat_statements_reset()')
    await postAlert(ours.alertUrl, alertOf(strategy))
    await stub.until(strategy.followers, fanoutLimitMs)
    await ours.settled()
    const used = await statements(this.bench)
    await ours.freeFollows()
    return used.filter(({ query }) => !this.idle.has(query)).reduce((sum, { calls }) => sum + calls, 0)
  }

  async end(): Promise<void> {
    const { ours } = this.bench
    await ours.ask(`alter system set pg_stat_statements.track = 'none'`)
    await ours.ask('select pg_reload_conf()')
  }
}

async function statements({ ours }: OursBench): Promise<StatementRow[]> {
  const { rows } = await ours.admin.query<StatementRow>(
    `select s.query, sum(s.calls)::int as calls from pg_stat_statements s join pg_roles r on r.oid = s.userid
     where r.rolname like 'bench_%' group by s.query order by calls desc`,
  )
  return rows
}

/** Messages that the streams took while one signal went through. */
export async function messageCost(
  { ours, stub, servers, progress }: OursBench,
  strategy: BenchStrategy,
): Promise<number> {
  progress(`bus messages of one signal with ${strategy.followers} followers`)
  const nats = await connect({ servers: servers.natsUrl })
  const manager = await jetstreamManager(nats)
  const taken = async (): Promise<number> => {
    const infos = await Promise.all(streamNames.map((name) => manager.streams.info(name)))
    return infos.reduce((sum, { state }) => sum + state.last_seq, 0)
  }
  const before = await taken()
  await stub.reset()
  await postAlert(ours.alertUrl, alertOf(strategy))
  await stub.until(strategy.followers, fanoutLimitMs)
  await ours.settled()
  const messages = (await taken()) - before
  await ours.freeFollows()
  await nats.close()
  return messages
}

/** A process that has just started reads its accounts: with many of them its memory grows for a while. */
async function untilCalm(ours: Ours): Promise<void> {
  let before = 0
  await eventually('the started process is calm', calmLimitMs, async () => {
    await delay(calmPollMs)
    const { rssBytes } = ours.tradingUsage()
    const grown = rssBytes - before
    before = rssBytes
    return Math.abs(grown) < calmBytes
  })
}

export interface MemoryCost {
  readonly idleBytes: number
  readonly mostBytes: number
}

/** The most memory while these are signalled at once, over what a process that was just started has. */
export async function memoryCost(
  bench: OursBench,
  connections: number,
  strategies: readonly BenchStrategy[],
  warming: BenchStrategy,
): Promise<MemoryCost> {
  const { ours } = bench
  // A process that has had a burst keeps what it grew to; the rule concerns what a burst adds to an idle one.
  await ours.startTrading(connections)
  await untilCalm(ours)
  await runOurs(bench, [warming])
  const idleBytes = ours.tradingUsage().rssBytes
  let mostBytes = idleBytes
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, ours.tradingUsage().rssBytes)
  }, memoryPollMs)
  await runOurs(bench, strategies)
  clearInterval(timer)
  return { idleBytes, mostBytes }
}
