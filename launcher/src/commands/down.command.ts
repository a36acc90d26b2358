/** `down`: stops a running home in order. Must never signal a process that it cannot prove to be ours. */
import { Command } from 'commander'
import { type Home } from '../home/home.ts'
import { type RunRecord, clearRun, isSameProcess, readRun } from '../home/run-record.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { type ProgressSink, runStep, terminalProgress } from '../terminal/progress.ts'
import { endProcess, stopLeftovers } from '../up/leftovers.ts'
import { type HomeOption, homeOption, jsonOption, wholeNumber, withExample } from './options.ts'

const waitSecondsDefault = 45
const waitSecondsMax = 600

interface DownOptions extends HomeOption {
  readonly wait: number
  readonly json: boolean
}

interface DownResult {
  readonly wasRunning: boolean
  /** False when something had to be killed. */
  readonly inOrder: boolean
}

export function downCommand(): Command {
  const command = new Command('down')
    .description('stop what `up` started: services first, then the servers')
    .addOption(homeOption())
    .option('--wait <seconds>', 'how long to wait before killing', wholeNumber(1, waitSecondsMax), waitSecondsDefault)
    .addOption(jsonOption())
    .action(async (options: DownOptions) => {
      const result = await stopHome(options, terminalProgress(process.stderr))
      if (options.json) printJson(result)
      else printLine(describe(options.home, result))
    })
  return withExample(command, './tradewire down', './tradewire down --home /srv/tradewire')
}

function describe(home: Home, { wasRunning, inOrder }: DownResult): string {
  if (!wasRunning) return `Nothing runs in ${home.root}.`
  return inOrder ? 'Tradewire has stopped.' : 'Tradewire has stopped; something did not end in time and was killed.'
}

async function stopHome({ home, wait }: DownOptions, progress: ProgressSink): Promise<DownResult> {
  const record = await readRun(home)
  if (record === undefined) return { wasRunning: false, inOrder: true }
  const { wasRunning, inOrder } = await runStep(progress, 'Stopping', async () => {
    const value = await stopRecorded(record, wait)
    return { value, detail: value.inOrder ? 'in order' : 'some had to be killed' }
  })
  await clearRun(home)
  return { wasRunning, inOrder }
}

async function stopRecorded(record: RunRecord, waitSeconds: number): Promise<DownResult> {
  const launcherRan = isSameProcess(record.launcher)
  const inOrder = await endProcess(record.launcher, 'SIGTERM', waitSeconds * 1_000)
  // Without its launcher, or after it was killed, the rest is stopped from here.
  const leftovers = await stopLeftovers(record)
  return { wasRunning: launcherRan || leftovers.length > 0, inOrder }
}
