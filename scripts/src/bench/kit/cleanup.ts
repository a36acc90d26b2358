/** What must be stopped however the bench ends: servers live in sessions of their own and would outlive it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { killAllChildren } from './child.ts'

type Work = () => Promise<void>

/** What was starting when the bench was interrupted may take so long until it can be stopped. */
const lateLimitMs = 10_000

const works: Work[] = []
let cleaning: Promise<void> = Promise.resolve()
let interrupted = false

/** Runs with cleanUp, last added first. */
export function atEnd(work: Work): void {
  works.push(work)
  if (interrupted) throw new Error('the bench was interrupted')
}

/** Again where works may have come since. Resolves once all of them are done, also those that another call has begun. */
export function cleanUp(): Promise<void> {
  killAllChildren()
  cleaning = cleaning.then(async () => {
    for (const work of works.splice(0).toReversed()) await work().catch(() => undefined)
  })
  return cleaning
}

/** Ends a bench before its time; `bench` settles as soon as it meets what is not there any more. */
export async function interrupt(bench: Promise<unknown>): Promise<void> {
  interrupted = true
  await cleanUp()
  await Promise.race([bench.catch(() => undefined), delay(lateLimitMs)])
  await cleanUp()
}

export function isInterrupted(): boolean {
  return interrupted
}

/** In a folder of its own, a gigabyte with the servers' data: only a bench that fails leaves it behind, for its logs. */
export async function inFolder<Result>(
  progress: (text: string) => void,
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'tradewire-bench-'))
  let failed = false
  atEnd(() => (failed ? Promise.resolve() : rm(directory, { recursive: true, force: true })))
  try {
    return await work(directory)
  } catch (error) {
    failed = !interrupted
    if (failed) progress(`logs are kept in ${directory}`)
    throw error
  } finally {
    await cleanUp()
  }
}
