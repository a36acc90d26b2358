/**
 * Venue `xapi`: forex and CFD accounts at brokers that speak xAPI 2.5 (X Open Hub). Called by the broker registry.
 * Must never place an exit that could open a position.
 */
import { defineBroker } from '@tradewire/broker-kit/define-broker'
import { idInWords, ticketCapabilities } from '@tradewire/broker-kit/kinds-of-venue'
import { ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { XapiAddress } from './xapi-link.client.ts'
import { xapiSession } from './xapi-session.client.ts'

const liveWebsocket = 'wss://ws.xapi.pro'
const liveHost = 'xapia.x-station.eu'
const demoMainPort = 5_124
const demoStreamPort = 5_125
const realMainPort = 5_112
const realStreamPort = 5_113
/** Main and streaming port of each server. */
const livePorts = { demo: [demoMainPort, demoStreamPort], real: [realMainPort, realStreamPort] } as const
const pacingMs = 200
const historyMs = 2_592_000_000

interface Doors {
  readonly main: XapiAddress
  readonly stream: XapiAddress
}

function websockets(base: string, server: 'real' | 'demo'): Doors {
  const door = (url: string): XapiAddress => ({ kind: 'websocket', url })
  return { main: door(`${base}/${server}`), stream: door(`${base}/${server}Stream`) }
}

function liveDoors(server: 'real' | 'demo', transport: 'websocket' | 'tcp'): Doors {
  if (transport === 'websocket') return websockets(liveWebsocket, server)
  const [main, stream] = livePorts[server]
  const door = (port: number): XapiAddress => ({ kind: 'tcp', host: liveHost, port, tls: {} })
  return { main: door(main), stream: door(stream) }
}

export const xapiBroker = defineBroker({
  id: 'xapi',
  title: 'xAPI (X Open Hub)',
  credentials: z.strictObject({
    userId: z.string().trim().min(1).max(64).meta({ title: 'Account number' }),
    password: z.string().min(1).max(128).meta({ title: 'Password', secret: true }),
    server: z.enum(['real', 'demo']).default('real').meta({ title: 'Server' }),
    transport: z.enum(['websocket', 'tcp']).default('websocket').meta({ title: 'Connection' }),
  }),
  capabilities: {
    ...ticketCapabilities,
    clientId: idInWords('customComment', 30),
    streams: { orders: true, balances: true },
    instrumentsPer: 'venue',
  },
  // 200 ms between requests of one connection are kept by the connection itself.
  rateLimits: [{ name: 'requests', scope: 'account', capacity: 50, intervalMs: 10_000 }],
  readWeights: { order: 2, openOrders: 1, balances: 1, positions: 1, fills: 2, rates: 1 },
  paperReadLagMs: 2_500,
  async connect({ userId, password, server, transport }, { environment, dependencies }) {
    const { clock, randomness, requestTimeoutMs, paperUrl } = dependencies
    const doors =
      environment === 'live'
        ? liveDoors(server, transport)
        : websockets(`${paperUrl.replace(/^http/, 'ws')}/xapi`, server)
    await Promise.resolve()
    const login = { userId, password }
    return ok(xapiSession({ ...doors, login, clock, randomness, requestTimeoutMs, pacingMs, historyMs }))
  },
})
