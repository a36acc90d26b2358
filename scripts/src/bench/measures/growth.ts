/** How each cost grows with followers: statements, messages, time, memory. Called by the fan-out bench. */
import type { World } from '../kit/bench.ts'
import type { Growth } from '../kit/report.ts'
import { rounded } from '../kit/statistics.ts'
import { memoryCost, messageCost, StatementCounter, timeCost } from './cost.ts'

const statementsMost = 12
const messagesPerOrderMost = 0.1
const messagesBesidesMost = 40
const memoryMostKb = 10
const bytesPerKb = 1_024

export async function measureGrowth(world: World, connections: number): Promise<Growth[]> {
  return [
    await countStatements(world),
    await countMessages(world),
    await measureTimes(world),
    await measureMemory(world, connections),
  ]
}

async function countStatements(world: World): Promise<Growth> {
  const { sized, options } = world
  const counter = await StatementCounter.begin(world)
  const values: Record<string, number> = {}
  for (const [followers, strategy] of sized) values[String(followers)] = await counter.of(strategy)
  await counter.end()
  const most = values[String(options.followers)] ?? Number.NaN
  return {
    name: 'database statements of one signal, by followers',
    values,
    limit: `<= ${statementsMost} with ${options.followers}`,
    pass: most <= statementsMost,
  }
}

async function countMessages(world: World): Promise<Growth> {
  const values: Record<string, number> = {}
  for (const [followers, strategy] of world.sized) values[String(followers)] = await messageCost(world, strategy)
  return {
    name: 'bus messages of one signal, by followers',
    values,
    limit: `<= ${messagesPerOrderMost} an order + ${messagesBesidesMost}`,
    pass: Object.entries(values).every(
      ([followers, messages]) => messages <= messagesPerOrderMost * Number(followers) + messagesBesidesMost,
    ),
  }
}

const largeFollowers = 10_000
const growthMost = 12

/** Time to the last order, by followers; the rule concerns the step from 1,000 to 10,000. */
async function measureTimes(world: World): Promise<Growth> {
  const values: Record<string, number> = {}
  for (const [followers, strategy] of world.sized) {
    values[String(followers)] = rounded((await timeCost(world, strategy)).lastMs)
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

/** While all wide strategies are signalled at once. */
async function measureMemory(world: World, connections: number): Promise<Growth> {
  const { wide } = world
  world.progress('memory of orders in flight')
  const { idleBytes, mostBytes } = await memoryCost(world, connections, wide, wide[0]!)
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
