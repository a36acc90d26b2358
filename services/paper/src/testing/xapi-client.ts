/**
 * A bare client of the xAPI surface, over TCP or a websocket, for its integration specs. Must never be imported by the service.
 */
import { connect, type Socket } from 'node:net'
import { ObjectSplitter } from '@tradewire/kernel/json-objects'
import { eventually } from '@tradewire/testkit/eventually'
import { WebSocket } from 'ws'

const charactersMax = 10_000_000

export interface XapiReply {
  readonly status?: boolean
  readonly errorCode?: string
  readonly streamSessionId?: string
  readonly customTag?: unknown
  readonly returnData?: never
  readonly command?: string
  readonly data?: never
}

export class XapiClient {
  readonly replies: XapiReply[] = []
  /** As they came, one per read or frame. */
  readonly chunks: string[] = []
  closed = false
  private constructor(
    private readonly write: (text: string) => void,
    private readonly end: () => void,
  ) {}

  static async tcp(port: number): Promise<XapiClient> {
    const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const client = new XapiClient(
      (text) => socket.write(text),
      () => socket.destroy(),
    )
    const splitter = new ObjectSplitter(charactersMax)
    socket.on('error', () => undefined)
    socket.on('close', () => client.noteClosed())
    socket.on('data', (chunk: Buffer) => {
      client.chunks.push(chunk.toString())
      for (const text of splitter.push(chunk).texts) client.replies.push(JSON.parse(text) as XapiReply)
    })
    await new Promise<void>((resolve) => socket.once('connect', resolve))
    return client
  }

  static async websocket(url: string): Promise<XapiClient> {
    const socket = new WebSocket(url)
    const client = new XapiClient(
      (text) => socket.send(text),
      () => socket.terminate(),
    )
    socket.on('error', () => undefined)
    socket.on('close', () => client.noteClosed())
    socket.on('message', (data: Buffer) => {
      client.chunks.push(data.toString())
      client.replies.push(JSON.parse(data.toString()) as XapiReply)
    })
    await new Promise<void>((resolve) => socket.once('open', resolve))
    return client
  }

  send(text: string | object): void {
    this.write(typeof text === 'string' ? text : JSON.stringify(text))
  }

  close(): void {
    this.end()
  }

  /** Sends and waits for the next reply. */
  async ask(command: string, given?: object, more: object = {}): Promise<XapiReply> {
    const before = this.replies.length
    this.send({ command, ...(given === undefined ? {} : { arguments: given }), ...more })
    return eventually(() => this.replies[before], { describe: `the reply to ${command}` })
  }

  /** The next event of the stream that fits. */
  event(command: string, fits: (data: never) => boolean = () => true): Promise<XapiReply> {
    const found = () => this.replies.find((each) => each.command === command && fits(each.data as never))
    return eventually(found, { describe: `the event ${command}` })
  }

  private noteClosed(): void {
    this.closed = true
  }
}
