import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { eventually } from '@tradewire/testkit/eventually'
import { describe, expect, it } from 'vitest'
import { SseConnection } from './sse-connection.wire.ts'

const frame = `data: ${'x'.repeat(65_536)}\n\n`
const framesMax = 1_000

/** A response of a real server, and the client's socket. */
async function openResponse(): Promise<{ raw: ServerResponse; client: ReturnType<typeof connect>; stop: () => void }> {
  const arrived = Promise.withResolvers<ServerResponse>()
  const server = createServer((_request, response) => arrived.resolve(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => undefined)
  client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  const raw = await arrived.promise
  return { raw, client, stop: () => (client.destroy(), server.close()) }
}

describe('a connection of server-sent events', () => {
  it('cuts off a client that does not read, and holds no more for it than the socket takes', async () => {
    const { raw, client, stop } = await openResponse()
    client.pause()
    const connection = new SseConnection(raw, 50)
    let sent = 0
    let mostBytes = 0
    for (; sent < framesMax && !connection.isOver; sent += 1) {
      await connection.send(frame)
      mostBytes = Math.max(mostBytes, raw.writableLength)
    }
    expect(sent).toBeLessThan(framesMax)
    expect(mostBytes).toBeLessThan(8 * frame.length)
    await connection.closed
    stop()
  })

  it('delivers everything to a client that reads, and says why it ends', async () => {
    const { raw, client, stop } = await openResponse()
    const connection = new SseConnection(raw)
    let text = ''
    client.on('data', (chunk) => (text += chunk.toString()))
    for (let index = 0; index < 50; index += 1) await connection.send(`data: ${index}\n\n`)
    connection.end('enough')
    await eventually(() => text.includes(': enough'), { describe: 'the last words' })
    expect(text.match(/data: \d+/g)).toHaveLength(50)
    await connection.send('data: late\n\n')
    stop()
  })

  it('notices that the client is gone', async () => {
    const { raw, client, stop } = await openResponse()
    const connection = new SseConnection(raw)
    await connection.send('data: 1\n\n')
    client.destroy()
    await connection.closed
    expect(connection.isOver).toBe(true)
    stop()
  })
})
