/** `logs`: the logs of all parts of a home in one stream, in the order of time. Must never change a log. */
import { setTimeout as delay } from 'node:timers/promises'
import { wholeNumber } from '@tradewire/config/whole-number'
import { Command } from 'commander'
import pc from 'picocolors'
import { commandIn } from '../home/command-in.ts'
import { type LogFile, logFilesOf, readAppended, readTail } from '../logs/log-files.ts'
import { type LogLine, mergeLines, parseLogLine } from '../logs/log-lines.ts'
import { LauncherError, exitCodes } from '../terminal/launcher-error.ts'
import { printLine } from '../terminal/output.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

const linesDefault = 50
const linesMax = 100_000
const followPollMs = 200
const sourceWidth = 10
const levelWidth = 5

interface LogsOptions extends HomeOption {
  readonly follow: boolean
  readonly lines: number
  readonly json: boolean
}

export function logsCommand(): Command {
  const command = new Command('logs')
    .description('show the logs of all parts, or of one')
    .argument('[part]', 'a service, postgres, nats or launcher')
    .addOption(homeOption())
    .option('--follow', 'go on showing what is written', false)
    .option('--lines <number>', 'lines to begin with', wholeNumber(0, linesMax), linesDefault)
    .addOption(jsonOption().argParser(() => true))
    .action((part: string | undefined, options: LogsOptions) => showLogs(part, options))
  return withExample(command, './tradewire logs orders --lines 200', './tradewire logs --follow')
}

async function showLogs(part: string | undefined, options: LogsOptions): Promise<void> {
  const files = await chooseFiles(part, options)
  const offsets = new Map<string, number>()
  const tails: LogLine[][] = []
  for (const file of files) {
    const { lines, offset } = await readTail(file.path, options.lines)
    offsets.set(file.path, offset)
    tails.push(parseLines(file.source, lines))
  }
  const show = (lines: readonly LogLine[]): void => {
    for (const line of lines) printLine(options.json ? JSON.stringify(line) : format(line))
  }
  show(mergeLines(tails, options.lines))
  while (options.follow) {
    await delay(followPollMs)
    show(await readNews(part, options, offsets))
  }
}

async function chooseFiles(part: string | undefined, { home }: LogsOptions): Promise<LogFile[]> {
  const files = await logFilesOf(home.logs)
  if (files.length === 0)
    throw new LauncherError(`there are no logs in ${home.logs}`, commandIn(home, 'up'), exitCodes.notRunning)
  const chosen = files.filter(({ source }) => part === undefined || source === part)
  if (chosen.length > 0) return chosen
  throw new LauncherError(
    `there is no log of ${part}`,
    `choose from: ${files.map(({ source }) => source).join(', ')}`,
    exitCodes.usage,
  )
}

/** What was written since the last look; files that are new since then are read from their beginning. */
async function readNews(
  part: string | undefined,
  options: LogsOptions,
  offsets: Map<string, number>,
): Promise<LogLine[]> {
  const news: LogLine[][] = []
  for (const file of await chooseFiles(part, options)) {
    const { lines, offset } = await readAppended(file.path, offsets.get(file.path) ?? 0)
    offsets.set(file.path, offset)
    news.push(parseLines(file.source, lines))
  }
  return mergeLines(news, linesMax)
}

function parseLines(source: string, lines: readonly string[]): LogLine[] {
  let timeBefore = ''
  return lines.map((text) => {
    const line = parseLogLine(source, text, timeBefore)
    timeBefore = line.time
    return line
  })
}

function format({ time, level, source, text }: LogLine): string {
  const clock = time.slice(11, 23)
  return `${pc.dim(clock.padEnd(12))} ${colourOf(level)(level.padEnd(levelWidth))} ${pc.cyan(source.padEnd(sourceWidth))} ${text}`
}

function colourOf(level: string): (text: string) => string {
  if (level === 'error' || level === 'fatal') return pc.red
  return level === 'warn' ? pc.yellow : pc.dim
}
