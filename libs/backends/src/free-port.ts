/**
 * Free TCP ports on the loopback interface. Called by the backends, the launcher and tests.
 * Must never be trusted as a reservation: the port is only known to have been free a moment ago.
 */
import { createServer } from 'node:net'

const loopback = '127.0.0.1'

/** A port that was free on 127.0.0.1 when asked. */
export function freePort(): Promise<number> {
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
