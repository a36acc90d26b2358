/**
 * Websocket endpoints on the service's HTTP server, by path.
 * Called by the surfaces at start. Must never accept a path that no surface has registered.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'

const payloadMaxBytes = 65_536
const pingEveryMs = 20_000

export interface Connection {
  readonly url: URL
  readonly request: IncomingMessage
  readonly socket: WebSocket
  readonly send: (text: string) => void
  readonly drop: () => void
  readonly onText: (listener: (text: string) => void) => void
  readonly onClose: (listener: () => void) => void
}

export interface SocketRoute {
  readonly matches: (path: string) => boolean
  /** Refuses with an HTTP status before the upgrade; undefined lets it in. */
  readonly refuse?: (url: URL, request: IncomingMessage) => number | undefined
  readonly open: (connection: Connection) => void
}

export class Websockets {
  private readonly routes: SocketRoute[] = []
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: payloadMaxBytes })

  add(route: SocketRoute): void {
    this.routes.push(route)
  }

  /** Listens for upgrades, and cuts what is open when the HTTP server closes. */
  attach(fastify: FastifyInstance): void {
    fastify.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    )
    fastify.addHook('preClose', async () => {
      for (const client of this.server.clients) client.terminate()
      this.server.close()
    })
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://venue')
    const route = this.routes.find(({ matches }) => matches(url.pathname))
    const refused = route === undefined ? 404 : route.refuse?.(url, request)
    if (route === undefined || refused !== undefined) {
      socket.end(`HTTP/1.1 ${String(refused)} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.server.handleUpgrade(request, socket, head, (client) => route.open(connectionOf(url, request, client)))
  }
}

function connectionOf(url: URL, request: IncomingMessage, socket: WebSocket): Connection {
  const pinger = setInterval(() => socket.ping(), pingEveryMs)
  pinger.unref()
  socket.on('close', () => clearInterval(pinger))
  // The error is followed by close, which is what counts.
  socket.on('error', () => undefined)
  return {
    url,
    request,
    socket,
    send: (text) => socket.send(text),
    drop: () => socket.terminate(),
    onText: (listener) => socket.on('message', (data: RawData) => listener(textOf(data))),
    onClose: (listener) => socket.on('close', listener),
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8')
}
