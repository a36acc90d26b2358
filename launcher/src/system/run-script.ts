/** Runs a script of the project on this Node, with its flags and the terminal as its own. Called by test, check and gen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectRoot } from '../home/home.ts'
import { exitCodes } from '../terminal/launcher-error.ts'

/** Answers the exit code. */
export async function runScript(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...args], { cwd: projectRoot, stdio: 'inherit' })
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
