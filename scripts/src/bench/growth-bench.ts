/**
 * `bench growth`: what one signal costs with 10, 100, 1,000 and 10,000 followers, a straight line through each cost, and a
 * picture. Called by the command. Must never call a cost straight that it has not measured at three sizes.
 */
import { writeFile } from 'node:fs/promises'
import type { OursBench } from './kit/bench.ts'
import { chartOf } from './kit/chart.ts'
import { inFolder } from './kit/cleanup.ts'
import { type Line, lineThrough } from './kit/fit.ts'
import { machineFacts } from './kit/machine.ts'
import { type OursWorld, openOurs } from './kit/ours-world.ts'
import { rounded } from './kit/statistics.ts'
import { memoryCost, messageCost, StatementCounter, timeCost } from './measures/cost.ts'
import type { BenchStrategy } from './parties/followers.ts'

const connections = 512
const sizes = [10, 100, 1_000]
const largeFollowers = 10_000
const bytesPerKb = 1_024
/** A cost of ten times the followers may be this many times as high. */
const growthMost = 12

export interface GrowthOptions {
  readonly large: boolean
  readonly delayMs: number
  /** Where the picture goes. */
  readonly chart: string
}

const costNames = {
  lastMs: 'time to the last order, ms',
  doneMs: 'time to the last result event, ms',
  statements: 'database statements',
  messages: 'bus messages',
  cpuMs: 'CPU of planning and sending, ms',
  databaseCpuMs: 'CPU of PostgreSQL, ms',
  memoryKb: 'memory over idle, KB',
} as const
type CostName = keyof typeof costNames
export type SignalCost = Readonly<Record<CostName, number>> & { readonly followers: number }

export interface CostGrowth {
  readonly name: string
  /** A line through all sizes. */
  readonly line: Line
  /** The largest size's cost over that of the size before it, which has a tenth of the followers. */
  readonly lastStep: number
  readonly limit: string
  readonly pass: boolean
}

export interface GrowthReport {
  readonly costs: readonly SignalCost[]
  readonly growth: Readonly<Record<string, CostGrowth>>
  readonly chart: string
  readonly facts: Readonly<Record<string, string | number>>
}

export async function runGrowthBench(options: GrowthOptions, progress: (text: string) => void): Promise<GrowthReport> {
  const all = options.large ? [...sizes, largeFollowers] : sizes
  return inFolder(progress, async (directory) => {
    const world = await openOurs({ directory, connections, delayMs: options.delayMs, progress })
    await world.followers.connect(all.at(-1)!, (done) => progress(`connecting accounts: ${done} of ${all.at(-1)}`))
    const strategies = await world.followers.strategies(all, (done) => progress(`strategies: ${done} of ${all.length}`))
    const costs = await measure(world, strategies)
    const facts = machineFacts(world.servers, options.delayMs)
    await world.close()
    const growth = growthOf(costs)
    await writeFile(options.chart, chartOf(panelsOf(costs, growth), Object.values(facts).join('; ')))
    return { costs, growth, chart: options.chart, facts }
  })
}

/** Memory comes last: for it the processes are started anew. */
async function measure(world: OursWorld, strategies: readonly BenchStrategy[]): Promise<SignalCost[]> {
  const counter = await StatementCounter.begin(world)
  const statements: number[] = []
  for (const strategy of strategies) statements.push(await counter.of(strategy))
  await counter.end()
  const rest: Omit<SignalCost, 'statements' | 'memoryKb'>[] = []
  for (const strategy of strategies) {
    const messages = await messageCost(world, strategy)
    rest.push({ followers: strategy.followers, messages, ...(await timeCost(world, strategy)) })
  }
  const costs: SignalCost[] = []
  for (const [index, strategy] of strategies.entries()) {
    const memoryKb = await memoryKbOf(world, strategy, strategies[0]!)
    costs.push({ ...rest[index]!, statements: statements[index]!, memoryKb })
  }
  return costs
}

async function memoryKbOf(bench: OursBench, strategy: BenchStrategy, warming: BenchStrategy): Promise<number> {
  bench.progress(`memory with ${strategy.followers} followers`)
  const { idleBytes, mostBytes } = await memoryCost(bench, connections, [strategy], warming)
  return Math.max(1, (mostBytes - idleBytes) / bytesPerKb)
}

function growthOf(costs: readonly SignalCost[]): Record<string, CostGrowth> {
  const names = Object.keys(costNames) as CostName[]
  return Object.fromEntries(
    names.map((name) => {
      const points = costs.map((cost) => ({ size: cost.followers, cost: cost[name] }))
      const [before, last] = points.slice(-2)
      const lastStep = rounded(last!.cost / before!.cost)
      const limit = `<= ${growthMost} for ten times the followers`
      return [name, { name: costNames[name], line: lineThrough(points), lastStep, limit, pass: lastStep <= growthMost }]
    }),
  )
}

function panelsOf(costs: readonly SignalCost[], growth: Readonly<Record<string, CostGrowth>>) {
  return (Object.keys(costNames) as CostName[])
    .filter((name) => name !== 'doneMs')
    .map((name) => ({
      title: costNames[name],
      points: costs.map((cost) => ({ size: cost.followers, cost: cost[name] })),
      line: growth[name]!.line,
    }))
}
