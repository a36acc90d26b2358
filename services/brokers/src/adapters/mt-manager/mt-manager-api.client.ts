/**
 * REST calls on one trade platform: reads may be repeated, trades are sent once. Called by the session's parts.
 * Must never show the token, nor repeat a call that may have changed something.
 */
import { setTimeout as delay } from 'node:timers/promises'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { parseExact } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { proven } from '#clients/level-desk.client'
import type { Door } from '#clients/venue-doors.client'
import type { VenueReply } from '#clients/venue-http.client'
import { type CallKind, errorOfEnvelope, errorOfStatus } from './mt-manager-error.map.ts'
import { type Envelope, envelope, transactionReply } from './mt-manager-records.wire.ts'
import type { MtManagerToken } from './mt-manager-token.client.ts'

export type Answer<Value> = Promise<Result<Value, BrokerError>>

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** A read that failed for a reason that passes is repeated after these pauses. */
const readPausesMs = [200, 600]
const pageItems = 1_000
const pagesMax = 100

export class MtManagerApi {
  constructor(
    private readonly door: Door,
    private readonly token: MtManagerToken,
  ) {}

  /** One of the venue's own paths, which has no envelope. */
  async readBare<Schema extends z.ZodType>(path: string, schema: Schema): Answer<z.output<Schema>> {
    const reply = await this.repeated(path)
    if (!reply.ok) return reply
    const parsed = schema.safeParse(parseExact(reply.value.text))
    return parsed.success ? ok(parsed.data) : err(brokerError.connectivity('the reply cannot be read'))
  }

  async read<Schema extends z.ZodType>(path: string, schema: Schema): Answer<z.output<Schema>> {
    const told = await this.readEnvelope(path)
    if (!told.ok) return told
    const parsed = schema.safeParse(told.value.data)
    return parsed.success ? ok(parsed.data) : err(brokerError.connectivity('the reply cannot be read'))
  }

  /** All pages of a list. */
  async readAll<Schema extends z.ZodType>(path: string, item: Schema): Answer<z.output<Schema>[]> {
    const all: z.output<Schema>[] = []
    let cursor = ''
    for (let page = 0; page < pagesMax; page += 1) {
      const told = await this.readEnvelope(`${path}${path.includes('?') ? '&' : '?'}limit=${pageItems}${cursor}`)
      if (!told.ok) return told
      const items = z.array(item).safeParse(told.value.data)
      if (!items.success) return err(brokerError.connectivity('the reply cannot be read'))
      all.push(...items.data)
      const { hasMore, nextCursor } = told.value.meta?.paging ?? { hasMore: false, nextCursor: null }
      if (!hasMore || nextCursor === null || nextCursor === undefined) return ok(all)
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`
    }
    return err(brokerError.connectivity('the list is longer than can be read'))
  }

  /** Sent once under a key: what became of a trade whose reply is lost must be found out. Answers the ticket. */
  async trade(path: string, body: object, key: string): Answer<string> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    const call: Call = { method: 'POST', path, body: JSON.stringify(body), headers }
    const reply = await this.authorized(call, 'trade')
    if (!reply.ok) return reply
    const told = envelope.safeParse(parseExact(reply.value.text))
    if (!told.success) return err(brokerError.outcomeUnknown('the reply cannot be read'))
    const { data, error } = told.data
    if (error !== null && error !== undefined && error.code !== 'Ok') return err(errorOfEnvelope(error, 'trade'))
    const done = transactionReply.safeParse(data)
    return done.success ? ok(done.data.order) : err(brokerError.outcomeUnknown('the reply names no ticket'))
  }

  private async readEnvelope(path: string): Answer<Envelope> {
    let last = await this.envelopeOnce(path)
    for (const pauseMs of readPausesMs) {
      if (last.ok || last.error.kind !== 'connectivity') break
      await delay(pauseMs)
      last = await this.envelopeOnce(path)
    }
    return last
  }

  private async envelopeOnce(path: string): Answer<Envelope> {
    const reply = await this.authorized(reading(path), 'read')
    if (!reply.ok) return reply
    const told = envelope.safeParse(parseExact(reply.value.text))
    if (!told.success) return err(brokerError.connectivity('the reply cannot be read'))
    const { error } = told.data
    const failed = error !== null && error !== undefined && error.code !== 'Ok'
    return failed ? err(errorOfEnvelope(error, 'read')) : ok(told.data)
  }

  private async repeated(path: string): Answer<VenueReply> {
    let last = await this.authorized(reading(path), 'read')
    for (const pauseMs of readPausesMs) {
      if (last.ok || last.error.kind !== 'connectivity') break
      await delay(pauseMs)
      last = await this.authorized(reading(path), 'read')
    }
    return last
  }

  /** 401 proves that nothing was done: once, a token that the venue no longer takes is replaced. */
  private async authorized(call: Call, kind: CallKind): Answer<VenueReply> {
    const first = await this.once(call, kind)
    if (first.ok || first.error.status !== 401) return first.ok ? first : err(first.error.error)
    const second = await this.once(call, kind)
    return second.ok ? second : err(second.error.error)
  }

  private async once(call: Call, kind: CallKind): Promise<Result<VenueReply, Failed>> {
    const token = await this.token.get()
    if (!token.ok) return failed(kind === 'trade' ? proven(token.error) : token.error)
    const { http, prefix } = this.door
    const { method, path, body, headers } = call
    const authorization = `Bearer ${token.value}`
    const reply = await http.send({ method, path: `${prefix}${path}`, headers: { ...headers, authorization }, body })
    if (!reply.ok) {
      const { kind: why, message } = reply.error
      if (kind === 'read') return failed(brokerError.connectivity(message))
      return failed(why === 'lost' ? brokerError.outcomeUnknown(message) : brokerError.notSent(message))
    }
    const { status, headers: told } = reply.value
    if (status === 200) return ok(reply.value)
    if (status === 401) this.token.drop(token.value)
    const retryAfter = told['retry-after']
    return failed(errorOfStatus(status, Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, kind), status)
  }
}

interface Failed {
  readonly error: BrokerError
  readonly status: number | null
}

function failed(error: BrokerError, status: number | null = null): Result<never, Failed> {
  return err({ error, status })
}

function reading(path: string): Call {
  return { method: 'GET', path, body: null, headers: {} }
}
