/**
 * A port that answers nobody, for as long as a server shall stay away. Called by specs that lose a server.
 * Must never be left held: the server's supervisor tries again until the port is free.
 */
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const retryMs = 2
const takeLimitMs = 5_000

/** Takes the port as soon as its holder lets go; every connection to it is reset. Returns what frees it. */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  const deadlineMs = performance.now() + takeLimitMs
  for (;;) {
    const free = await tryHold(port)
    if (free !== undefined) return free
    if (performance.now() > deadlineMs) throw new Error(`port ${port} could not be taken within ${takeLimitMs} ms`)
    await delay(retryMs)
  }
}

function tryHold(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on('error', () => undefined).resetAndDestroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(() => new Promise((freed) => server.close(() => freed()))))
  })
}
