import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SystemClock } from '@tradewire/kernel/clock'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
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

describe('a stream that is taken and dropped at once, again and again', () => {
  it('comes back ever later, for the venue is asked for much each time', async () => {
    const venue = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    const atMs: number[] = []
    venue.on('connection', (socket) => {
      atMs.push(clock.monotonicMs())
      socket.close()
    })
    await once(venue, 'listening')
    const socket = new VenueSocket({
      target: () => Promise.resolve({ url: `ws://127.0.0.1:${(venue.address() as AddressInfo).port}` }),
      onOpen: () => true,
      onMessage: () => undefined,
      onUp: () => undefined,
      onDown: () => undefined,
      clock,
      randomness: new SeededRandomness(1),
    })
    await eventually(() => atMs.length === 5, { withinMs: 10_000, describe: 'it has come five times' })
    socket.close()
    venue.close()
    // At least half of 250, 500, 1,000 and 2,000 ms.
    expect(atMs[4]! - atMs[0]!).toBeGreaterThanOrEqual(1_875)
  })
})

describe('a stream that stands but says nothing (fault 18)', () => {
  const sockets: VenueSocket[] = []
  const servers: WebSocketServer[] = []

  afterEach(async () => {
    vi.useRealTimers()
    for (const socket of sockets.splice(0)) socket.close()
    for (const one of servers.splice(0)) one.close()
  })

  /** A venue that answers pings or does not, and a stream to it that stands. */
  async function standing(autoPong: boolean) {
    const venue = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong })
    servers.push(venue)
    let pings = 0
    venue.on('connection', (socket) => socket.on('ping', () => (pings += 1)))
    await once(venue, 'listening')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const time = new ManualClock()
    const downs: string[] = []
    const socket = new VenueSocket({
      target: () => Promise.resolve({ url: `ws://127.0.0.1:${(venue.address() as AddressInfo).port}` }),
      onOpen: () => true,
      onMessage: () => undefined,
      onUp: () => undefined,
      onDown: (message) => downs.push(message),
      clock: time,
      randomness: new SeededRandomness(1),
    })
    sockets.push(socket)
    await eventually(() => socket.isUp, { describe: 'the stream stands' })
    const pass = (ms: number): void => {
      for (let step = 0; step < ms; step += 1) {
        time.advance(1)
        vi.advanceTimersByTime(1)
      }
    }
    return { socket, downs, pass, pings: () => pings }
  }

  it('is asked after six seconds and given up after ten', async () => {
    const { downs, pass, pings } = await standing(false)
    pass(5_999)
    expect(pings()).toBe(0)
    pass(1)
    await eventually(() => pings() === 1, { describe: 'the venue was pinged' })
    pass(3_999)
    expect(downs).toEqual([])
    pass(1)
    expect(downs).toEqual(['silent for 10000 ms'])
  })

  it('is kept for as long as it answers', async () => {
    const { socket, downs, pass, pings } = await standing(true)
    for (let asked = 1; asked <= 5; asked += 1) {
      const heardAtMs = socket.lastMessageAtMs
      pass(6_000)
      await eventually(() => pings() === asked && socket.lastMessageAtMs !== heardAtMs, { describe: 'it has answered' })
    }
    expect(downs).toEqual([])
    expect(socket.isUp).toBe(true)
  })
})
