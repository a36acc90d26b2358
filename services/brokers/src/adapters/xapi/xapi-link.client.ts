/**
 * One socket to the venue, TCP, TLS or websocket, as texts of JSON objects. Called by the main and streaming connections.
 * Must never reconnect by itself, nor call a text sent whose bytes the system did not take.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ObjectSplitter } from '@tradewire/kernel/json-objects'
import { type RawData, WebSocket } from 'ws'

export type XapiAddress =
  | { readonly kind: 'websocket'; readonly url: string }
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      /** Certificates are checked against this, or the system's; null for plain TCP. */
      readonly tls: { readonly certificateAuthority?: string } | null
    }

export interface LinkListener {
  onText(text: string): void
  /** Once; nothing comes after it. */
  onDown(message: string): void
}

export interface Link {
  /** False when it was certainly not sent. */
  send(text: string): boolean
  close(): void
}

const connectTimeoutMs = 5_000
const objectCharactersMax = 33_554_432

/** Rejects when no connection comes about. */
export function openLink(address: XapiAddress, listener: LinkListener): Promise<Link> {
  return address.kind === 'websocket' ? openWebsocket(address.url, listener) : openTcp(address, listener)
}

function openWebsocket(url: string, listener: LinkListener): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout: connectTimeoutMs,
      maxPayload: objectCharactersMax,
    })
    let open = false
    const down = (message: string) => {
      // A late error of a socket that nobody listens to would end the process.
      socket.removeAllListeners().on('error', () => undefined)
      socket.terminate()
      if (open) listener.onDown(message)
      else reject(new Error(message))
      open = false
    }
    socket.on('open', () => {
      open = true
      resolve({
        send: (text) => {
          if (!open || socket.readyState !== WebSocket.OPEN) return false
          socket.send(text)
          return true
        },
        close: () => down('closed by us'),
      })
    })
    socket.on('message', (data) => listener.onText(textOf(data)))
    socket.on('error', (error) => down(error.message))
    socket.on('close', (code) => down(`closed with ${code}`))
  })
}

function openTcp(address: Extract<XapiAddress, { kind: 'tcp' }>, listener: LinkListener): Promise<Link> {
  return new Promise((resolve, reject) => {
    const { host, port, tls } = address
    const ready = tls === null ? 'connect' : 'secureConnect'
    const { certificateAuthority: ca } = tls ?? {}
    const socket: Socket =
      tls === null
        ? connectTcp({ host, port, noDelay: true })
        : connectTls({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) })
    const splitter = new ObjectSplitter(objectCharactersMax)
    let open = false
    const down = (message: string) => {
      socket.removeAllListeners().on('error', () => undefined)
      socket.destroy()
      if (open) listener.onDown(message)
      else reject(new Error(message))
      open = false
    }
    socket.setTimeout(connectTimeoutMs, () => {
      if (!open) down('no connection in time')
    })
    socket.once(ready, () => {
      open = true
      socket.setNoDelay(true).setTimeout(0)
      resolve({
        send: (text) => {
          if (!open || !socket.writable) return false
          socket.write(`${text}\n\n`)
          return true
        },
        close: () => down('closed by us'),
      })
    })
    socket.on('data', (chunk: Buffer) => {
      const split = splitter.push(chunk)
      for (const text of split.texts) if (open) listener.onText(text)
      if (split.kind === 'broken') down('what the venue sends cannot be read')
    })
    socket.on('error', (error) => down(error.message))
    socket.on('close', () => down('closed by the venue'))
  })
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString()
}
