/** Runs a script of the project on this Node with the terminal as its own. Called by test, check and gen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectRoot } from '../home/home.ts'
import { exitCodes, LauncherError } from '../terminal/launcher-error.ts'

/** Without it a process may never come out of its exit (docs/adr/0033). The memory that services get is not for scripts. */
const endingFlag = '--no-concurrent-sparkplug'

/** Answers the exit code. Throws when it ended because we were told to stop: nothing else is to be run then. */
export async function runScript(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [endingFlag, ...args], { cwd: projectRoot, stdio: 'inherit' })
  // The script decides how it ends, and we say how it ended. A terminal signals both of us; others only know this process.
  let asked: NodeJS.Signals | undefined
  const note = (): void => {
    asked = 'SIGINT'
  }
  const passOn = (): void => {
    asked = 'SIGTERM'
    child.kill(asked)
  }
  process.on('SIGINT', note)
  process.on('SIGTERM', passOn)
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    if (asked !== undefined) throw new LauncherError(`stopped by ${asked}`, undefined, exitCodes.interrupted)
    return code ?? exitCodes.interrupted
  } finally {
    process.off('SIGINT', note)
    process.off('SIGTERM', passOn)
  }
}
