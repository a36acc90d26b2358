/**
 * Which process this is, so that a restarted one need not wait for the lease of its dead predecessor.
 * Called by the lease store. Must never call a process dead that lives in another machine or container.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { Injectable } from '@nestjs/common'

export interface Identity {
  /** Names one kernel boot and one space of process ids; null where the system cannot say. */
  readonly space: string | null
  readonly pid: number
  /** When the process began, in the system's own words: a process id is used again some day. */
  readonly started: string
}

const bootIdFile = '/proc/sys/kernel/random/boot_id'
const pidSpaceLink = '/proc/self/ns/pid'
/** Field 22 of /proc/<pid>/stat, counted after the command's closing bracket. */
const startTimeField = 19

@Injectable()
export class ProcessIdentity {
  readonly own: Identity = { space: spaceOfThisProcess(), pid: process.pid, started: startOf(process.pid) ?? '' }

  /** True only for a process of the same space of process ids that is not there any more. */
  isDead(other: Identity): boolean {
    if (this.own.space === null || other.space !== this.own.space) return false
    return startOf(other.pid) !== other.started
  }
}

function spaceOfThisProcess(): string | null {
  try {
    return `${readFileSync(bootIdFile, 'utf8').trim()} ${readlinkSync(pidSpaceLink)}`
  } catch {
    return null
  }
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[startTimeField] ?? null
  } catch {
    return null
  }
}
