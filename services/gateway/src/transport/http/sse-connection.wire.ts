/**
 * One open response of server-sent events: writes frames, waits for slow readers, cuts off those that do not read.
 * Called by the stream route. Must never keep more than one frame beyond the socket's own buffer.
 */
import type { ServerResponse } from 'node:http'
import { commentFrame } from '#domain/live-event'

/** A client that takes nothing for so long is cut off; it can resume by the id of its last event. */
const slowClientDefaultMs = 10_000
/** After the last words a connection that still does not drain is broken. */
const goodbyeMs = 1_000

export class SseConnection {
  private readonly raw: ServerResponse
  private readonly slowClientMs: number
  private readonly done = Promise.withResolvers<void>()
  private over = false

  constructor(raw: ServerResponse, slowClientMs = slowClientDefaultMs) {
    this.raw = raw
    this.slowClientMs = slowClientMs
    const end = (): void => {
      this.over = true
      this.done.resolve()
    }
    raw.on('close', end)
    raw.on('error', end)
  }

  /** Resolves when the connection is over, whoever ended it. */
  get closed(): Promise<void> {
    return this.done.promise
  }

  get isOver(): boolean {
    return this.over
  }

  /** Resolves when the client's side takes more. */
  async send(frame: string): Promise<void> {
    if (this.over || this.raw.write(frame)) return
    if (!(await this.drained())) this.end('reading too slowly: reconnect with the id of the last event')
  }

  /** Written only when nothing waits: a heartbeat must not pile up. */
  beat(frame: string): void {
    if (!this.over && this.raw.writableLength === 0) this.raw.write(frame)
  }

  /** Says why and closes. */
  end(reason: string): void {
    if (this.over) return
    this.over = true
    this.raw.end(commentFrame(reason))
    const breaking = setTimeout(() => this.raw.destroy(), goodbyeMs)
    breaking.unref()
    void this.closed.then(() => clearTimeout(breaking))
  }

  private async drained(): Promise<boolean> {
    const late = Promise.withResolvers<false>()
    const timer = setTimeout(() => late.resolve(false), this.slowClientMs)
    const drain = Promise.withResolvers<true>()
    const onDrain = (): void => drain.resolve(true)
    this.raw.once('drain', onDrain)
    try {
      return await Promise.race([drain.promise, late.promise, this.closed.then(() => true as const)])
    } finally {
      clearTimeout(timer)
      this.raw.off('drain', onDrain)
    }
  }
}
