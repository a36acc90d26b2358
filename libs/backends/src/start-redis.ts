/**
 * A Redis inside this process, on the loopback interface only. Called by the launcher and tests.
 * Must never hold anything that matters: Redis counts and caches here, PostgreSQL is the truth.
 */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { RedisServerState, Resp2Server, createRedisCommandExecutor } from 'js-redis-server/core'
import type { RunningBackend } from './running-backend.ts'

export interface RedisOptions {
  /** 0 or absent: the system chooses. */
  readonly port?: number
}

export async function startRedis(options: RedisOptions = {}): Promise<RunningBackend> {
  const state = new RedisServerState({ databaseCount: 16 })
  const { server } = new Resp2Server({ server: state, executor: createRedisCommandExecutor() })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // The library's own listen() binds every interface of the machine, so its server is bound here instead.
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Redis has no port')
  let stopping: Promise<void> | undefined
  return {
    url: `redis://127.0.0.1:${address.port}`,
    port: address.port,
    stop() {
      stopping ??= new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
        state.close()
      })
      return stopping
    },
  }
}
