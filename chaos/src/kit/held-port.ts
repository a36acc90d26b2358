/**
 * A port that answers nobody, for as long as a server shall stay away. Called by scenarios that lose a server.
 * Must never be left held: the server's supervisor tries again until the port is free.
 */
import { createServer } from 'node:net'
import { eventually } from '@tradewire/testkit/eventually'

const retryMs = 2
const takeLimitMs = 5_000

/** Takes the port as soon as its holder lets go; every connection to it is reset. Returns what frees it. */
export function holdPort(port: number): Promise<() => Promise<void>> {
  return eventually(() => tryHold(port), {
    withinMs: takeLimitMs,
    everyMs: retryMs,
    describe: `that port ${port} can be taken`,
  })
}

function tryHold(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on('error', () => undefined).resetAndDestroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(() => new Promise((freed) => server.close(() => freed()))))
  })
}
