/** `down`: stops a running home in order. Must never signal a process that it cannot prove to be ours. */
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command } from 'commander'
import type { Home } from '../home/home.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { terminalProgress } from '../terminal/progress.ts'
import { type StopResult, stopHome, stopWaitDefaultSeconds } from '../up/stop-home.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

const waitSecondsMax = 600

interface DownOptions extends HomeOption {
  readonly wait: number
  readonly json: boolean
}

export function downCommand(): Command {
  const command = new Command('down')
    .description('stop what `up` started: services first, then the servers')
    .addOption(homeOption())
    .option('--wait <seconds>', 'time before killing', wholeNumber(1, waitSecondsMax), stopWaitDefaultSeconds)
    .addOption(jsonOption())
    .action(stop)
  return withExample(command, './tradewire down', './tradewire down --home /srv/tradewire')
}

async function stop({ home, wait, json }: DownOptions): Promise<void> {
  const result = await stopHome(home, wait, terminalProgress(process.stderr))
  if (json) printJson(result)
  else printLine(describe(home, result))
}

function describe(home: Home, { wasRunning, inOrder }: StopResult): string {
  if (!wasRunning) return `Nothing runs in ${home.root}.`
  return inOrder ? 'Tradewire has stopped.' : 'Tradewire has stopped; something did not end in time and was killed.'
}
