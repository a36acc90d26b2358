/** Runs a script of the project on this Node with the terminal as its own. Called by test, check and gen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectRoot } from '../home/home.ts'
import { exitCodes } from '../terminal/launcher-error.ts'

/** Without it a process may never come out of its exit (docs/adr/0033). The memory that services get is not for scripts. */
const endingFlag = '--no-concurrent-sparkplug'

/** Answers the exit code. */
export async function runScript(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [endingFlag, ...args], { cwd: projectRoot, stdio: 'inherit' })
  // The script decides how it ends, and we say how it ended. A terminal signals both of us; others only know this process.
  const ignore = (): void => undefined
  const passOn = (): void => void child.kill('SIGTERM')
  process.on('SIGINT', ignore)
  process.on('SIGTERM', passOn)
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? exitCodes.interrupted
  } finally {
    process.off('SIGINT', ignore)
    process.off('SIGTERM', passOn)
  }
}
