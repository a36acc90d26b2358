import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SystemClock } from '@tradewire/kernel/clock'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { VenueSocket } from './venue-socket.client.ts'

const streams = 300
const handshakesMs: number[] = []
const clock = new SystemClock()
let server: WebSocketServer
const connected: WebSocket[] = []

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    handshakesMs.push(clock.monotonicMs())
    connected.push(socket)
  })
  await once(server, 'listening')
})

afterAll(() => server.close())

function mostInOneSecond(timesMs: readonly number[]): number {
  return Math.max(...timesMs.map((from) => timesMs.filter((at) => at >= from && at < from + 1_000).length))
}

describe('streams to one host', () => {
  it('come back one after another when all are cut at once, however many they are', async () => {
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const randomness = new SeededRandomness(1)
    const sockets = Array.from(
      { length: streams },
      () =>
        new VenueSocket({
          target: () => Promise.resolve({ url }),
          onOpen: () => true,
          onMessage: () => undefined,
          onUp: () => undefined,
          onDown: () => undefined,
          clock,
          randomness,
        }),
    )
    const allUp = () => sockets.every(({ isUp }) => isUp)
    await eventually(allUp, { withinMs: 15_000, describe: 'all streams stand' })
    handshakesMs.length = 0
    for (const socket of connected.splice(0)) socket.terminate()
    await eventually(() => handshakesMs.length >= streams && allUp(), { withinMs: 15_000, describe: 'all are back' })
    for (const socket of sockets) socket.close()
    expect(handshakesMs.length).toBe(streams)
    // What a busy machine takes late, it takes together.
    expect(mostInOneSecond(handshakesMs)).toBeLessThanOrEqual(250)
  })
})
