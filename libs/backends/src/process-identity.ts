/**
 * Is this process id still the process we mean? Ids are reused, so a pid file alone proves nothing.
 * Called before anything is signalled on the word of a file. Must never say yes without evidence.
 */
import { readFileSync, readlinkSync } from 'node:fs'

/** True when the process exists; a process of another user counts as existing. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The command line of a process, arguments joined by spaces; empty when it is gone or not readable. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

/** The working directory of a process; empty when it is gone or not readable. */
export function workingDirectoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

/**
 * When the process started, in clock ticks since boot: together with the pid it names one process for good.
 * Empty when it is gone or the system has no /proc.
 */
export function startMarkOf(pid: number): string {
  return statFieldsOf(pid)[19] ?? ''
}

function isZombie(pid: number): boolean {
  return statFieldsOf(pid)[0] === 'Z'
}

/** The fields of /proc/<pid>/stat after the command name, which may itself hold spaces and brackets. */
function statFieldsOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
