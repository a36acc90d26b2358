/**
 * Starts the launcher as a process that outlives the terminal and follows its progress until it is ready.
 * Called by `up --detach`. Must never leave a half-started child behind when the start fails or is cancelled.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { environment } from '@tradewire/config/environment'
import { type Home, createHome, logFileOf } from '../home/home.ts'
import { LauncherError, exitCodes, messageOf } from '../terminal/launcher-error.ts'
import type { ProgressEvent, ProgressSink } from '../terminal/progress.ts'
import type { Endpoints } from './endpoints.ts'
import type { EnsuredOperator } from './operator.ts'

/** What a detached child tells its parent. */
export type ChildMessage =
  | { readonly kind: 'progress'; readonly event: ProgressEvent }
  | { readonly kind: 'ready'; readonly endpoints: Endpoints; readonly operator: EnsuredOperator | undefined }
  | { readonly kind: 'failed'; readonly message: string; readonly mend: string | undefined; readonly exitCode: number }

export type ReadyMessage = ChildMessage & { readonly kind: 'ready' }

const logFileMode = 0o600

/** Sends a message to the parent; once it has gone there is nobody to tell. */
export function tellParent(message: ChildMessage): void {
  if (process.connected) process.send?.(message)
}

export function failureMessage(error: unknown): ChildMessage {
  const known = error instanceof LauncherError
  return {
    kind: 'failed',
    message: messageOf(error),
    mend: known ? error.mend : undefined,
    exitCode: known ? error.exitCode : exitCodes.failed,
  }
}

export async function startDetached(
  home: Home,
  args: readonly string[],
  progress: ProgressSink,
  /** Settings of services by environment name, besides those of this process. */
  settings: Readonly<Record<string, string>> = {},
): Promise<ReadyMessage> {
  await createHome(home)
  const log = openSync(logFileOf(home, 'launcher'), 'a', logFileMode)
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...environment(), ...settings },
  })
  closeSync(log)
  const cancel = (): void => void child.kill('SIGTERM')
  process.once('SIGINT', cancel)
  process.once('SIGTERM', cancel)
  try {
    return await new Promise<ReadyMessage>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => {
        reject(
          new LauncherError(
            `the start ended early (${signal ?? `exit ${code}`})`,
            `read ${logFileOf(home, 'launcher')}`,
          ),
        )
      })
      child.on('message', (message: ChildMessage) => {
        if (message.kind === 'progress') progress(message.event)
        else if (message.kind === 'ready') resolve(message)
        else reject(new LauncherError(message.message, message.mend, message.exitCode))
      })
    })
  } finally {
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
    if (child.connected) child.disconnect()
    child.unref()
  }
}
