/**
 * Free TCP ports on the loopback interface. Called by the backends, the launcher and tests.
 * Must never be trusted against other programs: the port is only known to have been free a moment ago.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { SystemRandomness } from '@tradewire/kernel/randomness'

const loopback = '127.0.0.1'
const firstPort = 20_000
/** Where Linux begins when nothing else is set. */
const outgoingFromDefault = 32_768
const triesMax = 50

/**
 * A port that was free on 127.0.0.1 when asked, that no other living process of ours was given, and below those that the
 * system gives to outgoing connections. A server on one of those could not be started again: while it is away any
 * client, even one that wants to reach it, may be given its port.
 */
export async function freePort(): Promise<number> {
  const randomness = new SystemRandomness()
  const span = outgoingFrom() - firstPort
  for (let count = 0; span > 0 && count < triesMax; count += 1) {
    const port = firstPort + Math.floor(randomness.fraction() * span)
    if ((await portIsFree(port)) && (await take(port))) return port
  }
  return anyPort()
}

/**
 * Claims the port, which may be seconds before anybody listens there: an address that Linux gives to one process, that is
 * no file, and that is free again when the process ends, however it ends. False when another has it. Where there are no
 * such addresses chance alone keeps us apart.
 */
function take(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const claim = createServer()
    claim.once('error', (error) => resolve(!('code' in error && error.code === 'EADDRINUSE')))
    claim.listen(`\0tradewire-port-${port}`, () => {
      claim.unref()
      resolve(true)
    })
  })
}

/** The lowest port of outgoing connections. */
function outgoingFrom(): number {
  try {
    const lowest = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0])
    return Number.isSafeInteger(lowest) ? lowest : outgoingFromDefault
  } catch {
    return outgoingFromDefault
  }
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, loopback, () => {
      const address = server.address()
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'))
        else resolve(address.port)
      })
    })
  })
}

/** True when nothing listens on the port of 127.0.0.1 right now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, loopback, () => server.close(() => resolve(true)))
  })
}

const openFromDefault = 1_024

/** The first port that anybody may open; those below are for root. */
export function openPortsFrom(): number {
  try {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
    return Number.isSafeInteger(first) ? first : openFromDefault
  } catch {
    return process.platform === 'linux' ? openFromDefault : 0
  }
}
