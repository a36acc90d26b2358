import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { freePort, portIsFree } from './free-port.ts'

/** So many of 12,768 would surely meet by chance. */
const count = 300

/** A process that was given ports and uses none of them yet. */
async function giverOfPorts() {
  const program = `
import { freePort } from '${new URL('free-port.ts', import.meta.url).href}'
process.send(await Promise.all(Array.from({ length: ${count} }, freePort)))
setInterval(() => undefined, 60_000)
`
  const flags = ['--conditions=source', '--input-type=module', '--eval', program]
  const giver = spawn(process.execPath, flags, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [ports] = (await once(giver, 'message')) as [number[]]
  return { giver, ports }
}

describe('a free port', () => {
  it('is free, and is none that an outgoing connection can be given', async () => {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    const outgoingFrom = Number(range.split(/\s+/)[0])
    for (let round = 0; round < 20; round += 1) {
      const port = await freePort()
      expect(port).toBeLessThan(outgoingFrom)
      expect(await portIsFree(port)).toBe(true)
    }
  })

  it('is given to one process, and once, as long as that lives', async () => {
    const others = await giverOfPorts()
    const own = await Promise.all(Array.from({ length: count }, freePort))
    others.giver.kill('SIGKILL')
    const all = [...own, ...others.ports]
    expect(new Set(all).size).toBe(2 * count)
  })
})
