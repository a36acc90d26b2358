/**
 * The record of what runs in a home, and the proof that a recorded process is still that process.
 * Called by up, down, status and logs. Must never let a pid alone decide: pids are reused.
 */
import { open, readFile, rm } from 'node:fs/promises'
import { isAlive, startMarkOf } from '@tradewire/backends/process-identity'
import { type Home, readJson, writePrivateJson } from './home.ts'

export interface ProcessMark {
  readonly pid: number
  /** When the process started, as the system tells it; with the pid it names one process for good. */
  readonly mark: string
}

export interface RunPart extends ProcessMark {
  readonly name: string
  readonly kind: 'backend' | 'service'
  /** What a person or program connects to; passwords are left out. */
  readonly url: string
  readonly startedAt: string
  readonly logFile: string
}

export interface RunRecord {
  readonly version: 1
  readonly launcher: ProcessMark
  readonly startedAt: string
  readonly mode: 'one-process' | 'processes'
  readonly parts: readonly RunPart[]
}

export type MarkReader = (pid: number) => string
export type LifeReader = (pid: number) => boolean

export function markOf(pid: number): ProcessMark {
  return { pid, mark: startMarkOf(pid) }
}

/** True when the recorded process still runs; a process that got the same pid later is another one. */
export function isSameProcess(
  recorded: ProcessMark,
  alive: LifeReader = isAlive,
  read: MarkReader = startMarkOf,
): boolean {
  return alive(recorded.pid) && recorded.mark !== '' && read(recorded.pid) === recorded.mark
}

export async function readRun(home: Home): Promise<RunRecord | undefined> {
  return readJson<RunRecord>(home.runFile)
}

export async function writeRun(home: Home, record: RunRecord): Promise<void> {
  await writePrivateJson(home.runFile, record)
}

export async function clearRun(home: Home): Promise<void> {
  for (const file of [home.runFile, home.endpointsFile, home.lockFile]) await rm(file, { force: true })
}

/**
 * Takes the home for this process. Answers the process that has it when it is taken, otherwise undefined.
 * The lock of a process that is gone is removed.
 */
export async function lockHome(home: Home): Promise<ProcessMark | undefined> {
  for (;;) {
    try {
      await using file = await open(home.lockFile, 'wx', 0o600)
      await file.writeFile(JSON.stringify(markOf(process.pid)))
      return undefined
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const holder = await readHolder(home)
    if (holder !== undefined && isSameProcess(holder)) return holder
    await rm(home.lockFile, { force: true })
  }
}

async function readHolder(home: Home): Promise<ProcessMark | undefined> {
  try {
    return JSON.parse(await readFile(home.lockFile, 'utf8')) as ProcessMark
  } catch {
    // Half written by a process that was killed while it wrote, or removed just now.
    return undefined
  }
}
