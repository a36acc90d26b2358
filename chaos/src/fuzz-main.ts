/**
 * `fuzz`: a system of its own, thousands of requests with wrong turns, every answer judged by its contract.
 * Called by `./tradewire fuzz`. Exit code 1 when anything was found.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { wholeNumber } from '@tradewire/config/whole-number'
import { allRoutes } from '@tradewire/contracts/http/all'
import { liveLine } from '@tradewire/launcher/terminal/live-line'
import { printJson, printLine, printTable } from '@tradewire/launcher/terminal/output'
import { Command } from 'commander'
import { runFuzz } from './fuzz/run-fuzz.ts'
import { fuzzTarget } from './fuzz/target.ts'
import { RealSystem } from './kit/real-system.ts'

const casesMax = 10_000_000
const seedMax = 10_000_000

interface Options {
  readonly cases: number
  readonly seed: number
  readonly json?: boolean
}

async function main(): Promise<number> {
  const { cases, seed, json } = new Command('tradewire fuzz')
    .description('send requests with wrong turns to a system of its own and judge every answer by its contract')
    .option('--cases <number>', 'requests', wholeNumber(0, casesMax), 10_000)
    .option('--seed <number>', 'chooses the requests', wholeNumber(0, seedMax), 1)
    .option('--json', 'print one JSON object at the end')
    .parse()
    .opts<Options>()
  const system = new RealSystem({ processes: false })
  const line = liveLine(process.stderr)
  try {
    line.show('starting a system of its own')
    await system.start()
    const result = await runFuzz(fuzzTarget(system.endpoints), allRoutes, {
      cases,
      seed,
      progress: (text) => line.show(text),
      wait: delay,
    })
    line.clear()
    if (json === true) printJson(result)
    else {
      printTable(
        ['answers', 'number'],
        Object.entries(result.statuses).map(([status, number]) => [status, String(number)]),
      )
      printLine(`${result.cases} requests, seed ${seed}`)
      for (const finding of result.findings) printLine(finding)
    }
    return result.findings.length === 0 ? 0 : 1
  } finally {
    line.clear()
    await system.stop()
  }
}

process.exitCode = await main()
