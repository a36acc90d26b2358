/** CPU time and memory of processes, read from /proc. Called by the measures. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** User and system time since the processes began. */
  readonly cpuMs: number
  readonly rssBytes: number
}

/** Clock ticks are hundredths of a second on every Linux that Node runs on. */
const tickMs = 10
const pageBytes = 4096

export function usageOf(pids: readonly number[]): Usage {
  let cpuMs = 0
  let rssBytes = 0
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      // With the children that have ended: a connection that closes must not take its work out of the sum.
      for (const field of [11, 12, 13, 14]) cpuMs += Number(fields[field]) * tickMs
      rssBytes += Number(fields[21]) * pageBytes
    } catch {
      // The process has ended meanwhile.
    }
  }
  return { cpuMs, rssBytes }
}

/** A process with all its children: PostgreSQL's work is done by those of its postmaster. */
export function familyOf(pid: number): number[] {
  const children: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      if (Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === pid) children.push(Number(name))
    } catch {
      // The process has ended meanwhile.
    }
  }
  return [pid, ...children]
}
