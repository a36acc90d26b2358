/** `status`: what runs in a home and how it is. Must never change anything. */
import { Command } from 'commander'
import pc from 'picocolors'
import { commandIn, portArgument } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
import { isSameProcess, readRun, type RunPart, type RunRecord } from '../home/run-record.ts'
import { residentBytesOf } from '../system/process-facts.ts'
import { exitCodes } from '../terminal/launcher-error.ts'
import { printJson, printLine, printTable } from '../terminal/output.ts'
import { msSince } from '../terminal/timestamp.ts'
import { readinessOf, reasonText } from '../up/readiness.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface StatusOptions extends HomeOption {
  readonly json: boolean
}

type PartState = 'ready' | 'not-ready' | 'running' | 'dead'

interface PartStatus {
  readonly name: string
  readonly kind: RunPart['kind']
  readonly state: PartState
  readonly url: string
  readonly pid: number
  readonly residentBytes: number | undefined
  readonly uptimeSeconds: number
  /** Why it is not ready, by check. */
  readonly reasons: Readonly<Record<string, string>>
}

export function statusCommand(): Command {
  const command = new Command('status')
    .description('show each server and service: state, address, process, memory, uptime')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code: 0 all ready, 1 something is not, 3 nothing runs.')
    .action(showStatus)
  return withExample(command, './tradewire status', './tradewire status --json')
}

async function showStatus({ home, json }: StatusOptions): Promise<void> {
  const record = await readRun(home)
  if (record === undefined || !isSameProcess(record.launcher)) {
    process.exitCode = exitCodes.notRunning
    if (json) printJson({ home: home.root, running: false, parts: [] })
    else printLine(notRunningText(home, record))
    return
  }
  const parts = await Promise.all(record.parts.map(statusOf))
  if (parts.some(({ state }) => state === 'dead' || state === 'not-ready')) process.exitCode = exitCodes.failed
  if (json)
    printJson({
      home: home.root,
      running: true,
      mode: record.mode,
      pid: record.launcher.pid,
      startedAt: record.startedAt,
      parts,
    })
  else printStatus(record, parts)
}

export function notRunningText(home: Pick<Home, 'root'>, record: Pick<RunRecord, 'parts'> | undefined): string {
  if (record === undefined) return `Nothing runs in ${home.root}. Start it: ${commandIn(home, 'up')}`
  const gateway = record.parts.find(({ name }) => name === 'gateway')
  const again = gateway === undefined ? '' : portArgument(Number(new URL(gateway.url).port))
  const [down, up] = [commandIn(home, 'down'), commandIn(home, `up${again}`)]
  return `The launcher in ${home.root} was killed. Clean up with ${down}, or start again with ${up}`
}

async function statusOf(part: RunPart): Promise<PartStatus> {
  const { name, kind, url, pid } = part
  const facts = { name, kind, url, pid, uptimeSeconds: Math.floor(msSince(part.startedAt) / 1_000) }
  if (!isSameProcess(part))
    return { ...facts, state: 'dead', residentBytes: undefined, reasons: { process: 'has ended' } }
  const residentBytes = residentBytesOf(pid)
  if (kind === 'backend') return { ...facts, state: 'running', residentBytes, reasons: {} }
  const { ready, reasons } = await readinessOf(url, name)
  return { ...facts, state: ready ? 'ready' : 'not-ready', residentBytes, reasons }
}

function printStatus(record: RunRecord, parts: readonly PartStatus[]): void {
  printTable(
    ['name', 'state', 'address', 'pid', 'memory', 'up', ''],
    parts.map((part) => [
      part.name,
      colour(part.state),
      part.url,
      String(part.pid),
      memoryText(part.residentBytes),
      uptimeText(part.uptimeSeconds),
      reasonText(part.reasons),
    ]),
  )
  if (record.mode === 'one-process') {
    printLine(
      pc.dim(`All services and Redis share process ${record.launcher.pid}; its memory is shown for each of them.`),
    )
  }
}

function colour(state: PartState): string {
  return state === 'ready' || state === 'running' ? pc.green(state) : pc.red(state)
}

const bytesPerMebibyte = 1_048_576

function memoryText(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${Math.round(bytes / bytesPerMebibyte)} MB`
}

/** Whole units, the two largest: 45 s, 3 min 5 s, 2 h 10 min, 5 d 3 h. */
export function uptimeText(total: number): string {
  const units = [
    ['d', Math.floor(total / 86_400)],
    ['h', Math.floor(total / 3_600) % 24],
    ['min', Math.floor(total / 60) % 60],
    ['s', total % 60],
  ] as const
  const first = units.findIndex(([, count]) => count > 0)
  if (first === -1) return '0 s'
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(' ')
}
