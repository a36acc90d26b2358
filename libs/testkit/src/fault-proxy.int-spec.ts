import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request } from 'undici'
import { eventually } from './eventually.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

let asked = 0
let server: Server
let proxy: FaultProxy

async function ask(limitMs = 2_000): Promise<string> {
  const reply = await request(`http://127.0.0.1:${proxy.port}/`, {
    reset: true,
    headersTimeout: limitMs,
    signal: AbortSignal.timeout(limitMs),
  })
  return reply.body.text()
}

beforeAll(async () => {
  server = createServer((_request, reply) => {
    asked += 1
    reply.end('pong')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  proxy = await startFaultProxy({ targetPort: typeof address === 'object' && address !== null ? address.port : 0 })
})

afterAll(async () => {
  await proxy.stop()
  server.close()
})

describe('the fault proxy', () => {
  it('passes everything when nothing is wrong', async () => {
    expect(await ask()).toBe('pong')
  })

  it('cuts at once and heals', async () => {
    proxy.cut()
    await expect(ask()).rejects.toThrow()
    proxy.heal()
    expect(await ask()).toBe('pong')
  })

  it('swallows everything as a black hole', async () => {
    const before = asked
    proxy.blackHole()
    await expect(ask(200)).rejects.toThrow()
    expect(asked).toBe(before)
    proxy.heal()
    expect(await ask()).toBe('pong')
  })

  it('lets the request through and loses only the reply', async () => {
    const before = asked
    proxy.dropReplies()
    await expect(ask(200)).rejects.toThrow()
    expect(asked).toBe(before + 1)
    proxy.heal()
    expect(await ask()).toBe('pong')
  })

  it('ends the target’s side of a connection and leaves the other open', async () => {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
    let ended = false
    socket.resume().once('end', () => (ended = true))
    // The proxy may learn of the connection after us.
    await eventually(() => {
      proxy.halfClose()
      return ended
    })
    expect(socket.writable).toBe(true)
    socket.destroy()
  })

  it('delays each way', async () => {
    proxy.delay(60)
    const began = performance.now()
    expect(await ask()).toBe('pong')
    expect(performance.now() - began).toBeGreaterThan(110)
    proxy.heal()
  })

  it('forgets connections that have ended', async () => {
    await eventually(() => proxy.connections() === 0)
  })
})
