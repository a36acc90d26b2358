/**
 * Stops a running home: its launcher in order, and what is left when the launcher is gone or had to be killed.
 * Called by `down` and `demo`. Must never signal a process that it cannot prove to be the recorded one.
 */
import type { Home } from '../home/home.ts'
import { clearRun, isSameProcess, readRun, type RunRecord } from '../home/run-record.ts'
import { type ProgressSink, runStep } from '../terminal/progress.ts'
import { endProcess, stopLeftovers } from './leftovers.ts'

/** Services drain for up to 20 s each, most of them at once; the servers follow. */
export const stopWaitDefaultSeconds = 45

export interface StopResult {
  readonly wasRunning: boolean
  /** False when something had to be killed. */
  readonly inOrder: boolean
}

export async function stopHome(home: Home, waitSeconds: number, progress: ProgressSink): Promise<StopResult> {
  const record = await readRun(home)
  if (record === undefined) return { wasRunning: false, inOrder: true }
  return runStep(progress, 'Stopping', async () => {
    const value = await stopRecorded(home, record, waitSeconds * 1_000)
    return { value, detail: value.inOrder ? 'in order' : 'some had to be killed' }
  })
}

async function stopRecorded(home: Home, record: RunRecord, waitMs: number): Promise<StopResult> {
  const launcherRan = isSameProcess(record.launcher)
  const inOrder = await endProcess(record.launcher, 'SIGTERM', waitMs)
  const leftovers = await stopLeftovers(record)
  await clearRun(home)
  return { wasRunning: launcherRan || leftovers.length > 0, inOrder }
}
