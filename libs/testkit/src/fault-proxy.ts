/**
 * A TCP proxy between two processes that can cut, swallow, delay, or lose only the replies.
 * Called by fault tests. Must never pass a byte on after bytes of the same connection were lost.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface FaultProxyOptions {
  readonly targetPort: number
  /** 127.0.0.1 when not given. */
  readonly targetHost?: string
}

type Mode = 'pass' | 'cut' | 'black-hole' | 'drop-replies'

export interface FaultProxy {
  readonly port: number
  /** Resets every connection and refuses new ones by resetting them at once. */
  cut(): void
  /** Keeps connections open and accepts new ones, but swallows every byte in both directions. */
  blackHole(): void
  /** Requests arrive at the target; everything it says is lost. */
  dropReplies(): void
  /** The target's side of every open connection is ended, as by a peer that has said all; the other side stays open. */
  halfClose(): void
  /** Every chunk in both directions waits this long; 0 ends it. */
  delay(byMs: number): void
  /** Everything passes again. Connections that lost bytes are reset, because they cannot go on. */
  heal(): void
  /** How many connections are open now. */
  connections(): number
  stop(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly target: Socket
  /** Bytes were lost: it may not pass any more. */
  damaged: boolean
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new Proxy(options.targetHost ?? '127.0.0.1', options.targetPort)
  await proxy.listen()
  return proxy
}

class Proxy implements FaultProxy {
  private readonly pairs = new Set<Pair>()
  private readonly server: Server
  private mode: Mode = 'pass'
  private delayMs = 0
  port = 0

  constructor(targetHost: string, targetPort: number) {
    // Half-open: a side that has said all still gets its answer.
    this.server = createServer({ allowHalfOpen: true }, (client) => {
      this.accept(client, connect({ host: targetHost, port: targetPort, allowHalfOpen: true }))
    })
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', () => {
        const address = this.server.address()
        if (typeof address === 'object' && address !== null) this.port = address.port
        resolve()
      })
    })
  }

  cut(): void {
    this.mode = 'cut'
    for (const pair of this.pairs) this.reset(pair)
  }

  blackHole(): void {
    this.mode = 'black-hole'
  }

  dropReplies(): void {
    this.mode = 'drop-replies'
  }

  halfClose(): void {
    for (const { client } of this.pairs) client.end()
  }

  delay(byMs: number): void {
    this.delayMs = byMs
  }

  heal(): void {
    this.mode = 'pass'
    this.delayMs = 0
    for (const pair of this.pairs) if (pair.damaged) this.reset(pair)
  }

  connections(): number {
    return this.pairs.size
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    for (const pair of this.pairs) this.reset(pair)
    await closed
  }

  private accept(client: Socket, target: Socket): void {
    const pair: Pair = { client, target, damaged: false }
    this.pairs.add(pair)
    this.link(pair, client, target)
    this.link(pair, target, client)
    if (this.mode === 'cut') this.reset(pair)
  }

  private link(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true)
    from.on('data', (chunk) => this.pass(pair, chunk, to))
    from.on('error', () => this.reset(pair))
    from.on('end', () => {
      if (!this.loses(pair, to)) this.later(() => !to.destroyed && to.end())
    })
    from.on('close', () => {
      if (to.destroyed) this.pairs.delete(pair)
      // The far side gets what is still on its way to it before it is closed too.
      else if (!this.loses(pair, to)) this.later(() => to.destroySoon())
    })
  }

  /** Whether what goes to this side is lost now; from then on the connection cannot go on. */
  private loses(pair: Pair, to: Socket): boolean {
    const reply = to === pair.client
    const lost = this.mode === 'black-hole' || (reply && (pair.damaged || this.mode === 'drop-replies'))
    if (lost) pair.damaged = true
    return lost
  }

  private pass(pair: Pair, chunk: Buffer, to: Socket): void {
    if (this.loses(pair, to)) return
    this.later(() => !to.destroyed && to.write(chunk))
  }

  private later(work: () => unknown): void {
    if (this.delayMs === 0) work()
    else setTimeout(work, this.delayMs).unref()
  }

  private reset(pair: Pair): void {
    if (!this.pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    pair.target.destroy()
  }
}
