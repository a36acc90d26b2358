/**
 * A mail server that keeps what it is sent: SMTP over a real socket, strict where RFC 5321 is.
 * Called by specs that read mails. Must never accept what a strict server would refuse.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** RFC 5321, 4.5.3.1.6, with CR and LF. */
const lineOctetsMax = 1_000
const lineEnd = '\r\n'

export class SmtpReceiver {
  readonly mails: ReceivedMail[] = []
  /** What the next recipients are refused with, one each. */
  readonly refusals: string[] = []
  private readonly sockets = new Set<Socket>()
  private constructor(private readonly server: Server) {}

  static async start(): Promise<SmtpReceiver> {
    const server = createServer()
    const receiver = new SmtpReceiver(server)
    server.on('connection', (socket) => {
      receiver.sockets.add(socket)
      socket.on('close', () => receiver.sockets.delete(socket))
      socket.on('error', () => undefined)
      new Conversation(socket, receiver).open()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  to(address: string): ReceivedMail[] {
    return this.mails.filter(({ to }) => to.includes(address))
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

class Conversation {
  private pending = ''
  private data: string[] | undefined
  private greeted = false
  private from: string | undefined
  private to: string[] = []

  constructor(
    private readonly socket: Socket,
    private readonly receiver: SmtpReceiver,
  ) {}

  open(): void {
    this.socket.setEncoding('latin1')
    this.socket.on('data', (chunk: string) => this.take(chunk))
    this.say('220 receiver.test ESMTP')
  }

  private say(line: string): void {
    this.socket.write(line + lineEnd)
  }

  private take(chunk: string): void {
    this.pending += chunk
    for (let end = this.pending.indexOf('\n'); end !== -1; end = this.pending.indexOf('\n')) {
      const line = this.pending.slice(0, end + 1)
      this.pending = this.pending.slice(end + 1)
      if (!line.endsWith(lineEnd)) return this.hangUp('500 a line ends with CR LF')
      if (line.length > lineOctetsMax) return this.hangUp('500 the line is too long')
      if (this.data === undefined) this.command(line.slice(0, -lineEnd.length))
      else this.content(line.slice(0, -lineEnd.length))
    }
  }

  private hangUp(reply: string): void {
    this.socket.end(reply + lineEnd)
  }

  private command(line: string): void {
    const [verb = ''] = line.split(' ')
    switch (verb.toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        this.greeted = /^\S+ \S+$/.test(line)
        return this.say(this.greeted ? '250 receiver.test' : '501 who are you?')
      case 'MAIL':
        return this.sender(/^MAIL FROM:<([^<>\s]*)>$/i.exec(line)?.[1])
      case 'RCPT':
        return this.recipient(/^RCPT TO:<([^<>\s@]+@[^<>\s@]+)>$/i.exec(line)?.[1])
      case 'DATA':
        if (this.to.length === 0 || line.length > 'DATA'.length) return this.say('503 no recipient')
        this.data = []
        return this.say('354 go on')
      case 'RSET':
        this.reset()
        return this.say('250 forgotten')
      case 'QUIT':
        return this.hangUp('221 bye')
      default:
        return this.say('502 not known here')
    }
  }

  private sender(address: string | undefined): void {
    if (!this.greeted || this.from !== undefined) return this.say('503 not now')
    if (address === undefined) return this.say('501 not an address')
    this.from = address
    this.say('250 ok')
  }

  private recipient(address: string | undefined): void {
    if (this.from === undefined) return this.say('503 not now')
    if (address === undefined) return this.say('501 not an address')
    const refusal = this.receiver.refusals.shift()
    if (refusal !== undefined) return this.say(refusal)
    this.to.push(address)
    this.say('250 ok')
  }

  /** RFC 5321, 4.5.2: a first dot is taken off; a dot alone ends it. This server did not offer 8BITMIME. */
  private content(line: string): void {
    if (/[\u0080-\u00ff]/.test(line)) return this.hangUp('554 eight bits were not offered')
    if (line !== '.') {
      this.data?.push(line.startsWith('.') ? line.slice(1) : line)
      return
    }
    const lines = this.data ?? []
    this.receiver.mails.push({ from: this.from ?? '', to: this.to, ...readMail(lines) })
    this.reset()
    this.say('250 taken')
  }

  private reset(): void {
    this.from = undefined
    this.to = []
    this.data = undefined
  }
}

/** The parts of a message: folded headers in one line each, and its text without transfer encoding. */
export function readMail(lines: readonly string[]): Pick<ReceivedMail, 'headers' | 'text'> {
  const blank = lines.indexOf('')
  const head = lines
    .slice(0, blank)
    .join('\n')
    .replaceAll(/\n[ \t]+/g, ' ')
  const headers = Object.fromEntries(
    head.split('\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const body = lines.slice(blank + 1).join('\n')
  const quoted = headers['content-transfer-encoding'] === 'quoted-printable'
  return { headers, text: quoted ? unquoted(body) : body }
}

function unquoted(body: string): string {
  const joined = body.replaceAll('=\n', '')
  return joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
