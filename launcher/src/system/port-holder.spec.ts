import { freePort } from '@tradewire/backends/free-port'
import { startRedis } from '@tradewire/backends/start-redis'
import { describe, expect, it } from 'vitest'
import { listeningInodes, portHolder } from './port-holder.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1CE8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31337 1 0000 100 0 0 10 0
   1: 0100007F:1CE8 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 31338 1 0000 100 0 0 10 0
   2: 0100007F:1CE9 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31339 1 0000 100 0 0 10 0`

describe('the holder of a port', () => {
  it('is found by the socket that listens, not by connections to it', () => {
    expect(listeningInodes(table, 7400)).toEqual(['31337'])
    expect(listeningInodes(table, 7402)).toEqual([])
  })

  it('is named with its pid where the system tells it', async () => {
    const running = await startRedis()
    expect(portHolder(running.port)?.pid).toBe(process.pid)
    await running.stop()
    expect(portHolder(await freePort())).toBeUndefined()
  })
})
