/**
 * One main connection: login, then commands, each answered in the order of their arrival.
 * Called by the listeners. Must never answer before the records of the command are kept.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { FaultBoard } from '#domain/protocol/faults'
import type { RunningVenue } from '#ports/running-venue.port'
import { type Answer, type Call, type Command, venueName } from './command.wire.ts'
import { marketCommands } from './market.controller.ts'
import { Pacing, type XapiRules } from './rules.wire.ts'
import type { XapiSession, XapiSessions } from './sessions.wire.ts'
import { tradingCommands } from './trading.controller.ts'
import type { Transactions } from './transactions.wire.ts'
import { encode, parseExact, WireNumber } from './values.wire.ts'
import { xapiError, type XapiError } from './xapi-error.wire.ts'

/** The way back to a client. */
export interface Link {
  readonly send: (text: string) => void
  readonly drop: () => void
}

export interface MainParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly sessions: XapiSessions
  readonly transactions: Transactions
  readonly rules: XapiRules
}

const waitingMax = 100
const commands: Readonly<Record<string, Command>> = { ...marketCommands, ...tradingCommands }
const envelope = z.object({
  command: z.string(),
  arguments: z.unknown().optional(),
  customTag: z.unknown().optional(),
  prettyPrint: z.boolean().optional(),
})
type Envelope = z.output<typeof envelope>
const loginArguments = z.object({
  userId: z.union([z.string(), z.instanceof(WireNumber).transform(({ text }) => text)]),
  password: z.string(),
})

export class MainConnection {
  private session: XapiSession | null = null
  private tail: Promise<void> = Promise.resolve()
  private waiting = 0
  private readonly pacing: Pacing

  constructor(
    private readonly parts: MainParts,
    private readonly link: Link,
  ) {
    this.pacing = new Pacing(parts.rules)
  }

  /** One command's text. */
  heard(text: string): void {
    const raw = parseExact(text)
    const tooMuch = this.pacing.tooFast(this.parts.venue.now()) || this.waiting >= waitingMax
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || tooMuch) return this.link.drop()
    this.waiting += 1
    this.tail = this.tail
      .then(() => this.serve(raw))
      .catch(() => this.link.drop())
      .finally(() => {
        this.waiting -= 1
      })
  }

  closed(): void {
    if (this.session !== null) this.parts.sessions.end(this.session)
    this.session = null
  }

  private async serve(raw: object): Promise<void> {
    const parsed = envelope.safeParse(raw)
    if (!parsed.success) return this.reply(raw as Envelope, err(xapiError('BE110')))
    const { command } = parsed.data
    if (command === 'login') return this.login(parsed.data)
    if (this.session === null) return this.reply(parsed.data, err(xapiError('BE103')))
    if (!this.parts.venue.state.accountsByKey.has(this.session.account.apiKey)) return this.link.drop()
    const now = this.parts.venue.now()
    if (now - this.session.lastCommandAt > this.parts.rules.sessionIdleMs) {
      this.closed()
      return this.reply(parsed.data, err(xapiError('BE200')))
    }
    this.session.lastCommandAt = now
    if (command === 'logout') {
      this.closed()
      return this.reply(parsed.data, ok(undefined))
    }
    const known = Object.hasOwn(commands, command) ? commands[command] : undefined
    if (known === undefined) return this.reply(parsed.data, err(xapiError('BE104')))
    return this.run(known, parsed.data, this.session, now)
  }

  private login(message: Envelope): void {
    if (this.session !== null) return this.reply(message, err(xapiError('BE118')))
    const given = loginArguments.safeParse(message.arguments)
    if (!given.success) return this.reply(message, err(xapiError('EX000')))
    const session = this.parts.sessions.login(given.data.userId, given.data.password)
    if (!session.ok) return this.reply(message, session)
    this.session = session.value
    const { streamSessionId } = session.value
    this.link.send(encode({ status: true, streamSessionId, ...tagOf(message) }, message.prettyPrint))
  }

  private async run(command: Command, message: Envelope, { account }: XapiSession, now: number): Promise<void> {
    const { venue, faults, transactions } = this.parts
    const call: Call = { venue, faults, transactions, account, arguments: message.arguments ?? {}, now }
    const hit = { venue: venueName, accountId: account.id, operation: command.operation(call) } as const
    if (faults.strike('rate-limit', hit) !== undefined) return this.reply(message, err(xapiError('BE014')))
    if (hit.operation !== 'place' && faults.strike('reject', hit) !== undefined) {
      return this.reply(message, err(xapiError('EX011')))
    }
    const answer = command.answer(call)
    await venue.settled()
    const latency = faults.strike('latency', hit)
    if (latency !== undefined) await wait(latency.milliseconds)
    if (answer.ok && faults.strike('drop-reply-after-accept', hit) !== undefined) return this.link.drop()
    if (answer.ok && faults.strike('error-after-accept', hit) !== undefined) {
      return this.reply(message, err(xapiError('EX003')))
    }
    this.reply(message, answer)
  }

  private reply(message: Envelope, answer: Answer): void {
    this.link.send(encode({ ...bodyOf(answer), ...tagOf(message) }, message.prettyPrint))
  }
}

function bodyOf(answer: Answer): object {
  if (answer.ok) return answer.value === undefined ? { status: true } : { status: true, returnData: answer.value }
  return errorBody(answer.error)
}

export function errorBody(error: XapiError): object {
  return { status: false, ...error }
}

/** What the client sent, unchanged. */
function tagOf({ customTag }: Envelope): { readonly customTag?: unknown } {
  if (customTag === undefined) return {}
  return { customTag: customTag instanceof WireNumber ? JSON.rawJSON(customTag.text) : customTag }
}
