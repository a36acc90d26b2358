/** Runs a script of the project on this Node with the terminal as its own. Called by test, check and gen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectRoot } from '../home/home.ts'

const killedExitCode = 130

/** Answers the exit code. */
export async function runScript(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...args], { cwd: projectRoot, stdio: 'inherit' })
  // The terminal signals both of us: the script decides how it ends, and we say how it ended.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? killedExitCode
  } finally {
    process.off('SIGINT', ignore)
  }
}
