/** Memory of a process, for status. Must never fail: a process may be gone at any moment. */
import { readFileSync } from 'node:fs'

const bytesPerKibibyte = 1_024

/** Resident memory in bytes; undefined when the process is gone or the system has no /proc. */
export function residentBytesOf(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? undefined : Number(kibibytes) * bytesPerKibibyte
  } catch {
    return undefined
  }
}
