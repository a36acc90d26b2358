/**
 * Which process listens on a TCP port, as far as this user may know. Called when a port is taken, and by the doctor.
 * Must never guess: no answer is an answer.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

export interface PortHolder {
  readonly pid: number
  readonly command: string
}

const listenState = '0A'

/** The inodes of sockets that listen on the port, from a /proc/net/tcp table. */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    return local?.endsWith(wanted) === true && state === listenState && inode !== undefined ? [inode] : []
  })
}

export function portHolder(port: number): PortHolder | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readOr(() => readFileSync(file, 'utf8'), ''))
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return undefined
  const pids = readOr(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name))
  const pid = pids.find((candidate) => holdsSocket(candidate, sockets))
  if (pid === undefined) return undefined
  // Node names its main thread, not itself, in `comm`.
  return { pid: Number(pid), command: readOr(() => basename(readlinkSync(`/proc/${pid}/exe`)), 'a process') }
}

function holdsSocket(pid: string, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`
  return readOr(() => readdirSync(folder), []).some((fd) =>
    sockets.has(readOr(() => readlinkSync(`${folder}/${fd}`), '')),
  )
}

function readOr<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch {
    return otherwise
  }
}
