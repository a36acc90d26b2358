import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { freePort, portIsFree } from './free-port.ts'

describe('a free port', () => {
  it('is free, and is none that an outgoing connection can be given', async () => {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    const outgoingFrom = Number(range.split(/\s+/)[0])
    for (let count = 0; count < 20; count += 1) {
      const port = await freePort()
      expect(port).toBeLessThan(outgoingFrom)
      expect(await portIsFree(port)).toBe(true)
    }
  })
})
