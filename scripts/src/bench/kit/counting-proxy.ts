/**
 * Hands connections on to a server and notes when each asked for a websocket. Called by measures of storms.
 * Must never change a byte, nor hold one back.
 */
import { createConnection, createServer } from 'node:net'
import { atEnd } from './cleanup.ts'
import { nowMs } from './clock.ts'

const upgrade = /^upgrade: *websocket/im

export interface CountingProxy {
  readonly url: string
  /** When each handshake of a stream came since the last call. */
  taken(): number[]
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target)
  let made: number[] = []
  const server = createServer((client) => {
    client.once('data', (first: Buffer) => {
      if (upgrade.test(first.toString('latin1'))) made.push(nowMs())
    })
    const upstream = createConnection({ host: hostname, port: Number(port) })
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => Promise.resolve(void server.close()))
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${own}`,
    taken() {
      const all = made
      made = []
      return all
    },
  }
}
