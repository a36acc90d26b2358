/**
 * Is this process id still the process we mean? Ids are reused, so a pid file alone proves nothing.
 * Called before anything is signalled on the word of a file. Must never say yes without evidence.
 */
import { spawnSync } from 'node:child_process'
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
 * When the process started: the boot and the clock ticks since it. Together with the pid it names one process for good.
 * Empty when the process is gone.
 */
export function startMarkOf(pid: number): string {
  const ticks = statFieldsOf(pid)[19]
  return ticks === undefined ? startTimeByPs(pid) : `${bootMark()}:${ticks}`
}

const bootMarkLength = 8

function bootMark(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, bootMarkLength)
  } catch {
    return ''
  }
}

/** Systems without /proc tell the start time through ps. */
function startTimeByPs(pid: number): string {
  const asked = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return asked.status === 0 ? asked.stdout.trim() : ''
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
