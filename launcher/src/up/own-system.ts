/**
 * A system of one command's own: in a temporary home, on free ports, gone with all its data when the work is done.
 * Called by `demo` and `drill`. Must never leave anything running, also when it is interrupted.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { homeAt } from '../home/home.ts'
import { aborted, exitSignal } from '../system/exit-signal.ts'
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { liveLine } from '../terminal/live-line.ts'
import { terminalProgress } from '../terminal/progress.ts'
import { startDetached } from './detached.ts'
import type { Endpoints } from './endpoints.ts'
import { stopHome, stopWaitDefaultSeconds } from './stop-home.ts'

export interface OwnSystemOptions {
  /** Of the command, for the folder's name. */
  readonly name: string
  /** A process per service. */
  readonly processes?: boolean
  /** Settings of services by environment name. */
  readonly settings: Readonly<Record<string, string>>
}

/** Answers what the work answers; `progress` shows one line of it. */
export async function withOwnSystem<Result>(
  { name, processes = false, settings }: OwnSystemOptions,
  work: (endpoints: Endpoints, progress: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const stopWish = exitSignal()
  const home = homeAt(await mkdtemp(join(tmpdir(), `tradewire-${name}-`)))
  const progress = terminalProgress(process.stderr)
  const line = liveLine(process.stderr)
  try {
    const args = ['up', '--report-to-parent', '--home', home.root, '--port', '0', ...(processes ? ['--processes'] : [])]
    const { endpoints } = await startDetached(home, args, progress, settings)
    const interrupted = aborted(stopWish).then((): never => {
      throw new LauncherError(`stopped by ${String(stopWish.reason)}`, undefined, exitCodes.interrupted)
    })
    return await Promise.race([work(endpoints, (text) => line.show(text)), interrupted])
  } finally {
    line.clear()
    await stopHome(home, stopWaitDefaultSeconds, progress)
    await rm(home.root, { recursive: true, force: true })
  }
}
