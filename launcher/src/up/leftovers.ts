/**
 * Ends what an earlier run left behind: the launcher was killed, its servers and services were not.
 * Called by `up` and `down`. Must never signal a process that is not proved to be the recorded one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type ProcessMark, type RunPart, type RunRecord, isSameProcess } from '../home/run-record.ts'

const stopLimitMs = 20_000
const pollMs = 20

/** The recorded parts that still run in processes of their own. */
export function livingParts(record: RunRecord): RunPart[] {
  return record.parts.filter((part) => part.pid !== record.launcher.pid && isSameProcess(part))
}

/** Stops them, services before servers; answers their names. */
export async function stopLeftovers(record: RunRecord): Promise<string[]> {
  const living = livingParts(record)
  const order = [...living.filter(({ kind }) => kind === 'service'), ...living.filter(({ kind }) => kind === 'backend')]
  for (const part of order) {
    // PostgreSQL's fast shutdown is SIGINT; its SIGTERM would wait for every client to go.
    await endProcess(part, part.name === 'postgres' ? 'SIGINT' : 'SIGTERM', stopLimitMs)
  }
  return order.map(({ name }) => name)
}

/** Sends the signal, waits, and kills what does not go. Answers true when it went by itself. */
export async function endProcess(target: ProcessMark, signal: NodeJS.Signals, limitMs: number): Promise<boolean> {
  if (!sendSignal(target, signal)) return true
  if (await gone(target, limitMs)) return true
  sendSignal(target, 'SIGKILL')
  await gone(target, limitMs)
  return false
}

function sendSignal(target: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(target)) return false
  process.kill(target.pid, signal)
  return true
}

async function gone(target: ProcessMark, limitMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs
  while (isSameProcess(target)) {
    if (performance.now() > deadlineMs) return false
    await delay(pollMs)
  }
  return true
}
