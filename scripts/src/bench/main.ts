/**
 * `bench fanout`: ours beside a frameworkless straw man and beside queues, in one run, as ratios. `bench growth`: ours
 * by followers. `bench overload`: what exits notice of too many entries. `bench accounts`: many accounts, venues that fail.
 * `bench gateway`: the HTTP edge.
 * Called by `./tradewire bench`. Must never call a missed gate passed.
 */
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command } from 'commander'
import { runAccountsBench } from './accounts-bench.ts'
import { runFanoutBench } from './fanout-bench.ts'
import { gatewayTableOf, runGatewayBench } from './gateway-bench.ts'
import { runGrowthBench } from './growth-bench.ts'
import { runOverloadBench } from './overload-bench.ts'
import { killAllChildren } from './kit/child.ts'
import { cleanUp } from './kit/cleanup.ts'
import { liveLine } from './kit/live-line.ts'
import { growthTableOf, overloadTableOf, tableOf } from './kit/table.ts'

const interruptedExitCode = 130

interface FanoutOptions {
  readonly followers: number
  readonly pairs: number
  readonly delay: number
  readonly only?: readonly string[]
  readonly large?: boolean
  readonly history?: number
  readonly profile?: string
  readonly json?: boolean
  readonly strict?: boolean
  readonly peers: boolean
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

function fanoutCommand(): Command {
  return new Command('fanout')
    .description('one alert to the orders of all followers: ours beside a frameworkless straw man, BullMQ and pg-boss')
    .option('--followers <n>', 'followers of one strategy', wholeNumber(10, 10_000), 1_000)
    .option('--pairs <n>', 'interleaved pairs per measure; medians are compared', wholeNumber(1, 50), 5)
    .option('--delay <ms>', 'answer delay of the stub exchange', wholeNumber(0, 1_000), 20)
    .option('--only <list>', 'these goals only, such as P1,P3,growth', names)
    .option('--large', 'also with 10,000 followers')
    .option('--history <rows>', 'also with so many ended brackets stored', wholeNumber(0, 10_000_000))
    .option('--profile <dir>', 'write CPU profiles of our processes there')
    .option('--no-peers', 'without BullMQ and pg-boss; then P3 and P7 cannot pass')
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a gate is missed')
    .action(async (options: FanoutOptions) => {
      process.exitCode = await fanout(options)
    })
}

interface GrowthFlags {
  readonly large?: boolean
  readonly delay: number
  readonly chart: string
  readonly json?: boolean
  readonly strict?: boolean
}

function growthCommand(): Command {
  return new Command('growth')
    .description('what one signal costs with 10, 100 and 1,000 followers: a line through each cost, and a picture')
    .option('--large', 'also with 10,000 followers')
    .option('--delay <ms>', 'answer delay of the stub exchange', wholeNumber(0, 1_000), 20)
    .option('--chart <file>', 'where the SVG picture goes', 'tradewire-growth.svg')
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a cost grows faster than followers')
    .action(async ({ large = false, delay: delayMs, chart, json, strict }: GrowthFlags) => {
      const line = liveLine()
      const report = await runGrowthBench({ large, delayMs, chart }, (text) => line.show(text))
      line.clear()
      console.log(json === true ? JSON.stringify(report) : growthTableOf(report))
      const missed = Object.values(report.growth).some(({ pass }) => !pass)
      process.exitCode = strict === true && missed ? 1 : 0
    })
}

interface OverloadFlags {
  readonly delay: number
  readonly json?: boolean
  readonly strict?: boolean
}

function overloadCommand(): Command {
  return new Command('overload')
    .description(
      'ten times more entries than the venue takes: how long stops wait, what memory does, how soon it is over',
    )
    .option('--delay <ms>', 'answer delay of the stub exchange', wholeNumber(1, 1_000), 20)
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a goal is missed')
    .action(async ({ delay: delayMs, json, strict }: OverloadFlags) => {
      const line = liveLine()
      const report = await runOverloadBench({ delayMs }, (text) => line.show(text))
      line.clear()
      console.log(json === true ? JSON.stringify(report) : overloadTableOf(report))
      const missed = Object.values(report.goals).some(({ pass }) => !pass)
      process.exitCode = strict === true && missed ? 1 : 0
    })
}

interface AccountsFlags {
  readonly accounts: number
  readonly failing: number
  readonly json?: boolean
  readonly strict?: boolean
}

function accountsCommand(): Command {
  return new Command('accounts')
    .description(
      'many connected accounts: how soon they are ready while venues fail, what one weighs, storms of streams',
    )
    .option('--accounts <n>', 'connected accounts', wholeNumber(50, 10_000), 1_000)
    .option('--failing <percent>', 'share of the venues that fail', wholeNumber(0, 90), 30)
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a gate is missed')
    .action(async ({ accounts, failing: failingPercent, json, strict }: AccountsFlags) => {
      const line = liveLine()
      const report = await runAccountsBench({ accounts, failingPercent }, (text) => line.show(text))
      line.clear()
      console.log(json === true ? JSON.stringify(report) : tableOf(report))
      const missed = Object.values(report.gates).some(({ pass }) => !pass)
      process.exitCode = strict === true && missed ? 1 : 0
    })
}

interface GatewayFlags {
  readonly requests: number
  readonly minutes: number
  readonly json?: boolean
  readonly strict?: boolean
}

function gatewayCommand(): Command {
  return new Command('gateway')
    .description('requests a second beside an empty Nest service on Fastify, and whether memory stays flat')
    .option(
      '--requests <n>',
      'requests while memory is watched; 500000 is an hour of many users',
      wholeNumber(10_000, 5_000_000),
      100_000,
    )
    .option('--minutes <n>', 'end watching after this, however many went by', wholeNumber(1, 120), 10)
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a goal is missed')
    .action(async ({ requests, minutes: minutesMax, json, strict }: GatewayFlags) => {
      const line = liveLine()
      const report = await runGatewayBench({ requests, minutesMax }, (text) => line.show(text))
      line.clear()
      console.log(json === true ? JSON.stringify(report) : gatewayTableOf(report))
      const missed = Object.values(report.goals).some(({ pass }) => !pass)
      process.exitCode = strict === true && missed ? 1 : 0
    })
}

async function fanout(options: FanoutOptions): Promise<number> {
  const line = liveLine()
  const report = await runFanoutBench(
    {
      followers: options.followers,
      pairs: options.pairs,
      delayMs: options.delay,
      only: options.only === undefined ? undefined : new Set(options.only),
      large: options.large === true,
      historyRows: options.history ?? 0,
      profile: options.profile,
      peers: options.peers,
    },
    (text) => line.show(text),
  )
  line.clear()
  if (options.json === true) console.log(JSON.stringify(report))
  else console.log(tableOf(report))
  const missed = [...Object.values(report.gates), ...report.growth].some(({ pass }) => !pass)
  return options.strict === true && missed ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    killAllChildren()
    void cleanUp().then(() => process.exit(interruptedExitCode))
  })
}

const program = new Command('tradewire bench')
  .description('Measure the goals of docs/benchmarks.md.')
  .addCommand(fanoutCommand())
  .addCommand(growthCommand())
  .addCommand(overloadCommand())
  .addCommand(accountsCommand())
  .addCommand(gatewayCommand())
try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
}
process.exit()
