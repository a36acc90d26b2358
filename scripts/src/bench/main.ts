/**
 * `bench fanout`: ours beside a frameworkless straw man and beside queues, in one run, as ratios. `bench growth`: ours
 * by followers. `bench overload`: what exits notice of too many entries. `bench accounts`: many accounts, venues that fail.
 * `bench gateway`: the HTTP edge.
 * Called by `./tradewire bench`. Must never call a missed gate passed.
 */
import { wholeNumber } from '@tradewire/config/whole-number'
import { liveLine } from '@tradewire/launcher/terminal/live-line'
import { Command } from 'commander'
import { runAccountsBench } from './accounts-bench.ts'
import { runFanoutBench } from './fanout-bench.ts'
import { gatewayTableOf, runGatewayBench } from './gateway-bench.ts'
import { runGrowthBench } from './growth-bench.ts'
import { runOverloadBench } from './overload-bench.ts'
import { interrupt, isInterrupted } from './kit/cleanup.ts'
import { growthTableOf, overloadTableOf, tableOf } from './kit/table.ts'

const interruptedExitCode = 130

/** What every bench can be told. */
interface Flags {
  readonly json?: boolean
  readonly strict?: boolean
}

interface Bench<Report> {
  run(progress: (text: string) => void): Promise<Report>
  tableOf(report: Report): string
  goalsOf(report: Report): readonly { readonly pass: boolean }[]
}

/** Measures, prints and judges: a missed goal is the exit code if that was asked for. */
async function show<Report>({ json, strict }: Flags, { run, tableOf: textOf, goalsOf }: Bench<Report>): Promise<void> {
  const line = liveLine(process.stderr)
  const report = await run((text) => line.show(text))
  line.clear()
  console.log(json === true ? JSON.stringify(report) : textOf(report))
  const missed = goalsOf(report).some(({ pass }) => !pass)
  process.exitCode = strict === true && missed ? 1 : 0
}

interface FanoutFlags extends Flags {
  readonly followers: number
  readonly pairs: number
  readonly delay: number
  readonly only?: readonly string[]
  readonly large?: boolean
  readonly history?: number
  readonly profile?: string
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
    .action(({ followers, pairs, delay: delayMs, only, large, history, profile, peers, ...flags }: FanoutFlags) =>
      show(flags, {
        run: (progress) =>
          runFanoutBench(
            {
              followers,
              pairs,
              delayMs,
              only: only === undefined ? undefined : new Set(only),
              large: large === true,
              historyRows: history ?? 0,
              profile,
              peers,
            },
            progress,
          ),
        tableOf,
        goalsOf: ({ gates, growth }) => [...Object.values(gates), ...growth],
      }),
    )
}

interface GrowthFlags extends Flags {
  readonly large?: boolean
  readonly delay: number
  readonly chart: string
}

function growthCommand(): Command {
  return new Command('growth')
    .description('what one signal costs with 10, 100 and 1,000 followers: a line through each cost, and a picture')
    .option('--large', 'also with 10,000 followers')
    .option('--delay <ms>', 'answer delay of the stub exchange', wholeNumber(0, 1_000), 20)
    .option('--chart <file>', 'where the SVG picture goes', 'tradewire-growth.svg')
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a cost grows faster than followers')
    .action(({ large = false, delay: delayMs, chart, ...flags }: GrowthFlags) =>
      show(flags, {
        run: (progress) => runGrowthBench({ large, delayMs, chart }, progress),
        tableOf: growthTableOf,
        goalsOf: ({ growth }) => Object.values(growth),
      }),
    )
}

interface OverloadFlags extends Flags {
  readonly delay: number
}

function overloadCommand(): Command {
  return new Command('overload')
    .description(
      'ten times more entries than the venue takes: how long stops wait, what memory does, how soon it is over',
    )
    .option('--delay <ms>', 'answer delay of the stub exchange', wholeNumber(1, 1_000), 20)
    .option('--json', 'print one JSON object at the end')
    .option('--strict', 'exit with 1 when a goal is missed')
    .action(({ delay: delayMs, ...flags }: OverloadFlags) =>
      show(flags, {
        run: (progress) => runOverloadBench({ delayMs }, progress),
        tableOf: overloadTableOf,
        goalsOf: ({ goals }) => Object.values(goals),
      }),
    )
}

interface AccountsFlags extends Flags {
  readonly accounts: number
  readonly failing: number
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
    .action(({ accounts, failing: failingPercent, ...flags }: AccountsFlags) =>
      show(flags, {
        run: (progress) => runAccountsBench({ accounts, failingPercent }, progress),
        tableOf,
        goalsOf: ({ gates }) => Object.values(gates),
      }),
    )
}

interface GatewayFlags extends Flags {
  readonly requests: number
  readonly minutes: number
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
    .action(({ requests, minutes: minutesMax, ...flags }: GatewayFlags) =>
      show(flags, {
        run: (progress) => runGatewayBench({ requests, minutesMax }, progress),
        tableOf: gatewayTableOf,
        goalsOf: ({ goals }) => Object.values(goals),
      }),
    )
}

const program = new Command('tradewire bench')
  .description('Measure the goals of docs/benchmarks.md.')
  .addCommand(fanoutCommand())
  .addCommand(growthCommand())
  .addCommand(overloadCommand())
  .addCommand(accountsCommand())
  .addCommand(gatewayCommand())
const bench = program.parseAsync()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void interrupt(bench).then(() => process.exit(interruptedExitCode)))
}
try {
  await bench
} catch (error) {
  if (!isInterrupted()) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
}
// Sockets that clients keep alive would hold the process. An interrupted one ends once all is stopped.
if (!isInterrupted()) process.exit()
