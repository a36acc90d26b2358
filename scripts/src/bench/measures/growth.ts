/** How each cost grows with followers: statements, messages, time, memory. Called by the bench. */
import { jetstreamManager } from '@nats-io/jetstream'
import { streamNames } from '@tradewire/bus/streams'
import { connect } from 'nats'
import { setTimeout as delay } from 'node:timers/promises'
import type { World } from '../kit/bench.ts'
import { postAlert } from '../kit/post-alert.ts'
import type { Growth } from '../kit/report.ts'
import { median, rounded } from '../kit/statistics.ts'
import { alertOf, type BenchStrategy } from '../parties/followers.ts'
import { runOurs } from './fanout.ts'

const statementsMost = 12
const idleMs = 2_500
const reloadMs = 200
const fanoutLimitMs = 120_000
const messagesPerOrderMost = 0.1
const messagesBesidesMost = 40
const roundsPerSize = 3
const memoryMostKb = 10
const memoryPollMs = 20
const bytesPerKb = 1_024

export async function measureGrowth(world: World, connections: number): Promise<Growth[]> {
  return [
    await countStatements(world),
    await countMessages(world),
    await measureTimes(world),
    await measureMemory(world, connections),
  ]
}

interface StatementRow {
  readonly query: string
  readonly calls: number
}

/** Statements of our roles while one signal goes through. What also runs when idle, by its text, is not the signal's. */
async function countStatements(world: World): Promise<Growth> {
  const { ours, sized, options } = world
  await ours.ask('create extension if not exists pg_stat_statements')
  await ours.ask(`alter system set pg_stat_statements.track = 'top'`)
  await ours.ask('select pg_reload_conf()')
  await delay(reloadMs)
  world.progress('statements of an idle system')
  await ours.ask('select pg_stat_statements_reset()')
  await delay(idleMs)
  const idle = new Set((await statements(world)).map(({ query }) => query))
  const values: Record<string, number> = {}
  for (const [followers, strategy] of sized) {
    world.progress(`statements of one signal with ${followers} followers`)
    const used = await statementsOf(world, strategy)
    values[String(followers)] = used.filter(({ query }) => !idle.has(query)).reduce((sum, { calls }) => sum + calls, 0)
  }
  await ours.ask(`alter system set pg_stat_statements.track = 'none'`)
  await ours.ask('select pg_reload_conf()')
  const most = values[String(options.followers)] ?? Number.NaN
  return {
    name: 'database statements of one signal, by followers',
    values,
    limit: `<= ${statementsMost} with ${options.followers}`,
    pass: most <= statementsMost,
  }
}

/** Until all is settled and before the follows are freed. */
async function statementsOf(world: World, strategy: BenchStrategy): Promise<StatementRow[]> {
  const { ours, stub } = world
  await stub.reset()
  await ours.ask('select pg_stat_statements_reset()')
  await postAlert(ours.alertUrl, alertOf(strategy))
  await stub.until(strategy.followers, fanoutLimitMs)
  await ours.settled()
  const used = await statements(world)
  await ours.freeFollows()
  return used
}

async function statements({ ours }: World): Promise<StatementRow[]> {
  const { rows } = await ours.admin.query<StatementRow>(
    `select s.query, sum(s.calls)::int as calls from pg_stat_statements s join pg_roles r on r.oid = s.userid
     where r.rolname like 'bench_%' group by s.query order by calls desc`,
  )
  return rows
}

/** Messages that the streams took while one signal went through. */
async function countMessages(world: World): Promise<Growth> {
  const { ours, stub, sized, servers } = world
  const nats = await connect({ servers: servers.natsUrl })
  const manager = await jetstreamManager(nats)
  const taken = async (): Promise<number> => {
    const infos = await Promise.all(streamNames.map((name) => manager.streams.info(name)))
    return infos.reduce((sum, { state }) => sum + state.last_seq, 0)
  }
  const values: Record<string, number> = {}
  let pass = true
  for (const [followers, strategy] of sized) {
    world.progress(`bus messages of one signal with ${followers} followers`)
    const before = await taken()
    await stub.reset()
    await postAlert(ours.alertUrl, alertOf(strategy))
    await stub.until(followers, fanoutLimitMs)
    await ours.settled()
    const messages = (await taken()) - before
    values[String(followers)] = messages
    pass &&= messages <= messagesPerOrderMost * followers + messagesBesidesMost
    await ours.freeFollows()
  }
  await nats.close()
  return {
    name: 'bus messages of one signal, by followers',
    values,
    limit: `<= ${messagesPerOrderMost} an order + ${messagesBesidesMost}`,
    pass,
  }
}

const largeFollowers = 10_000
const growthMost = 12

/** Time to the last order, by followers; the rule concerns the step from 1,000 to 10,000. */
async function measureTimes(world: World): Promise<Growth> {
  const values: Record<string, number> = {}
  for (const [followers, strategy] of world.sized) {
    world.progress(`time to the last order with ${followers} followers`)
    const times: number[] = []
    for (let round = 0; round < roundsPerSize; round += 1) times.push((await runOurs(world, [strategy])).lastMs)
    values[String(followers)] = rounded(median(times))
  }
  const [thousand, large] = [values['1000'], values[String(largeFollowers)]]
  const measured = thousand !== undefined && large !== undefined
  return {
    name: 'milliseconds to the last order, by followers',
    values,
    limit: measured ? `10,000 / 1,000 <= ${growthMost}` : '10,000 followers: with --large',
    pass: !measured || large / thousand <= growthMost,
  }
}

/** The most memory over idle while all wide strategies are signalled at once. */
async function measureMemory(world: World, connections: number): Promise<Growth> {
  const { ours, wide } = world
  world.progress('memory of orders in flight')
  // A process that has had a burst keeps what it grew to; the rule concerns what a burst adds to an idle one.
  await ours.startTrading(connections)
  await runOurs(world, [wide[0]!])
  const idleBytes = ours.tradingUsage().rssBytes
  let mostBytes = idleBytes
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, ours.tradingUsage().rssBytes)
  }, memoryPollMs)
  await runOurs(world, wide)
  clearInterval(timer)
  const orders = wide.reduce((sum, { followers }) => sum + followers, 0)
  const kb = (mostBytes - idleBytes) / bytesPerKb / orders
  return {
    name: `memory over idle of one order in flight, ${orders} at once`,
    values: { idleMb: toMb(idleBytes), mostMb: toMb(mostBytes), kbPerOrder: rounded(kb) },
    limit: `<= ${memoryMostKb} KB an order`,
    pass: kb <= memoryMostKb,
  }
}

function toMb(bytes: number): number {
  return Math.round(bytes / bytesPerKb / bytesPerKb)
}
