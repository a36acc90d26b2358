/**
 * The venue's doors: TCP (plain or TLS) and websockets, each with a main and a streaming connection.
 * Called by the service's start. Must never let one address open more connections than the rules allow.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { ObjectSplitter } from '@tradewire/kernel/json-objects'
import type { Websockets } from '../streams/websockets.wire.ts'
import { errorBody, type Link, MainConnection, type MainParts } from './main-connection.controller.ts'
import { StreamConnection, type StreamParts } from './stream-connection.controller.ts'
import { encode } from './values.wire.ts'
import { xapiError } from './xapi-error.wire.ts'

export interface TcpDoors {
  readonly host: string
  readonly mainPort: number
  readonly streamPort: number
  /** Plain TCP without. */
  readonly tls: { readonly certificate: string; readonly key: string } | null
}

interface Talker {
  heard(text: string): void
  closed(): void
}

const tickEveryMs = 50
const unsentBytesMax = 4_194_304
const objectEnd = '\n\n'
/** With and without a prefix: unmodified clients know only the venue's own paths. */
const mainPath = /^(\/xapi)?\/(demo|real)$/
const streamPath = /^(\/xapi)?\/(demo|real)Stream$/

export class XapiServer {
  private readonly streams = new Set<StreamConnection>()
  private readonly sockets = new Set<Socket>()
  private readonly servers: Server[] = []
  private readonly perAddress = new Map<string, number>()
  private readonly ticker: NodeJS.Timeout

  constructor(private readonly parts: MainParts & StreamParts) {
    parts.sessions.onEnd((session) => {
      for (const stream of this.streams) stream.forget(session)
    })
    parts.transactions.onSettled((account, transaction) => {
      for (const stream of this.streams) stream.tradeStatus(account, transaction)
    })
    this.ticker = setInterval(() => {
      for (const stream of this.streams) stream.tick(parts.venue.now())
    }, tickEveryMs)
    this.ticker.unref()
  }

  serveWebsockets(sockets: Websockets): void {
    for (const [path, kind] of [
      [mainPath, 'main'],
      [streamPath, 'stream'],
    ] as const) {
      sockets.add({
        matches: (candidate) => path.test(candidate),
        open: (connection) => {
          const address = connection.request.socket.remoteAddress ?? ''
          const socket = connection.request.socket
          const link = { send: (text: string) => limited(socket, () => connection.send(text)), drop: connection.drop }
          const talker = this.admit(kind, address, link)
          if (talker === null) return
          let silent = true
          this.expectData(() => silent, connection.drop)
          connection.onText((text) => {
            silent = false
            if (Buffer.byteLength(text) > this.parts.rules.commandBytesMax) connection.drop()
            else talker.heard(text)
          })
          connection.onClose(() => this.leave(address, talker))
        },
      })
    }
  }

  async listen(doors: TcpDoors): Promise<void> {
    for (const [port, kind] of [
      [doors.mainPort, 'main'],
      [doors.streamPort, 'stream'],
    ] as const) {
      const accept = (socket: Socket) => this.acceptTcp(kind, socket)
      const server =
        doors.tls === null
          ? createServer({ noDelay: true }, accept)
          : createTlsServer({ cert: doors.tls.certificate, key: doors.tls.key, noDelay: true }, accept)
      this.servers.push(server)
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, doors.host, resolve)
      })
    }
  }

  close(): void {
    clearInterval(this.ticker)
    this.parts.transactions.close()
    for (const socket of this.sockets) socket.destroy()
    for (const server of this.servers) server.close()
  }

  private acceptTcp(kind: 'main' | 'stream', socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    this.sockets.add(socket)
    // The error is followed by close, which is what counts.
    socket.on('error', () => undefined)
    socket.on('close', () => this.sockets.delete(socket))
    const drop = () => void socket.destroy()
    // Text and its end leave in one piece: clients lose their place otherwise.
    const link = { send: (text: string) => limited(socket, () => void socket.write(text + objectEnd)), drop }
    const talker = this.admit(kind, address, link)
    if (talker === null) return
    let silent = true
    this.expectData(() => silent, drop)
    const splitter = new ObjectSplitter(this.parts.rules.commandBytesMax)
    socket.on('data', (chunk: Buffer) => {
      silent = false
      const split = splitter.push(chunk)
      for (const text of split.texts) talker.heard(text)
      if (split.kind === 'broken') drop()
    })
    socket.on('close', () => this.leave(address, talker))
  }

  /** Null when the address has too many connections already: it is told and cut. */
  private admit(kind: 'main' | 'stream', address: string, link: Link): Talker | null {
    const open = this.perAddress.get(address) ?? 0
    if (open >= this.parts.rules.connectionsPerAddressMax) {
      link.send(encode(errorBody(xapiError('EX008'))))
      setImmediate(link.drop)
      return null
    }
    this.perAddress.set(address, open + 1)
    if (kind === 'main') return new MainConnection(this.parts, link)
    const stream = new StreamConnection(this.parts, link)
    this.streams.add(stream)
    return stream
  }

  private leave(address: string, talker: Talker): void {
    talker.closed()
    if (talker instanceof StreamConnection) this.streams.delete(talker)
    const open = (this.perAddress.get(address) ?? 1) - 1
    if (open <= 0) this.perAddress.delete(address)
    else this.perAddress.set(address, open)
  }

  private expectData(silent: () => boolean, drop: () => void): void {
    const { firstDataMs } = this.parts.rules
    if (firstDataMs === 0) return
    setTimeout(() => {
      if (silent()) drop()
    }, firstDataMs).unref()
  }
}

/** A client that does not read is cut before its backlog fills the memory. */
function limited(socket: Pick<Socket, 'writableLength' | 'destroy' | 'destroyed'>, write: () => void): void {
  if (socket.destroyed) return
  if (socket.writableLength > unsentBytesMax) socket.destroy()
  else write()
}
