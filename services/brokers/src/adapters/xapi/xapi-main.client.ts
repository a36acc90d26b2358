/**
 * The main connection of one account: logs in by itself, one request after the other, replies told by their tag.
 * Called by the session. Must never send a request twice, nor call one refused whose reply was lost.
 */
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { Clock } from '@tradewire/kernel/clock'
import { parseExact } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { z } from 'zod'
import { type CallKind, endsSession, errorOfCode } from './xapi-error.map.ts'
import { encode } from './xapi-text.wire.ts'
import { type Link, openLink, type XapiAddress } from './xapi-link.client.ts'
import { XapiPace } from './xapi-pace.client.ts'
import { failure, loginReply, plainReply } from './xapi-records.wire.ts'

export type Answer<Value> = Promise<Result<Value, BrokerError>>

export interface XapiLogin {
  readonly userId: string
  readonly password: string
}

export interface MainOptions {
  readonly address: XapiAddress
  readonly login: XapiLogin
  readonly clock: Clock
  readonly requestTimeoutMs: number
  readonly pacingMs: number
  /** The session is gone, and its token for the stream with it. */
  readonly onDown: (message: string) => void
}

interface Request {
  readonly command: string
  readonly arguments?: object
  readonly kind: CallKind
}

type Settle = (outcome: Outcome) => void
type Outcome =
  | { readonly kind: 'reply'; readonly raw: unknown }
  | { readonly kind: 'not-sent' | 'lost'; readonly message: string }

const commandBytesMax = 1_024
const pingEveryMs = 30_000
const appName = 'tradewire'

export class XapiMain {
  private link: Link | null = null
  private opening: Promise<Result<string, BrokerError>> | null = null
  private token: string | null = null
  private readonly pending = new Map<string, Settle>()
  private readonly pace: XapiPace
  private pinger: NodeJS.Timeout | null = null
  private tags = 0
  /** Counts connections: what an earlier one says late does not count. */
  private generation = 0
  private closed = false

  constructor(private readonly options: MainOptions) {
    this.pace = new XapiPace(options.clock, options.pacingMs)
  }

  /** The token of the running session for the stream; logs in first where there is none. */
  async streamToken(): Answer<string> {
    if (this.token !== null) return ok(this.token)
    if (this.closed) return err(brokerError.connectivity('the session is closed'))
    this.opening ??= this.open().finally(() => {
      this.opening = null
    })
    return this.opening
  }

  async request<Schema extends z.ZodType>(request: Request, schema: Schema): Answer<z.output<Schema>> {
    const session = await this.streamToken()
    if (!session.ok) return err(beforeSending(session.error, request.kind))
    const outcome = await this.send(request)
    if (outcome.kind !== 'reply') return err(failed(outcome, request.kind))
    const reply = plainReply.safeParse(outcome.raw)
    if (!reply.success) return err(unreadable(request.kind))
    if (!reply.data.status) {
      const { errorCode, errorDescr } = reply.data
      if (endsSession(errorCode)) this.drop(`the session has ended: ${errorCode}`)
      return err(errorOfCode(errorCode, errorDescr, request.kind))
    }
    const parsed = schema.safeParse(reply.data.returnData)
    return parsed.success ? ok(parsed.data) : err(unreadable(request.kind))
  }

  close(): void {
    this.closed = true
    this.drop('closed by us')
    this.pace.clear()
  }

  private async open(): Promise<Result<string, BrokerError>> {
    this.generation += 1
    const { generation } = this
    try {
      this.link = await openLink(this.options.address, {
        onText: (text) => this.heard(text),
        onDown: (message) => this.down(generation, message),
      })
    } catch (cause) {
      return err(brokerError.connectivity(cause instanceof Error ? cause.message : 'no connection'))
    }
    const outcome = await this.send({ command: 'login', arguments: { ...this.options.login, appName }, kind: 'read' })
    if (outcome.kind !== 'reply') return err(brokerError.connectivity(outcome.message))
    const accepted = loginReply.safeParse(outcome.raw)
    if (accepted.success) {
      this.token = accepted.data.streamSessionId
      this.pinger = setInterval(() => void this.send({ command: 'ping', kind: 'read' }), pingEveryMs)
      this.pinger.unref()
      return ok(this.token)
    }
    this.drop('the login was refused')
    const refused = failure.safeParse(outcome.raw)
    if (!refused.success) return err(brokerError.connectivity('the reply to the login cannot be read'))
    return err(errorOfCode(refused.data.errorCode, refused.data.errorDescr, 'read'))
  }

  /** Resolves when the reply came or is certain not to come. */
  private send(request: Request): Promise<Outcome> {
    this.tags += 1
    const customTag = `t${this.tags}`
    const { command, arguments: given } = request
    const text = encode({ command, ...(given === undefined ? {} : { arguments: given }), customTag })
    if (text.length > commandBytesMax) {
      return Promise.resolve({ kind: 'not-sent', message: `${command} is larger than the venue takes` })
    }
    return new Promise((resolve) => {
      const run = () => this.write(customTag, text, resolve)
      const queued = this.pace.push(run, request.kind === 'place' || command === 'login')
      if (!queued) resolve({ kind: 'not-sent', message: 'too many requests wait' })
    })
  }

  private write(customTag: string, text: string, resolve: Settle): void {
    const { link } = this
    if (link === null || !link.send(text)) return resolve({ kind: 'not-sent', message: 'there is no connection' })
    const timer = setTimeout(() => {
      // A venue that does not answer one request may have stopped answering any.
      this.drop('no reply in time')
    }, this.options.requestTimeoutMs)
    this.pending.set(customTag, (outcome) => {
      clearTimeout(timer)
      this.pending.delete(customTag)
      resolve(outcome)
    })
  }

  private heard(text: string): void {
    const raw = parseExact(text)
    const tag = typeof raw === 'object' && raw !== null && 'customTag' in raw ? raw.customTag : undefined
    const settle = typeof tag === 'string' ? this.pending.get(tag) : undefined
    // A text that belongs to no request means that replies and requests are out of step.
    if (settle === undefined) this.drop(untagged(raw))
    else settle({ kind: 'reply', raw })
  }

  private drop(message: string): void {
    const { link } = this
    if (link === null) return
    const { generation } = this
    this.down(generation, message)
    link.close()
  }

  private down(generation: number, message: string): void {
    if (generation !== this.generation || this.link === null) return
    const hadSession = this.token !== null
    this.link = null
    this.token = null
    if (this.pinger !== null) clearInterval(this.pinger)
    for (const settle of this.pending.values()) settle({ kind: 'lost', message })
    if (hadSession) this.options.onDown(message)
  }
}

/** Refusals at the door carry no tag: too many connections, for one. */
function untagged(raw: unknown): string {
  const refused = failure.safeParse(raw)
  return refused.success ? `${refused.data.errorCode} ${refused.data.errorDescr}` : 'a reply cannot be read'
}

function beforeSending(error: BrokerError, kind: CallKind): BrokerError {
  return kind === 'place' && error.kind === 'connectivity' ? brokerError.notSent(error.message) : error
}

function failed(outcome: Exclude<Outcome, { kind: 'reply' }>, kind: CallKind): BrokerError {
  if (kind === 'read') return brokerError.connectivity(outcome.message)
  return outcome.kind === 'lost' ? brokerError.outcomeUnknown(outcome.message) : brokerError.notSent(outcome.message)
}

function unreadable(kind: CallKind): BrokerError {
  const message = 'the reply cannot be read'
  return kind === 'place' ? brokerError.outcomeUnknown(message) : brokerError.connectivity(message)
}
